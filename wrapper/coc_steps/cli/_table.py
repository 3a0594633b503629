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
    from collections.abc import Mapping, Sequence

    from coc_steps import Step, StepPage

_UNBOUNDED = 100_000  # columns, for whatever is not a terminal
_GAP = 2
_WIDEST = {"status": 20, "action": 30, "step_id": 40}  # columns; what is longer folds
_NAME = 12  # columns that the name keeps before others must go
_FIRST_TO_GO = ("action", "start", "duration")


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

    status: str | Text
    name: str
    action: str
    duration: str
    start: str
    step_id: str


_HEADERS = Row("status", "name", "action", "duration", "start", "step id")


class TableWriter:
    """Collects steps, since a column is as wide as its widest cell, and prints them at the end."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or make_console()
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
        widths = _widths(self._rows)
        hidden = _hidden(widths, self._console.width)
        if self._rows:
            self._console.print(_table(self._rows, widths, hidden))
            self._console.print()
        self._console.print(self._footer())
        if hidden:
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


class _Stdout(Console):
    """Leaves a broken pipe to the command, which has an exit code for it; rich ends with 1."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - it is called where the error is handled


def make_console() -> Console:
    """Make a console for stdout: no escapes under NO_COLOR, no limit where there is no terminal."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        # A name that the terminal's encoding does not have must not end the command.
        reconfigure(errors="replace")
    return _Stdout(
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        highlight=False,
        markup=False,
        emoji=False,
        width=None if sys.stdout.isatty() else _UNBOUNDED,
    )


def _widths(rows: Sequence[Row]) -> dict[str, int]:
    """Give what each column would like to have."""
    return {
        name: min(max(cell_len(str(cell)) for cell in column), _WIDEST.get(name, _UNBOUNDED))
        for name, *column in zip(Row._fields, _HEADERS, *rows, strict=True)
    }


def _hidden(widths: Mapping[str, int], available: int) -> list[str]:
    """Say which columns have to go, so that the others can be read."""
    left = {**widths, "name": min(widths["name"], _NAME)}
    hidden: list[str] = []
    for name in _FIRST_TO_GO:
        if sum(left.values()) + _GAP * (len(left) - 1) > available:
            del left[name]
            hidden.append(name)
    return hidden


def _table(rows: Sequence[Row], widths: Mapping[str, int], hidden: Sequence[str]) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    shown = [name for name in Row._fields if name not in hidden]
    for name, header in zip(Row._fields, _HEADERS, strict=True):
        if name in shown:
            table.add_column(
                header,
                # The name has what is left; the others are what one acts on.
                width=None if name == "name" else widths[name],
                justify="right" if name == "duration" else "left",
                overflow="fold",
            )
    for row in rows:
        table.add_row(*(_cell(getattr(row, name)) for name in shown))
    return table


def _cell(value: str | Text) -> Text:
    return value if isinstance(value, Text) else Text(value)
