"""A line on stderr while pages load, for whoever waits at a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


@contextmanager
def progress_line(*, enabled: bool) -> Generator[Callable[[int, int | None], None]]:
    """Give a function to call with the steps loaded and how many there are, if that is known."""
    with working_line("Loading steps", enabled=enabled) as show:

        def show_count(loaded: int, total: int | None) -> None:
            of = "" if total is None else f" of {total:,}"
            show(f"Loading steps: {loaded:,}{of}")

        yield show_count


@contextmanager
def working_line(text: str, *, enabled: bool = True) -> Generator[Callable[[str], None]]:
    """Show what is being done, and give a function to call with another text.

    Nothing stays of the line, and none is drawn where stderr is no terminal that can redraw it.
    """
    columns = (SpinnerColumn("line"), TextColumn("{task.description}", markup=False))
    console = Console(stderr=True)
    shown = Progress(
        *columns,
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not (enabled and sys.stderr.isatty()) or console.is_dumb_terminal,
    )
    task = shown.add_task(text)
    with shown:
        yield lambda now: shown.update(task, description=now)
