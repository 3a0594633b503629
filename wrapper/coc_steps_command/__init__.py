"""Where the command ``coc-steps`` begins.

This is a package of its own since importing anything of `coc_steps` takes a tenth of a second, in
which Ctrl-C must not show a traceback either.
"""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command and end the process with its exit code."""
    try:
        from coc_steps.cli import main as run
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    run()
