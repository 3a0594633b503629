"""What the steps of a ticket say of the ticket."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from coc_steps._steps.records import sent_values
from coc_steps.cli._text import NONE, SHORT_TIME, TIME_OF_DAY, duration_text, time_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from coc_steps._json import Json

    from .facts import Facts

_WORTH_SAYING = 0.01  # of the time that a ticket took
Interval = tuple[datetime, datetime]


class Axis:
    """The time from a ticket's begin to its end; places on it are from 0 to 1."""

    def __init__(self, begin: datetime, end: datetime) -> None:
        self._begin = begin
        self._length = max(end - begin, timedelta(milliseconds=1))

    def bar(self, facts: Facts) -> tuple[float, float] | None:
        """Return where the bar of a step begins and ends; None if the step has not begun."""
        if facts.started_at is None:
            return None
        begin = self._place(facts.started_at)
        return begin, max(begin, self._place(facts.end or facts.started_at))

    def text(self, place: float) -> str:
        """Return the time at a place: of day, and with the date if the axis is a long one."""
        form = TIME_OF_DAY if self._length < timedelta(days=1) else SHORT_TIME
        return time_text(self._begin + self._length * place, form)

    def _place(self, time: datetime) -> float:
        return min(max((time - self._begin) / self._length, 0.0), 1.0)


class Summary:
    """Counts steps by status, and finds when the ticket began and ended."""

    def __init__(self, steps: Iterable[Facts] = ()) -> None:
        self.statuses: Counter[str] = Counter()
        self.failed = 0
        self.unfinished = 0
        self.begin: datetime | None = None
        self._last: datetime | None = None
        self._busy: list[Interval] = []
        for each in steps:
            self.take(each)

    def take(self, facts: Facts) -> None:
        """Take a step."""
        self.statuses[facts.status or NONE] += 1
        self.failed += facts.is_failed
        self.unfinished += not facts.is_finished
        begin, end = facts.started_at, facts.end
        if begin is not None:
            self.begin = min(self.begin or begin, begin)
        if begin is not None and end is not None and not facts.is_pause:
            self._busy.append((begin, end))
        known = filter(None, (self._last, begin, end, None if facts.is_finished else facts.now))
        self._last = max(known, default=None)

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return self.statuses.total()

    @property
    def end(self) -> datetime | None:
        """When the last step ended; while a step is not finished, when it was last looked at."""
        return self._last if self.begin else None

    @property
    def axis(self) -> Axis | None:
        """The time axis; None if no step has begun."""
        return Axis(self.begin, self.end) if self.begin and self.end else None

    @property
    def elapsed(self) -> timedelta | None:
        """From begin to end."""
        return self.end - self.begin if self.begin and self.end else None

    @property
    def waiting(self) -> timedelta | None:
        """How long no step but pauses ran between begin and end."""
        return None if self.elapsed is None else self.elapsed - _covered(self._busy)

    @property
    def state(self) -> str:
        """The state of the ticket, in words."""
        if not self.steps:
            return "no steps yet"
        return "not finished" if self.unfinished else "finished"

    @property
    def times(self) -> str:
        """When it began, how long it took, and how long no step ran; empty before it began."""
        elapsed, waiting = self.elapsed, self.waiting
        if elapsed is None or waiting is None:
            return ""
        took = duration_text(elapsed)
        text = f"began {time_text(self.begin)}, "
        text += f"{took} so far" if self.unfinished else f"took {took}"
        if waiting < _WORTH_SAYING * elapsed:
            return text
        return f"{text}; for {duration_text(waiting)} of it no step ran"


def _covered(intervals: Iterable[Interval]) -> timedelta:
    """Return how long at least one of the intervals lasted."""
    total, reached = timedelta(), None
    for begin, end in sorted(intervals):
        start = begin if reached is None else max(begin, reached)
        if end > start:
            total += end - start
            reached = end
    return total


def overview_record(ticket: str, steps: Sequence[Facts]) -> dict[str, Json]:
    """Return what the overview says; times are ISO 8601 in UTC, durations seconds.

    ``ended_at`` is None while a step is not finished; ``failed`` has all failed steps as the
    server sent them.
    """
    summary = Summary(steps)
    failed: list[Json] = [sent_values(each.step, marked=True) for each in steps if each.is_failed]
    return {
        "execution_id": ticket,
        "total": summary.steps,
        "statuses": dict(summary.statuses),
        "finished": summary.steps > 0 and not summary.unfinished,
        "started_at": _plain(summary.begin),
        "ended_at": None if summary.unfinished else _plain(summary.end),
        "elapsed": _plain(summary.elapsed),
        "waiting": _plain(summary.waiting),
        "failed": failed,
    }


def _plain(value: datetime | timedelta | None) -> str | float | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else value.total_seconds()
