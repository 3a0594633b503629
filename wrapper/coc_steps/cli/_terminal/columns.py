"""The columns of a table of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from rich.text import Text

from coc_steps.cli._text import (
    NONE,
    duration_text,
    local_time,
    middle_cut,
    one_line,
    short_time,
)
from coc_steps.cli._ticket.facts import ODD

from .status import status_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from rich.console import Console

    from coc_steps.cli._ticket.facts import Facts


Cell: TypeAlias = "Callable[[Row, Console], Text]"


class Row(NamedTuple):
    """A step of a ticket."""

    ticket: str
    facts: Facts


class Column(NamedTuple):
    """A column.

    Attributes:
        header: Its header.
        cell: Makes the cell of a row.
        widest: The most columns of the terminal that it takes; what is longer is folded.
        least: The columns of the terminal that are enough where there is little room.
    """

    header: str
    cell: Cell
    widest: int = 100_000
    least: int = 100_000


def _plain(value: Callable[[Row], str | None]) -> Cell:
    return lambda row, _console: Text(one_line(value(row) or NONE))


def _cut(value: Callable[[Row], str | None]) -> Cell:
    return lambda row, _console: Text(middle_cut(one_line(value(row) or NONE)))


def _time(name: str, text: Callable[[datetime | None], str]) -> Cell:
    def cell(row: Row, _console: Console) -> Text:
        facts = row.facts
        time = facts.started_at if name == "started_at" else facts.ended_at
        return Text(ODD if name in facts.odd else text(time))

    return cell


def _status(row: Row, console: Console) -> Text:
    return status_text(row.facts.status, console)


def _duration(row: Row, _console: Console) -> Text:
    return Text(duration_text(row.facts.duration))


COLUMNS = {
    "ticket": Column("ticket", _plain(lambda row: row.ticket), widest=40),
    "status": Column("status", _status, widest=20, least=12),
    "name": Column("name", _plain(lambda row: row.facts.name), least=24),
    "action": Column("action", _plain(lambda row: row.facts.action), widest=30),
    "duration": Column("duration", _duration),
    "start": Column("start", _time("started_at", local_time)),
    "end": Column("end", _time("ended_at", local_time)),
    "step_id": Column("step id", _plain(lambda row: row.facts.id), widest=40),
    "message": Column("message", _plain(lambda row: row.facts.message), least=24),
}
"""All columns, by the names that ``--columns`` takes, in the order of a wide table."""

USUAL = ("status", "name", "action", "duration", "start", "step_id")
FLEXIBLE = ("name", "message")
"""Columns that get the room that the others leave."""


class Way(NamedTuple):
    """A way to make a table narrower: another cell for a column, or none, which hides it."""

    column: str
    cell: Cell | None = None


WAYS_TO_SHRINK = (
    Way("start", _time("started_at", short_time)),
    Way("end", _time("ended_at", short_time)),
    Way("action"),
    Way("ticket", _cut(lambda row: row.ticket)),
    Way("step_id", _cut(lambda row: row.facts.id)),
    Way("start"),
    Way("duration"),
)
"""What is tried in turn, until a table fits its terminal."""
