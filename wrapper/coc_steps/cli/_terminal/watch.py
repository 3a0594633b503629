"""What a watch shows: a screen that is redrawn on a terminal, else a line for each change."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click
from rich.console import Group
from rich.live import Live
from rich.text import Text

from coc_steps._steps.records import sent_values
from coc_steps.cli._output import make_console, print_parts, write_text
from coc_steps.cli._records import TICKET, json_line
from coc_steps.cli._text import NONE, TIME_OF_DAY, count, one_line, time_text
from coc_steps.cli._ticket.facts import Facts, now
from coc_steps.cli._ticket.selection import latest_first, worth_showing
from coc_steps.cli._ticket.summary import Summary

from .progress import WAITING, Tries
from .show import count_line, draw_overview, header, odd_values, status_text
from .table import USUAL, StepTable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from rich.console import Console, RenderableType

    from coc_steps import Step, StepChange

_AROUND = 9  # lines that are no steps: header, count, times, trouble, titles, notes


class Board:
    """The steps that a watch has seen, as each was last. Safe to read from another thread."""

    def __init__(self) -> None:
        self._steps: dict[str | Step, Step] = {}

    def take(self, change: StepChange) -> bool:
        """Take a change; return whether it says more than the one that follows it at once."""
        facts = Facts(change.step, now())
        # A step without an id cannot be found again: each of its states stands for itself.
        self._steps[facts.id or change.step] = change.step
        return change.kind != "appeared" or not facts.is_finished

    @property
    def steps(self) -> list[Facts]:
        """All steps as they are now, in the order of the list."""
        moment = now()
        return [Facts(step, moment) for step in list(self._steps.values())]


@contextmanager
def view(ticket: str, board: Board, output: str | None) -> Generator[Callable[[StepChange], None]]:
    """Return what shows a change, in the way that was asked for or that fits stdout."""
    console = make_console()
    if output is None and sys.stdout.isatty() and not console.is_dumb_terminal:
        screen = Screen(ticket, board, console)
        try:
            with (
                screen,
                Live(
                    screen,
                    console=console,
                    screen=True,
                    redirect_stdout=False,
                    redirect_stderr=False,
                ),
            ):
                yield lambda _change: None  # it is drawn again by itself
        finally:
            if steps := board.steps:
                print_parts(console, draw_overview(ticket, steps, console))
    else:
        as_line = partial(_show_line, console)
        with Tries(lambda trouble: click.echo(trouble, err=True)):
            yield partial(_show_record, ticket) if output == "jsonl" else as_line


def _show_record(ticket: str, change: StepChange) -> None:
    record = {
        TICKET: ticket,
        "seen_at": now().isoformat(timespec="milliseconds"),
        "kind": change.kind,
        "previous_status": change.previous_status,
        "step": sent_values(change.step, marked=True),
    }
    write_text(f"{json_line(record)}\n")


def _show_line(console: Console, change: StepChange) -> None:
    facts = Facts(change.step, now())
    line = Text(f"{time_text(now())}  {change.kind:<8}  {one_line(facts.id or NONE)}  ")
    line.append_text(status_text(facts.status)).append(f"  {facts.reason}")
    console.print(line, soft_wrap=True)


class Screen(Tries):
    """The screen of a watch: its header, and the steps that there is room for."""

    def __init__(self, ticket: str, board: Board, console: Console) -> None:
        super().__init__()
        self._ticket = ticket
        self._board = board
        self._console = console
        self._began = time.monotonic()

    def __rich__(self) -> Group:
        return Group(*self._parts())

    def _parts(self) -> Iterator[RenderableType]:
        steps = self._board.steps
        if self.answered_at is None:
            yield Text(one_line(self._ticket), "bold")
            yield Text(f"{WAITING} ({time.monotonic() - self._began:.0f} s)")
        else:
            summary = Summary(steps)
            yield header(self._ticket, summary)
            yield count_line(summary.statuses)
            look = f"last look {time_text(self.answered_at, TIME_OF_DAY)}"
            yield Text("; ".join(filter(None, [summary.times, look])))
        if self.trouble:
            yield Text(self.trouble, "yellow")
        if steps:
            yield ""
            yield from self._table(steps)

    def _table(self, steps: list[Facts]) -> Iterator[RenderableType]:
        shown = worth_showing(steps, max(self._console.height - _AROUND, 1), latest_first)
        yield from StepTable(shown, USUAL, self._console.width, fold=False).draw()
        yield from odd_values(shown)
        if left_out := len(steps) - len(shown):
            text = "failed, running and latest ones come first"
            yield Text(f"Not shown: {count(left_out, 'step')}; {text}.", "dim")
