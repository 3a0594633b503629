"""The command ``coc-steps``; each of its commands is a module here."""

from __future__ import annotations

import sys

_HINT = "coc-steps: the command needs its extra: pip install 'coc-steps[cli]'"
_EXTRA = ("click", "rich")


def main() -> None:
    """Run the command and end the process with its exit code."""
    try:
        from ._app import app
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] not in _EXTRA:
            raise
        sys.exit(_missing())
    app(prog_name="coc-steps")


def _missing() -> int:
    sys.stderr.write(f"{_HINT}\n")
    return 2
