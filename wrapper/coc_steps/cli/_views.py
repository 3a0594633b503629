"""What a watch shows: a table that is redrawn on a terminal, else a line for each change."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import click
from rich.console import Group
from rich.live import Live
from rich.text import Text

from ._console import make_console
from ._status import status_text
from ._table import count_line, draw, make_row
from ._text import NONE, local_time, one_line

if TYPE_CHECKING:
    from collections.abc import Generator

    from rich.console import Console

    from coc_steps import StepChange

    from ._seen import Seen

_AROUND = 6  # lines that are not steps: header, count, notes, an empty line and the cursor's
_REDRAWN = 4  # times a second


class View(Protocol):
    """Shows a watch."""

    def show(self, change: StepChange) -> None:
        """Show a change."""
        ...

    def note(self, text: str) -> None:
        """Say what else has happened."""
        ...


@contextmanager
def view(seen: Seen) -> Generator[View]:
    """Give the view that fits stdout."""
    console = make_console()
    if not sys.stdout.isatty() or console.is_dumb_terminal:
        yield _Lines(console)
        return
    with Live(
        get_renderable=lambda: _screen(seen, console),
        console=console,
        refresh_per_second=_REDRAWN,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as live:
        yield _Screen(live)


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, change: StepChange) -> None:
        step = change.step
        now = local_time(datetime.now(UTC))
        line = Text(f"{now}  {change.kind:<8}  {one_line(step.id or NONE)}  ")
        line.append_text(status_text(step.status, self._console))
        line.append(f"  {one_line(step.name or NONE)}")
        if step.is_failed and step.message:
            line.append(f": {one_line(step.message)}")
        self._console.print(line)

    def note(self, text: str) -> None:
        click.echo(one_line(text), err=True)


class _Screen:
    def __init__(self, live: Live) -> None:
        self._live = live

    def show(self, change: StepChange) -> None:
        """Leave it to the next time that it is redrawn."""

    def note(self, text: str) -> None:
        self._live.console.print(Text(one_line(text), "dim"))


def _screen(seen: Seen, console: Console) -> Group:
    statuses = seen.statuses
    steps = seen.worth_showing(max(console.height - _AROUND, 1))
    rows = [make_row(step, console) for step in steps]
    parts = list(draw(rows, count_line(statuses, None, console), console.width))
    if len(steps) < statuses.total():
        note = f"Shown: {len(steps):,} of them, the failed, the running and the latest first."
        parts.append(Text(note, "dim"))
    return Group(*parts)
