"""Steps for people: a table as wide as the terminal, and a count at its end."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ._text import NONE, duration_text, local_time, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps import Step, StepPage

_UNBOUNDED = 100_000  # columns, for whatever is not a terminal
_GAP = 2
_ACTION_FROM, _START_FROM = 100, 76  # columns that a terminal must have to show these
_NARROWEST = 20


class Look(NamedTuple):
    """How a status is shown: to those who see colours, to those who do not, and in ASCII."""

    style: str
    symbol: str
    ascii: str


# Symbols that are one column wide everywhere, also in terminals set up for Chinese.
_LOOKS = {
    "Succeed": Look("green", "✔", "+"),
    "Failed": Look("red", "✘", "x"),
    "Timeout": Look("red", "✘", "x"),
    "Canceled": Look("yellow", "⊘", "-"),
    "Running": Look("cyan", "▸", ">"),
    "Pending": Look("dim", "◦", "."),
}
_OTHER = Look("", "∙", "?")


class Row(NamedTuple):
    """The cells of a step, and its status as it came."""

    status: Text
    name: str
    action: str
    duration: str
    start: str
    step_id: str


class TableWriter:
    """Collects steps, since a column is as wide as its widest cell, and prints them at the end."""

    def __init__(self) -> None:
        self._console = make_console()
        self._rows: list[Row] = []
        self._statuses: Counter[str] = Counter()
        self._total: int | None = None

    def write(self, page: StepPage) -> None:
        """Take the steps of a page."""
        self._total = page.total
        for step in page.steps:
            self._statuses[step.status or NONE] += 1
            self._rows.append(self._row(step))

    def end(self) -> None:
        """Print the table and the count."""
        shown = _shown(self._console.width)
        if self._rows:
            self._console.print(_table(self._rows, shown, self._console.width))
            self._console.print()
        self._console.print(self._footer())
        hidden = [name for name in ("action", "start") if name not in shown]
        if self._rows and hidden:
            note = f"Not shown in a terminal as narrow as this: {', '.join(hidden)}."
            self._console.print(Text(note, "dim"))

    def abort(self) -> None:
        """Print what has come, if anything has."""
        if self._rows:
            self.end()

    def _row(self, step: Step) -> Row:
        return Row(
            self._status(step.status or NONE),
            one_line(step.name or NONE),
            one_line(step.action or NONE),
            duration_text(step.duration),
            local_time(step.started_at),
            one_line(step.id or NONE),
        )

    def _status(self, status: str) -> Text:
        look = _LOOKS.get(status, _OTHER)
        symbol = look.ascii if self._console.options.ascii_only else look.symbol
        return Text(f"{symbol} {one_line(status)}", look.style)

    def _footer(self) -> Text:
        count, total = len(self._rows), self._total
        of = "" if total is None or total == count else f" of {total:,}"
        noun = "step" if count == 1 and not of else "steps"
        footer = Text(f"{count:,}{of} {noun}", "bold")
        for place, (status, times) in enumerate(self._statuses.most_common()):
            footer.append(", " if place else ": ", "not bold")
            footer.append(f"{times:,} ", "not bold").append_text(self._status(status))
        return footer


def make_console() -> Console:
    """Make a console for stdout: no escapes under NO_COLOR, no limit where there is no terminal."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        # A name that the terminal's encoding does not have must not end the command.
        reconfigure(errors="replace")
    return Console(
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        highlight=False,
        markup=False,
        emoji=False,
        width=None if sys.stdout.isatty() else _UNBOUNDED,
    )


def _shown(width: int) -> tuple[str, ...]:
    hidden = {"action": _ACTION_FROM, "start": _START_FROM}
    return tuple(name for name in Row._fields if width >= hidden.get(name, 0))


def _table(rows: Sequence[Row], shown: Sequence[str], width: int) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    # These two are what one acts on: the others give way.
    status = max(cell_len(row.status.plain) for row in rows)
    step_id = max(cell_len(row.step_id) for row in rows)
    table.add_column("status", width=min(max(status, 6), 16), overflow="fold")
    table.add_column("name", overflow="fold")
    if "action" in shown:
        table.add_column("action", overflow="fold")
    table.add_column("duration", justify="right", no_wrap=True)
    if "start" in shown:
        table.add_column("start", no_wrap=True)
    table.add_column(
        "step id", width=min(max(step_id, 7), max(width // 2, _NARROWEST)), overflow="fold"
    )
    for row in rows:
        table.add_row(*(_cell(getattr(row, name)) for name in shown))
    return table


def _cell(value: str | Text) -> Text:
    return value if isinstance(value, Text) else Text(value)
