"""Which of the steps that were read are listed or drawn, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from .facts import Facts, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from coc_steps import StepPage

_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
_NEVER = timedelta(days=-1)


def by_start(facts: Facts) -> datetime:
    """Return what sorts steps by their begin; those that have not begun are last."""
    return facts.started_at or _LAST


def by_duration(facts: Facts) -> timedelta:
    """Return what sorts steps by the time that they took; those that have not begun are first."""
    return facts.duration or _NEVER


def by_news(facts: Facts) -> datetime:
    """Return what sorts steps by the last time that something happened to them."""
    return facts.ended_at or facts.started_at or _FIRST


SORTS: dict[str, Callable[[Facts], Any]] = {
    "start": by_start,
    "duration": lambda facts: -by_duration(facts),
    "status": lambda facts: (
        not facts.is_failed,
        facts.is_finished,
        not facts.is_running,
        facts.status or "",
    ),
    "name": lambda facts: facts.name or "",
}
"""The orders: earliest first, longest first, failed and running first, by the alphabet."""


class Part(NamedTuple):
    """Steps of a ticket that were read, those of them to list, and how many there are."""

    read: Sequence[Facts]
    listed: Sequence[Facts]
    total: int | None


class Selection(NamedTuple):
    """What to list of each ticket.

    Attributes:
        failed: Whether to list failed steps.
        statuses: Statuses to list, in lower case; without these two all steps are listed.
        sort: One of `SORTS`; None for the server's order.
        most: How many steps to list at the most; None for all.
    """

    failed: bool = False
    statuses: frozenset[str] = frozenset()
    sort: str | None = None
    most: int | None = None

    @property
    def needed(self) -> int | None:
        """How many steps have to be read; None for all."""
        return None if self.failed or self.statuses or self.sort else self.most

    def fits(self, facts: Facts) -> bool:
        """Whether a step is to be listed."""
        if not self.failed and not self.statuses:
            return True
        status = (facts.status or "").casefold()
        return (self.failed and facts.is_failed) or status in self.statuses

    def parts(self, pages: Iterable[StepPage]) -> Iterator[Part]:
        """Yield a part for each page as it comes; sorted steps come together in the end."""
        kept: list[Facts] = []
        count, total = 0, None
        for page in pages:
            read, total = [Facts(step, now()) for step in page.steps], page.total
            fitting = [each for each in read if self.fits(each)]
            if self.sort:
                kept += fitting
                fitting = []
            listed = fitting if self.most is None else fitting[: self.most - count]
            count += len(listed)
            yield Part(read, listed, total)
            if count == self.most:
                return
        if self.sort:
            yield Part((), sorted(kept, key=SORTS[self.sort])[: self.most], total)


def worth_showing(
    steps: Sequence[Facts], most: int, by: Callable[[Facts], Any] = by_duration
) -> list[Facts]:
    """Return failed steps, running ones, and the last by some order, in the order of the list.

    Each kind gets an equal share of the places, and what another one leaves.
    """
    failed = [each for each in steps if each.is_failed]
    others = sorted(steps, key=by)
    others.reverse()  # so that of equal ones the last comes first
    running = [each for each in others if each.is_running]
    chosen: set[int] = set()
    for some in zip_longest(failed, running, others):
        for each in some:
            if each is not None and len(chosen) < most:
                chosen.add(id(each))
    return [each for each in steps if id(each) in chosen]
