"""Which steps are worth a line where not all of them have room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .facts import Facts

_LAST = datetime.max.replace(tzinfo=UTC)


def worth_showing(steps: Sequence[Facts], most: int) -> list[Facts]:
    """Return the failed, the running and the slowest steps, by their start.

    Each kind gets an equal share of the places, and what another one leaves.
    """
    failed = list(_from_both_ends([each for each in steps if each.is_failed]))
    slowest = sorted(steps, key=_duration, reverse=True)
    running = [each for each in slowest if each.is_running]
    chosen: dict[int, Facts] = {}
    for some in zip_longest(failed, running, slowest):
        for each in some:
            if each is not None and len(chosen) < most:
                chosen[id(each)] = each
    return by_start(list(chosen.values()))


def by_start(steps: Sequence[Facts]) -> list[Facts]:
    """Return steps in the order in which they began; those that have not are last."""
    return sorted(steps, key=lambda each: each.started_at or _LAST)


def _from_both_ends(steps: Sequence[Facts]) -> Iterator[Facts]:
    """Return the first, the last, the second, the last but one, and so on."""
    for place in range((len(steps) + 1) // 2):
        yield steps[place]
        if place != len(steps) - 1 - place:
            yield steps[-1 - place]


def _duration(facts: Facts) -> timedelta:
    return facts.duration or timedelta()
