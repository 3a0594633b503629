"""A line on stderr while a server is asked, for whoever waits at a terminal."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from coc_steps.cli._server.tries import Tries

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from rich.console import RenderableType

WAITING = "Waiting for the first answer"
_LONG = 2.0  # seconds without news, from which on they are counted


class _Line:
    """What is being done, since when, and what went wrong meanwhile."""

    def __init__(self, text: str, tries: Tries, clock: Callable[[], float]) -> None:
        self._tries = tries
        self._clock = clock
        self._spinner = Spinner("line")
        self.show(text)

    def show(self, text: str) -> None:
        self._text = text
        self._tries.trouble = ""
        self._since = self._clock()

    def __rich__(self) -> RenderableType:
        quiet = self._clock() - self._since
        waited = f" ({quiet:.0f} s)" if quiet >= _LONG else ""
        trouble = self._tries.trouble and f"; {self._tries.trouble}"
        text = Text(f"{self._text}{waited}{trouble}", no_wrap=True, overflow="ellipsis")
        self._spinner.update(text=text)
        return self._spinner


@contextmanager
def working_line(
    text: str, *, enabled: bool = True, clock: Callable[[], float] = time.monotonic
) -> Generator[Callable[[str], None]]:
    """Show what is being done, and return a function to call with another text.

    Nothing stays of the line, and none is drawn where stderr is no terminal that can redraw it.
    """
    console = Console(stderr=True)
    with Tries() as tries:
        line = _Line(text, tries, clock)
        if not (enabled and sys.stderr.isatty()) or console.is_dumb_terminal:
            yield line.show
            return
        with Live(line, console=console, transient=True, redirect_stdout=False):
            yield line.show
