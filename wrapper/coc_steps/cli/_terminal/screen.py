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

from .console import make_console
from .reasons import Reasons
from .status import status_text
from .table import count_line, draw, make_row
from .text import NONE, local_time, name_and_reason, one_line

if TYPE_CHECKING:
    from collections.abc import Generator

    from rich.console import Console

    from coc_steps import StepChange

    from .board import Board

_AROUND = 10  # lines that are not steps: header, count, notes, an empty line and the cursor's
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
def view(seen: Board) -> Generator[View]:
    """Give the view that fits stdout."""
    console = make_console()
    if not sys.stdout.isatty() or console.is_dumb_terminal:
        yield _Lines(console)
        return
    screen = _Screen(seen, console)
    try:
        with Live(
            get_renderable=screen.draw,
            console=console,
            refresh_per_second=_REDRAWN,
            redirect_stdout=False,
            redirect_stderr=False,
        ):
            yield screen
    finally:
        _print_reasons(seen, console)


def _print_reasons(seen: Board, console: Console) -> None:
    reasons = Reasons(console)
    for step in seen.failed:
        reasons.take(step)
    for part in reasons.draw():
        console.print(part)


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, change: StepChange) -> None:
        step = change.step
        now = local_time(datetime.now(UTC))
        line = Text(f"{now}  {change.kind:<8}  {one_line(step.id or NONE)}  ")
        line.append_text(status_text(step.status, self._console))
        line.append(f"  {name_and_reason(step)}")
        self._console.print(line, soft_wrap=True)

    def note(self, text: str) -> None:
        click.echo(one_line(text), err=True)


class _Screen:
    def __init__(self, seen: Board, console: Console) -> None:
        self._seen = seen
        self._console = console
        self._noted = ""

    def show(self, change: StepChange) -> None:
        """Leave it to the next time that it is redrawn."""

    def note(self, text: str) -> None:
        self._noted = f"{local_time(datetime.now(UTC))}  {one_line(text)}"

    def draw(self) -> Group:
        statuses = self._seen.statuses
        steps = self._seen.worth_showing(max(self._console.height - _AROUND, 1))
        rows = [make_row(step, self._console) for step in steps]
        count = count_line(statuses, None, self._console)
        notes = [self._noted]
        if len(steps) < statuses.total():
            notes.append(f"Shown: {len(steps):,} of them, the failed, running and latest first.")
        return Group(
            *draw(rows, count, self._console.width, fold=False),
            *(Text(note, "dim") for note in notes if note),
        )
