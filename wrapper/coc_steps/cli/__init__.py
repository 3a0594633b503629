"""The command ``coc-steps``."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from coc_steps_command import INTERRUPTED

_HINT = "coc-steps: the command needs its extra: pip install 'coc-steps[cli]'"
_EXTRA = ("click", "rich")
_ENDED_BY_SIGNAL = 128  # plus its number, as shells count


def main() -> None:
    """Run the command and end the process with its exit code."""
    _replace_closed_streams()
    _end_orderly_on_signals()
    try:
        from ._app import app
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write(f"{_HINT}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    app(prog_name="coc-steps")


def _replace_closed_streams() -> None:
    """Let what goes to a stream that was closed, as by ``>&-``, go nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
            setattr(sys, name, nowhere)


def _end_orderly_on_signals() -> None:
    """Let the signals that end a process leave the terminal as it was."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # nohup ignores SIGHUP, and so shall we.
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, _frame: object) -> NoReturn:
    sys.exit(_ENDED_BY_SIGNAL + number)
