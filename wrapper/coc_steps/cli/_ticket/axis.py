"""Where the bar of a step lies on the time axis of its ticket."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .facts import Facts
    from .summary import Summary


class Bar(NamedTuple):
    """Where a bar begins and ends, as parts of the axis (0 to 1)."""

    begin: float
    end: float


class Axis:
    """The time from a ticket's begin to its end."""

    def __init__(self, begin: datetime, end: datetime) -> None:
        self.begin = begin
        self.end = end
        self._length = max(end - begin, timedelta(milliseconds=1))

    @property
    def is_short(self) -> bool:
        """Whether times of day are enough to tell its times."""
        return self._length < timedelta(days=1)

    def bar(self, facts: Facts) -> Bar | None:
        """Return where the bar of a step lies; None if the step has not begun."""
        if facts.started_at is None:
            return None
        begin = self._place(facts.started_at)
        return Bar(begin, max(begin, self._place(facts.end or facts.started_at)))

    def time(self, place: float) -> datetime:
        """Return the time at a place of the axis."""
        return self.begin + self._length * place

    def _place(self, time: datetime) -> float:
        return min(max((time - self.begin) / self._length, 0.0), 1.0)


def axis_of(summary: Summary) -> Axis | None:
    """Return the axis of a ticket; None if no step of it has begun."""
    if summary.begin is None or summary.end is None:
        return None
    return Axis(summary.begin, summary.end)
