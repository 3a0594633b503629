"""What the steps of a ticket say of the ticket."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from coc_steps.cli._text import NONE, duration_text, local_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .facts import Facts

_WORTH_SAYING = 0.01  # of the time that a ticket took
Interval = tuple[datetime, datetime]


class Summary:
    """Counts steps by status, and finds when the ticket began and ended.

    Attributes:
        statuses: How many steps have each status.
        failed: How many steps failed.
        unfinished: How many steps are not finished.
    """

    def __init__(self, facts: Iterable[Facts] = ()) -> None:
        self.statuses: Counter[str] = Counter()
        self.failed = 0
        self.unfinished = 0
        self._begins: datetime | None = None
        self._ended: datetime | None = None
        self._now: datetime | None = None
        self._busy: list[Interval] = []
        for each in facts:
            self.take(each)

    def take(self, facts: Facts) -> None:
        """Take a step."""
        self.statuses[facts.status or NONE] += 1
        self.failed += facts.is_failed
        self.unfinished += not facts.is_finished
        self._now = max(self._now or facts.now, facts.now)
        begin, end = facts.started_at, facts.end
        if begin is not None:
            self._begins = min(self._begins or begin, begin)
        if end is not None:
            self._ended = max(self._ended or end, end)
        if begin is not None and end is not None and not facts.is_pause:
            self._busy.append((begin, end))

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return self.statuses.total()

    @property
    def begin(self) -> datetime | None:
        """When the first step began."""
        return self._begins

    @property
    def end(self) -> datetime | None:
        """When the last step ended; while a step is not finished, when it was last looked at."""
        if self._begins is None:
            return None
        latest = self._ended or self._begins
        return max(latest, self._now or latest) if self.unfinished else max(latest, self._begins)

    @property
    def elapsed(self) -> timedelta | None:
        """From begin to end."""
        return None if self.begin is None or self.end is None else self.end - self.begin

    @property
    def waiting(self) -> timedelta | None:
        """How long no step but pauses ran between begin and end."""
        if self.elapsed is None:
            return None
        return self.elapsed - _covered(self._busy)

    @property
    def state(self) -> str:
        """The state of the ticket, in words."""
        if not self.steps:
            return "no steps yet"
        return "not finished" if self.unfinished else "finished"

    @property
    def times(self) -> str:
        """When it began, how long it took, and how long no step ran; empty before it began."""
        if self.begin is None:
            return ""
        took = duration_text(self.elapsed)
        lasted = f"{took} so far" if self.unfinished else f"took {took}"
        return f"began {local_time(self.begin)}, {lasted}{self._waited}"

    @property
    def _waited(self) -> str:
        waiting, elapsed = self.waiting, self.elapsed
        if waiting is None or elapsed is None or waiting < _WORTH_SAYING * elapsed:
            return ""
        return f"; for {duration_text(waiting)} of it no step ran"


def _covered(intervals: Iterable[Interval]) -> timedelta:
    """Return how long at least one of the intervals lasted."""
    total, reached = timedelta(), None
    for begin, end in sorted(intervals):
        start = begin if reached is None else max(begin, reached)
        if end > start:
            total += end - start
            reached = end
    return total
