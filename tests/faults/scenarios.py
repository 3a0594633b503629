"""The table: which fault comes where and how often, and what is to come of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from . import faults
from .answers import honest
from .pages import TOTAL, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .faults import Fails, Fault
    from .server import Answer, Request

PAGE_SIZE = 6
MAX_RETRIES = 2
PAGES = 5
"""How many requests an honest walk takes: six a page, overlapping by one (count)."""

_MIDDLE = TOTAL // 2


class Place(Enum):
    """The page that a fault hits, whichever of several requests in flight comes first."""

    FIRST = "first page"
    MIDDLE = "middle page"
    LAST = "last page"
    EVERY = "every page"

    def has(self, page: Page) -> bool:
        """Say whether this is the page: exactly one of a walk, overlapping or not."""
        end = page.offset + page.limit
        match self:
            case Place.FIRST:
                return page.offset == 0
            case Place.MIDDLE:
                return page.offset <= _MIDDLE < end
            case Place.LAST:
                return end >= TOTAL
            case Place.EVERY:
                return True

    @property
    def before(self) -> int:
        """How many pages come before it (count)."""
        return {Place.FIRST: 0, Place.MIDDLE: 2, Place.LAST: PAGES - 1, Place.EVERY: 0}[self]

    @property
    def resume(self) -> int:
        """Where a walk that failed here is to resume: after what the pages before it brought."""
        return 1 + self.before * (PAGE_SIZE - 1) if self.before else 0


@dataclass(frozen=True)
class Scenario:
    """A fault at a place.

    Attributes:
        times: On how many requests of the page it comes; None is on all.
        steps: How many steps the walk is to yield when it does not fail (count).
        counted: Whether the number of requests is known beforehand.
    """

    fault: Fault
    place: Place
    times: int | None = None
    steps: int = TOTAL
    counted: bool = True

    @property
    def name(self) -> str:
        """What happens, in words."""
        often = "" if self.times is None else {1: ", once", 2: ", twice"}[self.times]
        return f"{self.fault.name}: {self.place.value}{often}"

    @property
    def refused(self) -> bool:
        """Whether there is nobody who listens."""
        return self.fault is faults.NOBODY

    @property
    def fails(self) -> Fails | None:
        """The error that is to come, if one is."""
        passes = self.fault.retried and self.times is not None and self.times <= MAX_RETRIES
        return None if passes else self.fault.fails

    @property
    def silences(self) -> bool:
        """Whether the client is to send nothing more: also not a page before this one, if late."""
        return self.fails is not None and self.fails.status_code == 401

    @property
    def waits(self) -> int:
        """How often the client is to wait before another try (count)."""
        if self.refused or (self.fault.retried and self.times is None):
            return MAX_RETRIES
        return (self.times or 0) if self.fault.retried else 0

    @property
    def requests(self) -> int:
        """How many requests are to arrive when nothing is fetched ahead (count)."""
        if self.refused:
            return 0
        if self.steps == 0:
            return 1
        return (self.place.before + 1 if self.fails else PAGES) + self.waits


class FaultScript:
    """What the server answers in a scenario, until it is healed.

    Args:
        scenario: The fault, where, and how often.
        elsewhere: The URL that redirects point to.
    """

    def __init__(self, scenario: Scenario, elsewhere: str = "") -> None:
        self.hits = 0
        self._scenario = scenario
        self._elsewhere = elsewhere
        self._healed = False

    def heal(self) -> None:
        """Answer honestly from now on."""
        self._healed = True

    def __call__(self, request: Request) -> Answer:
        page = Page.asked_by(request, self._elsewhere)
        scenario = self._scenario
        over = scenario.times is not None and self.hits >= scenario.times
        if self._healed or over or not scenario.place.has(page):
            return honest(page)
        self.hits += 1
        return scenario.fault.answer(page)


_PAGES = (Place.FIRST, Place.MIDDLE, Place.LAST)


def _all() -> Iterator[Scenario]:
    yield from (Scenario(fault, Place.EVERY) for fault in faults.HARMLESS)
    yield Scenario(faults.RACING, Place.EVERY, counted=False)
    yield Scenario(faults.NOBODY, Place.FIRST)
    yield Scenario(faults.EMPTY, Place.FIRST, steps=0)
    yield Scenario(faults.EMPTY, Place.MIDDLE, times=1, counted=False)
    yield Scenario(faults.EMPTY, Place.LAST, times=1, counted=False)
    for fault in (*faults.BROKEN, *faults.BUSY):
        for place in _PAGES:
            yield Scenario(fault, place, times=1)
            yield Scenario(fault, place)
    yield Scenario(faults.BROKEN[0], Place.MIDDLE, times=MAX_RETRIES)
    yield Scenario(faults.BUSY[0], Place.MIDDLE, times=MAX_RETRIES)
    # Each try of these takes its time, so that not all of them are on all pages.
    for fault in faults.SLOW:
        yield Scenario(fault, Place.MIDDLE, times=1)
        yield Scenario(fault, Place.MIDDLE)
    yield Scenario(faults.HANGING_BODY, Place.FIRST, times=1)
    yield Scenario(faults.DRIPPING_BODY, Place.LAST, times=1)
    # Once: a client that tries again would end with the complete list, and be caught.
    for fault in (*faults.REFUSED, *faults.MISSHAPEN):
        yield from (Scenario(fault, place, times=1) for place in _PAGES)


SCENARIOS = tuple(_all())
