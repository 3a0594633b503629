"""What a watch shows: a screen that is redrawn on a terminal, else a line for each change."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click
from rich.console import Group
from rich.live import Live
from rich.text import Text

from coc_steps._steps.records import sent_values
from coc_steps.cli._progress import WAITING
from coc_steps.cli._records import TICKET, json_line, write_text
from coc_steps.cli._server.looks import Looks
from coc_steps.cli._text import NONE, clock_time, count, local_time, one_line
from coc_steps.cli._ticket.facts import Facts, now

from .columns import USUAL, Row
from .console import make_console, print_parts
from .overview import draw_overview, header
from .status import status_text
from .table import Layout, count_line, draw_table, notes

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from rich.console import Console, RenderableType

    from coc_steps import StepChange

    from .board import Board

_AROUND = 9  # lines that are no steps: header, count, times, trouble, titles, notes
_REDRAWN = 4  # times a second


class View(Protocol):
    """Shows a watch.

    Attributes:
        looks: Takes what the client logs.
    """

    looks: Looks

    def show(self, change: StepChange) -> None:
        """Show a change."""
        ...


@contextmanager
def view(ticket: str, board: Board, output: str | None) -> Generator[View]:
    """Return the view that was asked for, or that fits stdout."""
    console = make_console()
    if output == "jsonl":
        yield _Records(ticket)
    elif output == "text" or not sys.stdout.isatty() or console.is_dumb_terminal:
        yield _Lines(console)
    else:
        yield from _screen(ticket, board, console)


def _screen(ticket: str, board: Board, console: Console) -> Iterator[View]:
    screen = Screen(ticket, board, console)
    try:
        with Live(
            get_renderable=screen.draw,
            console=console,
            refresh_per_second=_REDRAWN,
            screen=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ):
            yield screen
    finally:
        if board.steps:
            print_parts(console, draw_overview(ticket, board.steps, console))


def is_repeated(change: StepChange) -> bool:
    """Whether the same step comes again at once: it is finished when it is first seen."""
    return change.kind == "appeared" and Facts(change.step, now()).is_finished


class _Records:
    def __init__(self, ticket: str) -> None:
        self._ticket = ticket
        self.looks = Looks(_tell)

    def show(self, change: StepChange) -> None:
        if is_repeated(change):
            return
        record = {
            TICKET: self._ticket,
            "seen_at": now().isoformat(timespec="milliseconds"),
            "kind": change.kind,
            "previous_status": change.previous_status,
            "step": sent_values(change.step, marked=True),
        }
        write_text(f"{json_line(record)}\n")


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self.looks = Looks(_tell)

    def show(self, change: StepChange) -> None:
        if is_repeated(change):
            return
        facts = Facts(change.step, now())
        line = Text(f"{local_time(now())}  {change.kind:<8}  {one_line(facts.id or NONE)}  ")
        line.append_text(status_text(facts.status, self._console))
        line.append(f"  {facts.reason}")
        self._console.print(line, soft_wrap=True)
        self._console.file.flush()


class Screen:
    """The screen of a watch.

    Args:
        ticket: The ticket.
        board: Its steps.
        console: Where it is drawn.
    """

    def __init__(self, ticket: str, board: Board, console: Console) -> None:
        self._ticket = ticket
        self._board = board
        self._console = console
        self.looks = Looks()

    def show(self, change: StepChange) -> None:
        """Leave it to the next time that it is redrawn."""

    def draw(self) -> Group:
        return Group(*self._parts())

    def _parts(self) -> Iterator[RenderableType]:
        looks, summary = self.looks, self._board.summary
        if looks.answered_at is None:
            yield Text(one_line(self._ticket), "bold")
            yield Text(f"{WAITING} ({looks.waited:.0f} s)")
        else:
            yield header(self._ticket, summary)
            look = f"last look {clock_time(looks.answered_at)}"
            yield count_line(summary.statuses, None, self._console)
            yield Text("; ".join(filter(None, [summary.times, look])))
        if looks.trouble:
            yield Text(looks.trouble, "yellow")
        if summary.steps:
            yield ""
            yield from self._table()

    def _table(self) -> Iterator[RenderableType]:
        shown = self._board.worth_showing(max(self._console.height - _AROUND, 1))
        rows = [Row(self._ticket, facts) for facts in shown]
        layout = Layout(rows, USUAL, self._console)
        yield draw_table(layout, fold=False)
        yield from notes(rows, layout.hidden)
        left_out = len(self._board.steps) - len(shown)
        if left_out:
            text = "failed, running and latest ones come first"
            yield Text(f"Not shown: {count(left_out, 'step')}; {text}.", "dim")


def _tell(trouble: str) -> None:
    click.echo(trouble, err=True)
