"""A ticket at a glance, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps._steps.records import sent_values

from .summary import Summary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from .details import Json
    from .facts import Facts


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
        "started_at": _iso(summary.begin),
        "ended_at": None if summary.unfinished else _iso(summary.end),
        "elapsed": _seconds(summary.elapsed),
        "waiting": _seconds(summary.waiting),
        "failed": failed,
    }


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()
