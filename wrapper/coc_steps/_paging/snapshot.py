"""What the looks at a ticket have shown, and what has changed since the last one. No I/O.

Each look walks over the whole list, so that it sees steps come, go and move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps._steps.model import StepChange
from coc_steps.errors import PaginationError, ResponseFormatError

from .iteration import Iteration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coc_steps._steps.model import Step, StepPage

    from .walk import Window

Key = str | int
"""The id of a step; of one without an id, its place among those."""


class Snapshot:
    """The steps of a ticket as they were last seen.

    Args:
        page_size: The limit of each request (count).

    Attributes:
        listed: The steps of the list, in its order, as the last whole look saw it.
        pages: How many pages that look took (count).
    """

    def __init__(self, page_size: int) -> None:
        self._page_size = page_size
        self.listed: Sequence[Key] = ()
        self.pages = 0
        self._states: dict[Key, tuple[str | None, bool]] = {}
        self._begin_look()

    @property
    def looking(self) -> bool:
        """Whether a look has begun and not ended."""
        return self._taken > 0

    @property
    def unfinished(self) -> Sequence[Key]:
        """The steps of the list that are not finished."""
        return [key for key in self.listed if not self._states[key][1]]

    def window(self) -> Window:
        """Return what to ask for next."""
        return self._walk.wanted(1)[0]

    def take(self, page: StepPage) -> list[StepChange]:
        """Take the page; return what has changed.

        Raises:
            PaginationError: The list moved too much; the next window begins another look.
        """
        try:
            self._walk.take(page)
        except PaginationError:
            self._begin_look()
            raise
        self._taken += 1
        changes: list[StepChange] = []
        for step in self._walk.ready:
            key = self._key(step)
            self._met.append(key)
            changes += self._changes(key, step)
        if not self._walk.wanted(1):
            self.listed, self.pages = self._met, self._taken
            self._begin_look()
        return changes

    def _begin_look(self) -> None:
        self._walk = Iteration(page_size=self._page_size)
        self._taken = 0
        self._met: list[Key] = []
        self._nameless = 0

    def _key(self, step: Step) -> Key:
        if step.id:
            return step.id
        self._nameless += 1
        return self._nameless

    def _changes(self, key: Key, step: Step) -> Iterator[StepChange]:
        before = self._states.get(key)
        status, was_finished = before or (None, False)
        now = self._states[key] = _state(step)
        _, is_finished = now
        if before is None:
            yield StepChange(step, "appeared", None)
        if is_finished and not was_finished:
            yield StepChange(step, "finished", status)
        elif before is not None and now != before:
            yield StepChange(step, "changed", status)


def _state(step: Step) -> tuple[str | None, bool]:
    """Return the status, and whether the step is finished; an odd value says neither.

    Whoever reads it raises: here it must not end the watch of all other steps.
    """
    try:
        return step.status, step.is_finished
    except ResponseFormatError:
        return None, False
