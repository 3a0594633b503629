"""The command ``coc-steps``; each of its commands is a module here."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_HINT = "coc-steps: the command needs its extra: pip install 'coc-steps[cli]'"
_EXTRA = ("click", "rich")
INTERRUPTED = 130


def main() -> None:
    """Run the command and end the process with its exit code."""
    _replace_closed_streams()
    try:
        from ._app import app
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] not in _EXTRA:
            raise
        sys.exit(_missing())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    app(prog_name="coc-steps")


def _replace_closed_streams() -> None:
    """Let what goes to a stream that was closed, as by ``>&-``, go nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
            setattr(sys, name, nowhere)


def _missing() -> int:
    sys.stderr.write(f"{_HINT}\n")
    return 2
