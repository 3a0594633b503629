"""Which of the steps that were read are listed or drawn, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from .facts import Facts, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from coc_steps import StepPage

_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
_NEVER = timedelta(days=-1)

SORTS: dict[str, Callable[[Facts], Any]] = {
    "start": lambda facts: facts.started_at or _LAST,
    "duration": lambda facts: -(facts.duration or _NEVER),
    "status": lambda facts: (
        not facts.is_failed,
        facts.is_finished,
        not facts.is_running,
        facts.status or "",
    ),
    "name": lambda facts: facts.name or "",
}
"""The orders: earliest first, longest first, failed and running first, by the alphabet."""


def latest_first(facts: Facts) -> float:
    """Return what sorts steps by the last time that something happened to them."""
    return -(facts.ended_at or facts.started_at or _FIRST).timestamp()


class Part(NamedTuple):
    """Steps of a ticket that were read, those of them to list, and how many there are."""

    ticket: str
    read: Sequence[Facts]
    listed: Sequence[Facts]
    total: int | None


class Selection(NamedTuple):
    """What to list of each ticket: failed steps, those in a status (in lower case), or all."""

    failed: bool
    statuses: frozenset[str]
    sort: str | None
    most: int | None

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

    def parts(self, ticket: str, pages: Iterable[StepPage]) -> Iterator[Part]:
        """Yield a part for each page as it comes; sorted steps come together in the end."""
        kept: list[Facts] = []
        count, total = 0, None
        for page in pages:
            read, total = [Facts(each, now(), ticket) for each in page.steps], page.total
            fitting = [each for each in read if self.fits(each)]
            if self.sort:
                kept += fitting
                fitting = []
            listed = fitting if self.most is None else fitting[: self.most - count]
            count += len(listed)
            yield Part(ticket, read, listed, total)
            if count == self.most:
                return
        if self.sort:
            yield Part(ticket, (), sorted(kept, key=SORTS[self.sort])[: self.most], total)


def worth_showing(
    steps: Sequence[Facts], most: int, key: Callable[[Facts], Any] = SORTS["duration"]
) -> list[Facts]:
    """Return failed steps, running ones, and the first by some order, in the order of the list.

    Each kind gets an equal share of the places, and what another one leaves.
    """
    others = sorted(steps, key=key)
    failed = [each for each in steps if each.is_failed]
    running = [each for each in others if each.is_running]
    chosen: set[int] = set()
    # From both ends: the first one, the last one, the second one, and so on.
    both_ends = chain.from_iterable(zip(failed, reversed(failed), strict=True))
    for some in zip_longest(both_ends, running, others):
        for each in some:
            if each is not None and len(chosen) < most:
                chosen.add(id(each))
    return [each for each in steps if id(each) in chosen]
