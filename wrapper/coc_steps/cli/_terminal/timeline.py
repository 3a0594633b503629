"""A bar per step on the time axis of the ticket."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from coc_steps.cli._text import NONE, clock_time, duration_text, short_time
from coc_steps.cli._ticket.choice import worth_showing

from .console import UNBOUNDED
from .status import look, marked
from .table import count_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, RenderableType

    from coc_steps.cli._ticket.axis import Axis
    from coc_steps.cli._ticket.facts import Facts

_GAP = 2
_UNBOUNDED = 100  # columns, where lines have no limit
_NAME_SHARE = 0.35  # of the width, at the most
# One column wide everywhere, also in terminals set up for Chinese.
_RUNS, _WAITS = "▮", "▯"
_RUNS_ASCII, _WAITS_ASCII = "#", "-"


class Timeline:
    """The time line of a ticket.

    Args:
        steps: The steps.
        axis: The time axis of the ticket.
        console: Where it is shown.
        lines: How many steps there is room for.
    """

    def __init__(self, steps: Sequence[Facts], axis: Axis, console: Console, *, lines: int) -> None:
        self._steps = steps
        self._shown = worth_showing(steps, lines)
        self._axis = axis
        self._console = console
        self._names = [marked(each.status, each.name, console) for each in self._shown]
        self._durations = [duration_text(each.duration) for each in self._shown]
        widest = max(cell_len(name.plain) for name in self._names)
        width = _UNBOUNDED if console.width == UNBOUNDED else console.width
        self._name = min(widest, max(int(width * _NAME_SHARE), 12))
        self._duration = max(map(len, self._durations))
        self._bar = max(width - self._name - self._duration - 2 * _GAP, 8)

    def draw(self) -> Iterator[RenderableType]:
        """Return the time line, what its bars mean, and what has no place in it."""
        grid = Table.grid(padding=(0, _GAP, 0, 0))
        grid.add_column(no_wrap=True, overflow="ellipsis", width=self._name)
        grid.add_column(no_wrap=True, justify="right", width=self._duration)
        grid.add_column(no_wrap=True, width=self._bar)
        grid.add_row(Text("timeline", "bold"), "", self._scale())
        for name, duration, facts in zip(self._names, self._durations, self._shown, strict=True):
            grid.add_row(name, duration, self._drawn(facts))
        yield grid
        if any(each.is_pause for each in self._shown):
            yield Text(f"{self._symbol(pause=True)} waits for somebody to go on", "dim")
        if left_out := self._left_out():
            yield left_out

    def _scale(self) -> Text:
        text = clock_time if self._axis.is_short else short_time
        begin, end = text(self._axis.begin), text(self._axis.end)
        return Text(begin + end.rjust(self._bar - len(begin)), "dim")

    def _drawn(self, facts: Facts) -> Text:
        bar = self._axis.bar(facts)
        if bar is None:
            return Text("has not begun", "dim")
        begin = min(math.floor(bar.begin * self._bar), self._bar - 1)
        end = max(math.ceil(bar.end * self._bar), begin + 1)
        symbol = self._symbol(pause=facts.is_pause)
        style = look(facts.status).style
        bar_text = symbol * (end - begin)
        if facts.is_running:
            bar_text = bar_text[:-1] + (">" if self._console.options.ascii_only else "▸")
        return Text.assemble(" " * begin, (bar_text, style))

    def _symbol(self, *, pause: bool) -> str:
        if self._console.options.ascii_only:
            return _WAITS_ASCII if pause else _RUNS_ASCII
        return _WAITS if pause else _RUNS

    def _left_out(self) -> Text | None:
        """Return how many steps of each status are not drawn."""
        shown = {id(each) for each in self._shown}
        statuses = Counter(each.status or NONE for each in self._steps if id(each) not in shown)
        if not statuses:
            return None
        line = count_line(statuses, None, self._console)
        line.stylize("not bold")
        return Text.assemble("not drawn: ", line, style="dim")
