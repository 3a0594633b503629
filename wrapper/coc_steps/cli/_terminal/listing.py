"""The table of ``list``, with a foot and the reasons of failed steps."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from coc_steps.cli._text import NONE, count
from coc_steps.cli._ticket.facts import Facts, now
from coc_steps.cli._ticket.summary import Summary

from .columns import COLUMNS, USUAL, Row
from .console import make_console, print_parts
from .reasons import Reasons, argument
from .table import Layout, count_line, draw_table, notes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rich.console import Console, RenderableType

    from coc_steps.cli._ticket.selection import Part


_NAMED = 3  # tickets, in a command to paste


class TableWriter:
    """Collects steps, since a column is as wide as its widest cell, and prints them at the end.

    Args:
        columns: The columns to show; None for those that fit.
        wide: Whether to show all columns in full, however wide that is.
        tagged: Whether each row says its ticket.
        console: Where to print.
        moment: Until when running steps last; None for now.
    """

    def __init__(
        self,
        columns: Sequence[str] | None = None,
        *,
        wide: bool = False,
        tagged: bool = False,
        console: Console | None = None,
        moment: datetime | None = None,
    ) -> None:
        self._console = console or make_console(wide=wide)
        self._fixed = wide or columns is not None
        every = COLUMNS if wide else USUAL
        usual = [name for name in every if name != "ticket"]
        self._columns = list(columns or (["ticket", *usual] if tagged else usual))
        self._rows: list[Row] = []
        self._tickets: dict[str, int | None] = {}
        self._summary = Summary()
        self._now = moment or now()

    def write(self, ticket: str, part: Part) -> None:
        """Take steps."""
        self._tickets[ticket] = part.total
        for step in part.read:
            self._summary.take(Facts(step, self._now))
        self._rows.extend(Row(ticket, Facts(step, self._now)) for step in part.listed)

    def end(self) -> None:
        """Print the table, the count, and why steps failed."""
        print_parts(self._console, self._parts())

    def abort(self) -> None:
        """Print what has come, if anything has."""
        if self._rows:
            self.end()

    def _parts(self) -> Iterator[RenderableType]:
        layout = Layout(self._rows, self._columns, self._console, fixed=self._fixed)
        if self._rows:
            yield draw_table(layout)
            yield ""
        yield self._count()
        if self._summary.times and self._is_whole:
            yield Text(self._summary.times)
        yield from notes(self._rows, layout.hidden)
        reasons = Reasons(self._console)
        for row in self._rows:
            reasons.take(row.facts)
        few = len(self._tickets) <= _NAMED
        yield from reasons.draw(" ".join(map(argument, self._tickets)) if few else "TICKETS")

    @property
    def _is_whole(self) -> bool:
        """Whether one ticket was read, and all of it."""
        totals = list(self._tickets.values())
        return totals in ([self._summary.steps], [None])

    def _count(self) -> Text:
        shown = Counter(row.facts.status or NONE for row in self._rows)
        totals = [total for total in self._tickets.values() if total is not None]
        total = sum(totals) if len(totals) == len(self._tickets) else None
        line = count_line(shown, total, self._console)
        if len(self._tickets) > 1:
            return Text.assemble(f"{count(len(self._tickets), 'ticket')}, ", line)
        return line
