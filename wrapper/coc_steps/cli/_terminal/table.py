"""A table of steps that fits its terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from .columns import COLUMNS, FLEXIBLE, WAYS_TO_SHRINK
from .status import status_text

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

    from rich.console import Console, RenderableType

    from .columns import Row

_GAP = 2


class Layout:
    """Which columns a table has, in which form and how wide, so that it fits.

    Args:
        rows: The rows.
        names: The columns.
        console: Where the table is shown.
        fixed: Whether all columns stay, since somebody asked for them.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        names: Sequence[str],
        console: Console,
        *,
        fixed: bool = False,
    ) -> None:
        self.names = list(names)
        self.hidden: list[str] = []
        self._available = console.width
        self.cells = {
            name: [COLUMNS[name].cell(row, console) for row in rows] for name in self.names
        }
        self.widths = {name: self._wanted(name) for name in self.names}
        for way in WAYS_TO_SHRINK:
            if way.column not in self.names or self._missing <= 0:
                continue
            if way.cell:
                self.cells[way.column] = [way.cell(row, console) for row in rows]
                self.widths[way.column] = self._wanted(way.column)
            elif not fixed:
                self.names.remove(way.column)
                self.hidden.append(way.column)
        self._squeeze()

    def _wanted(self, name: str) -> int:
        header, widest = COLUMNS[name].header, COLUMNS[name].widest
        return min(max(map(cell_len, [header, *map(str, self.cells[name])])), widest)

    @property
    def _missing(self) -> int:
        """How many columns there are too few, if each one takes what is enough for it."""
        enough = [min(self.widths[name], COLUMNS[name].least) for name in self.names]
        return sum(enough) + _GAP * (len(enough) - 1) - self._available

    @property
    def _missing_as_is(self) -> int:
        """How many columns there are too few, if only flexible columns give way."""
        return self._missing + sum(
            self.widths[name] - min(self.widths[name], COLUMNS[name].least)
            for name in self.names
            if name not in FLEXIBLE
        )

    def _squeeze(self) -> None:
        """Let a status that is longer than most fold, and flexible columns share what is left."""
        if "status" in self.names and self._missing_as_is > 0:
            self.widths["status"] = min(self.widths["status"], COLUMNS["status"].least)
        flexible = [name for name in FLEXIBLE if name in self.names]
        others = [self.widths[name] for name in self.names if name not in flexible]
        room = self._available - sum(others) - _GAP * (len(self.names) - 1)
        for place, name in enumerate(flexible):
            share = room // (len(flexible) - place)
            self.widths[name] = max(min(self.widths[name], share), 1)
            room -= self.widths[name]


def draw_table(layout: Layout, *, fold: bool = True) -> Table:
    """Return a table.

    Args:
        layout: What it shows.
        fold: Whether a row may take several lines; else what is too long is cut.
    """
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for name in layout.names:
        table.add_column(
            COLUMNS[name].header,
            width=layout.widths[name],
            justify="right" if name == "duration" else "left",
            overflow="fold" if fold else "ellipsis",
            no_wrap=not fold,
        )
    for row in zip(*(layout.cells[name] for name in layout.names), strict=True):
        table.add_row(*row)
    return table


def count_line(statuses: Counter[str], total: int | None, console: Console) -> Text:
    """Return how many steps there are, of how many, and of each status."""
    count = statuses.total()
    of = "" if total is None or total == count else f" of {total:,}"
    noun = "step" if count == 1 and not of else "steps"
    line = Text(f"{count:,}{of} {noun}", "bold")
    for place, (status, times) in enumerate(statuses.most_common()):
        line.append(", " if place else ": ", "not bold")
        line.append(f"{times:,} ", "not bold").append_text(status_text(status, console))
    return line


def notes(rows: Sequence[Row], hidden: Sequence[str]) -> Iterator[RenderableType]:
    """Return what has to be said below a table: hidden columns, values that are odd."""
    if hidden:
        names = ", ".join(hidden)
        yield Text(f"Not shown in a terminal as narrow as this: {names}.", "dim")
    if odd := sorted({name for row in rows for name in row.facts.odd}):
        yield Text(f"? stands for a value of an undocumented type: {', '.join(odd)}.", "dim")
