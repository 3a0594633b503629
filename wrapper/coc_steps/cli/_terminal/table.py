"""A table of steps that fits its terminal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from coc_steps.cli._output import make_console, print_parts
from coc_steps.cli._text import NONE, count, duration_text, middle_cut, one_line
from coc_steps.cli._ticket.summary import Summary

from .show import count_line, odd_values, reasons, status_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console, RenderableType

    from coc_steps.cli._ticket.facts import Facts
    from coc_steps.cli._ticket.selection import Part

_GAP = 2
_ENOUGH = 24  # columns of the terminal, for a name or a message where there is little room


@dataclass(frozen=True)
class Column:
    """A column: its header, its text of a step, and how wide it becomes before it is folded."""

    header: str
    value: Callable[[Facts], Text | str | None]
    widest: int | None = None

    def cell(self, facts: Facts) -> Text:
        """Return the cell of a step."""
        value = self.value(facts)
        return value if isinstance(value, Text) else Text(one_line(value or NONE))


def _without_year(text: str) -> str:
    return text[5:] or text


COLUMNS: dict[str, Column] = {
    "ticket": Column("ticket", lambda facts: facts.ticket, widest=40),
    "status": Column("status", lambda facts: status_text(facts.status), widest=12),
    "name": Column("name", lambda facts: facts.name),
    "action": Column("action", lambda facts: facts.action, widest=30),
    "duration": Column("duration", lambda facts: duration_text(facts.duration)),
    "start": Column("start", lambda facts: facts.time_text("started_at")),
    "end": Column("end", lambda facts: facts.time_text("ended_at")),
    "step_id": Column("step id", lambda facts: facts.id, widest=40),
    "message": Column("message", lambda facts: facts.message),
}
"""All columns, by the names that ``--columns`` takes, in the order of a wide table."""

USUAL = ("status", "name", "action", "duration", "start", "step_id")
_FLEXIBLE = ("name", "message")
"""Columns that get the room that the others leave."""

_SHORTER: tuple[tuple[str, Callable[[str], str] | None], ...] = (
    ("start", _without_year),
    ("end", _without_year),
    ("action", None),
    ("ticket", middle_cut),
    ("step_id", middle_cut),
    ("start", None),
    ("duration", None),
)
"""What is tried in turn until a table fits: shorter texts in a column, or to do without it."""


class StepTable:
    """A table of steps, with the columns for which there is room.

    All of them stay if they are fixed, since somebody asked for them. What is too long for its
    column is cut if rows are not to be folded.
    """

    def __init__(
        self,
        steps: Sequence[Facts],
        names: Sequence[str],
        width: int,
        *,
        fixed: bool = False,
        fold: bool = True,
    ) -> None:
        self._fold = fold
        self._hidden: list[str] = []
        self._cells = {name: [COLUMNS[name].cell(each) for each in steps] for name in names}
        for name, short in _SHORTER:
            if self._least_width() <= width:
                break
            if name not in self._cells:
                continue
            if short:
                self._cells[name] = [Text(short(cell.plain)) for cell in self._cells[name]]
            elif not fixed:
                del self._cells[name]
                self._hidden.append(name)

    def draw(self) -> Iterator[RenderableType]:
        """Return the table, and what has to be said below it."""
        table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
        for name in self._cells:
            table.add_column(
                COLUMNS[name].header,
                width=None if name in _FLEXIBLE else self._width(name),
                justify="right" if name == "duration" else "left",
                overflow="fold" if self._fold else "ellipsis",
            )
        for row in zip(*self._cells.values(), strict=True):
            for cell in row:
                cell.no_wrap = not self._fold
            table.add_row(*row)
        yield table
        if self._hidden:
            names = ", ".join(self._hidden)
            yield Text(f"Not shown in a terminal as narrow as this: {names}.", "dim")

    def _width(self, name: str) -> int:
        column = COLUMNS[name]
        widest = max(map(cell_len, [column.header, *map(str, self._cells[name])]))
        return min(widest, column.widest or widest)

    def _least_width(self) -> int:
        """Return how wide the table is if the flexible columns have just what is enough."""
        widths = {name: self._width(name) for name in self._cells}
        widths |= {name: min(widths[name], _ENOUGH) for name in _FLEXIBLE if name in widths}
        return sum(widths.values()) + _GAP * (len(widths) - 1)


class TableWriter:
    """Collects steps, since a column is as wide as its widest cell, and prints them at the end.

    ``tagged`` rows say their ticket; a ``wide`` table has all columns in full.
    """

    def __init__(
        self,
        columns: Sequence[str] | None = None,
        *,
        wide: bool = False,
        tagged: bool = False,
        console: Console | None = None,
    ) -> None:
        self._console = console or make_console(wide=wide)
        self._fixed = wide or columns is not None
        usual = [name for name in (COLUMNS if wide else USUAL) if name != "ticket"]
        self._columns = columns or (["ticket", *usual] if tagged else usual)
        self._listed: list[Facts] = []
        self._totals: dict[str, int | None] = {}
        self._summary = Summary()

    def write(self, part: Part) -> None:
        """Take steps."""
        self._totals[part.ticket] = part.total
        for each in part.read:
            self._summary.take(each)
        self._listed += part.listed

    def end(self) -> None:
        """Print the table, the count, and why steps failed."""
        print_parts(self._console, self._parts())

    def abort(self) -> None:
        """Print what has come, if anything has."""
        if self._listed:
            self.end()

    def _parts(self) -> Iterator[RenderableType]:
        steps = self._listed
        table = StepTable(steps, self._columns, self._console.width, fixed=self._fixed)
        below: Sequence[RenderableType] = ()
        if steps:
            drawn, *below = table.draw()
            yield from (drawn, "")
        yield self._count()
        if self._is_whole and self._summary.times:
            yield Text(self._summary.times)
        yield from below
        yield from odd_values(steps)
        yield from reasons(steps, list(self._totals))

    @property
    def _is_whole(self) -> bool:
        """Whether one ticket was read, and all of it."""
        return list(self._totals.values()) in ([self._summary.steps], [None])

    def _count(self) -> Text:
        totals = list(self._totals.values())
        known = [total for total in totals if total is not None]
        line = count_line(
            Counter(each.status or NONE for each in self._listed),
            sum(known) if len(known) == len(totals) else None,
        )
        return line if len(totals) < 2 else Text.assemble(f"{count(len(totals), 'ticket')}, ", line)
