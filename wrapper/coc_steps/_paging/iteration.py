"""The state of an iteration over steps, without I/O: what both shells drive."""

from __future__ import annotations

from itertools import takewhile
from operator import eq, length_hint
from typing import TYPE_CHECKING

from coc_steps.errors import CocError

from .walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from coc_steps._steps.model import Step, StepPage

    from .walk import Window


class Iteration:
    """Which windows to ask for, and which step comes next.

    Args:
        page_size: The limit of each request (count).
        offset: Where to start (count).
        max_items: How many steps to yield at the most (count); None for all.
        verify: Demand the proof; see `walk`.

    Attributes:
        ready: The steps at hand; where it ends, another page must be taken.
    """

    def __init__(
        self, *, page_size: int, offset: int = 0, max_items: int | None = None, verify: bool = False
    ) -> None:
        self.ready: Iterator[Step] = iter(())
        self._walk = Walk(page_size, offset, verify=verify)
        self._left = max_items
        self._page: StepPage | None = None
        self._nameless: Sequence[Step] = ()
        self._places: Sequence[int] = ()
        self._resume = offset

    @property
    def total(self) -> int | None:
        """How many steps the server said there are; None before the first page."""
        return self._walk.total

    @property
    def offset(self) -> int:
        """Where another iteration may resume: it may repeat steps, never skip them."""
        left = length_hint(self.ready)
        if self._page is None or not left:
            return self._resume
        before = len(self._places) - left
        return self._page.offset + (self._places[before - 1] + 1 if before else 0)

    def close(self) -> None:
        """Yield nothing more."""
        self._resume = self.offset
        self._left = 0
        self.ready = iter(())

    def fail(self, error: BaseException) -> None:
        """End with an error, which learns where to resume."""
        self.close()
        if isinstance(error, CocError):
            error.offset = self._resume

    def wanted(self, count: int) -> list[Window]:
        """Return the windows to ask for now, the next one first; none at the end."""
        if self._left == 0 or self._walk.done:
            return []
        if self._left is not None:
            count = min(count, self._walk.pages_for(self._left))
        return self._walk.ahead(count)

    def release(self) -> None:
        """Let a consumed page go, before another one needs the room."""
        self._page = None

    def take(self, page: StepPage) -> None:
        """Take the page of the first of the windows wanted."""
        ids = [step.id for step in page.steps]
        places = self._walk.take(ids, page.total, repeated=self._is_repeated(page, ids))
        if self._left is not None:
            places = places[: self._left]
            self._left -= len(places)
        if self._left != 0:
            self._resume = self._walk.offset
        elif places:
            self._resume = page.offset + places[-1] + 1
        self._page, self._places = page, places
        self.ready = iter([page.steps[place] for place in places])

    def rest(self) -> StepPage | None:
        """Return what is left of the page at hand as a page, or None when nothing is."""
        steps = list(self.ready)
        return self._page.with_steps(steps) if self._page and steps else None

    def _is_repeated(self, page: StepPage, ids: Sequence[str | None]) -> bool:
        """Return whether a page comes again, where neither ids nor a total tell.

        Else a server that ignores the offset would be walked without end.
        """
        if page.total is not None or all(ids):
            return False
        before, self._nameless = self._nameless, page.steps
        return before == page.steps


def matching(flight: Iterable[Window], wanted: Iterable[Window]) -> int:
    """Return how many of the windows in flight, from the first on, are still the ones wanted."""
    return sum(takewhile(bool, map(eq, flight, wanted)))
