"""Steps for people: a table as wide as the terminal, and a count below it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from .console import UNBOUNDED, make_console
from .reasons import Reasons
from .status import status_text
from .text import NONE, duration_text, local_time, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console, RenderableType

    from coc_steps import Step, StepPage

_GAP = 2
_WIDEST = {"status": 20, "action": 30, "step_id": 40}  # columns; what is longer folds
_NAME = 12  # columns that the name keeps before others must go
_USUAL = {"step_id": 24, "status": 12}  # columns that an id and a status of the vendor's take
_FIRST_TO_GO = ("action", "start", "duration")


class Row(NamedTuple):
    """The cells of a step."""

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
        self._reasons = Reasons(self._console)
        self._total: int | None = None

    def write(self, page: StepPage) -> None:
        """Take the steps of a page."""
        self._total = page.total
        for step in page.steps:
            self._statuses[step.status or NONE] += 1
            self._rows.append(make_row(step, self._console))
            self._reasons.take(step)

    def end(self) -> None:
        """Print the table, the count, and why steps failed."""
        count = count_line(self._statuses, self._total, self._console)
        for part in (*draw(self._rows, count, self._console.width), *self._reasons.draw()):
            self._console.print(part)

    def abort(self) -> None:
        """Print what has come, if anything has."""
        if self._rows:
            self.end()


def make_row(step: Step, console: Console) -> Row:
    """Give the cells of a step."""
    return Row(
        status_text(step.status, console),
        one_line(step.name or NONE),
        one_line(step.action or NONE),
        duration_text(step.duration),
        local_time(step.started_at),
        one_line(step.id or NONE),
    )


def count_line(statuses: Counter[str], total: int | None, console: Console) -> Text:
    """Say how many steps there are, of how many, and of each status."""
    count = statuses.total()
    of = "" if total is None or total == count else f" of {total:,}"
    noun = "step" if count == 1 and not of else "steps"
    line = Text(f"{count:,}{of} {noun}", "bold")
    for place, (status, times) in enumerate(statuses.most_common()):
        line.append(", " if place else ": ", "not bold")
        line.append(f"{times:,} ", "not bold").append_text(status_text(status, console))
    return line


def draw(
    rows: Sequence[Row], count: Text, width: int, *, fold: bool = True
) -> Iterator[RenderableType]:
    """Give a table, the count below it, and what had to be left out.

    Args:
        rows: The rows.
        count: What to say of them.
        width: How many columns there are.
        fold: Whether a row may take several lines; else what is too long is cut.
    """
    widths = _widths(rows)
    hidden = _hidden(widths, width)
    _shrink(widths, hidden, width)
    if not fold:
        others = [widths[name] + _GAP for name in Row._fields if name not in ("name", *hidden)]
        widths["name"] = min(widths["name"], max(width - sum(others), 1))
    if rows:
        yield _table(rows, widths, hidden, fold=fold)
        yield ""
    yield count
    if hidden:
        note = f"Not shown in a terminal as narrow as this: {', '.join(hidden)}."
        yield Text(note, "dim")


def _widths(rows: Sequence[Row]) -> dict[str, int]:
    """Give what each column would like to have."""
    return {
        name: min(max(cell_len(str(cell)) for cell in column), _WIDEST.get(name, UNBOUNDED))
        for name, *column in zip(Row._fields, _HEADERS, *rows, strict=True)
    }


def _hidden(widths: Mapping[str, int], available: int) -> list[str]:
    """Say which columns have to go, so that the others can be read."""
    hidden: list[str] = []
    for name in _FIRST_TO_GO:
        if _missing(widths, hidden, available) > 0:
            hidden.append(name)
    return hidden


def _shrink(widths: dict[str, int], hidden: Sequence[str], available: int) -> None:
    """Have ids and statuses that are longer than most fold, rather than the name go."""
    for name, least in _USUAL.items():
        missing = max(_missing(widths, hidden, available), 0)
        widths[name] -= min(missing, max(widths[name] - least, 0))


def _missing(widths: Mapping[str, int], hidden: Sequence[str], available: int) -> int:
    """Say how many columns there are too few, with a short name."""
    short = {**widths, "name": min(widths["name"], _NAME)}
    shown = [width for name, width in short.items() if name not in hidden]
    return sum(shown) + _GAP * (len(shown) - 1) - available


def _table(
    rows: Sequence[Row], widths: Mapping[str, int], hidden: Sequence[str], *, fold: bool
) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    shown = [name for name in Row._fields if name not in hidden]
    for name, header in zip(Row._fields, _HEADERS, strict=True):
        if name in shown:
            table.add_column(
                header,
                # The name has what is left; the others are what one acts on.
                width=None if name == "name" and fold else widths[name],
                justify="right" if name == "duration" else "left",
                overflow="fold" if fold else "ellipsis",
                no_wrap=not fold,
            )
    for row in rows:
        table.add_row(*(_cell(getattr(row, name)) for name in shown))
    return table


def _cell(value: str | Text) -> Text:
    return value if isinstance(value, Text) else Text(value)
