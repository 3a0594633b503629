"""What is told while a server is asked: a line on stderr, and what its client logs."""

from __future__ import annotations

import logging
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from coc_steps.cli._text import one_line
from coc_steps.cli._ticket.facts import now

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from datetime import datetime

    from rich.console import RenderableType

WAITING = "Waiting for the first answer"
_LONG = 2.0  # seconds without news, from which on they are counted
_LOGGER = logging.getLogger("coc_steps")
_ANSWERED = 200


class Tries(logging.Handler):
    """Follows the client's tries while it is entered: the last answer, and trouble since then."""

    def __init__(self, tell: Callable[[str], None] = lambda _trouble: None) -> None:
        super().__init__(logging.INFO)
        self._tell = tell
        self._before = _LOGGER.level
        self.answered_at: datetime | None = None
        self.trouble = ""

    def __enter__(self) -> Self:
        self._before = _LOGGER.level
        _LOGGER.addHandler(self)
        if not _LOGGER.isEnabledFor(self.level):
            _LOGGER.setLevel(self.level)
        return self

    def __exit__(self, *_error: object) -> None:
        _LOGGER.setLevel(self._before)
        _LOGGER.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        if record.levelno >= logging.WARNING:
            self.trouble = one_line(_failed_try(record))
            self._tell(self.trouble)
        elif getattr(record, "coc_status", None) == _ANSWERED:
            self.answered_at = now()
            self.trouble = ""


def _failed_try(record: logging.LogRecord) -> str:
    """Return what a record says of a try that failed."""
    said = record.__dict__
    if "coc_try" not in said:
        return record.getMessage()
    most = f" of {said['coc_tries']}" if said["coc_tries"] else ""
    again = f"again in {said['coc_wait']:.1f} s"
    return f"try {said['coc_try']}{most} failed: {said['coc_reason']}; {again}"


class _Line(Tries):
    """What is being done, since when, and what went wrong meanwhile."""

    def __init__(self, text: str, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._spinner = Spinner("line")
        self.show(text)

    def show(self, text: str) -> None:
        self._text = text
        self.trouble = ""
        self._since = self._clock()

    def __rich__(self) -> RenderableType:
        quiet = self._clock() - self._since
        waited = f" ({quiet:.0f} s)" if quiet >= _LONG else ""
        trouble = self.trouble and f"; {self.trouble}"
        self._spinner.update(text=Text(f"{self._text}{waited}{trouble}"))
        return self._spinner


@contextmanager
def working_line(
    text: str, *, enabled: bool = True, clock: Callable[[], float] = time.monotonic
) -> Generator[Callable[[str], None]]:
    """Show what is being done, and return a function to call with another text.

    Nothing stays of the line, and none is drawn where stderr is no terminal that can redraw it.
    """
    console = Console(stderr=True)
    with _Line(text, clock) as line:
        if not (enabled and sys.stderr.isatty()) or console.is_dumb_terminal:
            yield line.show
            return
        with Live(line, console=console, transient=True, redirect_stdout=False):
            yield line.show
