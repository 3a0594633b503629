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

from ._server.retries import warnings_of_client
from ._text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from rich.console import RenderableType

WAITING = "Waiting for the first answer"
_REDRAWN = 4  # times a second
_LONG = 2.0  # seconds without news, from which on they are counted


class _Line:
    """What is being done, since when, and what went wrong meanwhile."""

    def __init__(self, text: str, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._spinner = Spinner("line")
        self.show(text)

    def show(self, text: str) -> None:
        self._text = text
        self._trouble = ""
        self._since = self._clock()

    def note(self, trouble: str) -> None:
        self._trouble = f"; {one_line(trouble)}"

    def draw(self) -> RenderableType:
        quiet = self._clock() - self._since
        waited = f" ({quiet:.0f} s)" if quiet >= _LONG else ""
        text = f"{self._text}{waited}{self._trouble}"
        self._spinner.update(text=Text(text, no_wrap=True, overflow="ellipsis"))
        return self._spinner


@contextmanager
def working_line(
    text: str, *, enabled: bool = True, clock: Callable[[], float] = time.monotonic
) -> Generator[Callable[[str], None]]:
    """Show what is being done, and return a function to call with another text.

    Nothing stays of the line, and none is drawn where stderr is no terminal that can redraw it.
    """
    line = _Line(text, clock)
    console = Console(stderr=True)
    if not (enabled and sys.stderr.isatty()) or console.is_dumb_terminal:
        yield line.show
        return
    live = Live(
        get_renderable=line.draw,
        console=console,
        refresh_per_second=_REDRAWN,
        transient=True,
        redirect_stdout=False,
    )
    with warnings_of_client(line.note), live:
        yield line.show
