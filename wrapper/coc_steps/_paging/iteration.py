"""The state of an iteration over steps, without I/O: what both shells drive."""

from __future__ import annotations

from operator import length_hint
from typing import TYPE_CHECKING

from coc_steps._client.base import PageRequest
from coc_steps._steps.request import INT64_MAX
from coc_steps.errors import CocError

from .walk import Walk, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from coc_steps._steps.model import Step, StepPage


class Iteration:
    """Which pages to ask for, and which step comes next.

    Args:
        execution_id: The execution, checked.
        step_ids: The ids asked for, checked; None for all, empty for none.
        page_size: The limit of each request (count).
        offset: Where to start (count).
        max_items: How many steps to yield at the most (count); None for all.
        verify: Demand the proof; see `_paging`.

    Attributes:
        ready: The steps at hand; where it ends, another page must be taken.
        longest_request: No request will have a longer URL than this one.
    """

    def __init__(
        self,
        execution_id: str,
        *,
        step_ids: tuple[str, ...] | None,
        page_size: int,
        offset: int,
        max_items: int | None,
        verify: bool,
    ) -> None:
        self._execution_id = execution_id
        self._step_ids = step_ids
        self._left = max_items
        self._walk = Walk(page_size, offset, verify=verify)
        self._page: StepPage | None = None
        self._steps: Sequence[Step] = ()
        self._places: Sequence[int] = ()
        self.ready: Iterator[Step] = iter(())
        self._resume = offset
        self._closed = step_ids == () or max_items == 0
        self.longest_request = PageRequest(execution_id, page_size, INT64_MAX, step_ids)

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
        before = len(self._steps) - left
        return self._page.offset + (self._places[before - 1] + 1 if before else 0)

    def close(self) -> None:
        """Yield nothing more."""
        self._resume = self.offset
        self._closed = True
        self.ready = iter(())

    def fail(self, error: BaseException) -> None:
        """End with an error, which learns where to resume."""
        self.close()
        if isinstance(error, CocError):
            error.offset = self._resume

    def wanted(self, count: int) -> list[Window]:
        """Give the windows to ask for now, the next one first; none at the end."""
        if self._closed or self._walk.done:
            return []
        if self._left is not None:
            count = min(count, self._walk.pages_for(self._left))
        return self._walk.ahead(count)

    def request(self, window: Window) -> PageRequest:
        """Give the request for a window."""
        return PageRequest(self._execution_id, window.limit, window.offset, self._step_ids)

    def take(self, page: StepPage) -> None:
        """Take the page of the first of the windows wanted."""
        places = self._walk.take([step.id for step in page.steps], page.total)
        if self._left is not None:
            places = places[: self._left]
            self._left -= len(places)
        self._page = page
        self._places = places
        self._steps = _at(places, page.steps)
        self.ready = iter(self._steps)
        self._resume = self._walk.offset
        if self._left == 0:
            if places:
                self._resume = page.offset + places[-1] + 1
            self._walk.done = True

    def rest(self) -> StepPage | None:
        """Give what is left of the page at hand as a page, or None when nothing is."""
        steps = list(self.ready)
        return self._page.with_steps(steps) if self._page and steps else None


def _at(places: Sequence[int], steps: Sequence[Step]) -> Sequence[Step]:
    if isinstance(places, range):
        return steps[places.start : places.stop]
    return [steps[place] for place in places]


def matching(flight: Iterable[Window], wanted: Iterable[Window]) -> int:
    """Count how many of the windows in flight, from the first on, are still the ones wanted."""
    count = 0
    for window, other in zip(flight, wanted, strict=False):
        if window != other:
            break
        count += 1
    return count
