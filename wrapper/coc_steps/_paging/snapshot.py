"""Looking at a ticket again and again: what to ask for, and what has changed. No I/O.

A whole look walks over the list. Where that takes more requests, the looks after it ask for the
unfinished steps alone, by id, and for the end of the list. What does not fit together then calls
for another whole look: the last step is not where it was, since others came or went before it, or
an unfinished one is gone.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from coc_steps._steps.model import StepChange
from coc_steps._steps.request import step_id_bytes
from coc_steps.errors import PaginationError

from .iteration import Iteration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from coc_steps._client.base import PageRequest
    from coc_steps._steps.model import Step, StepPage

PAGE_SIZE = 100  # steps

Key = str | int
"""The id of a step; of one without an id, its place among those."""


class Ticket:
    """What the looks at a ticket have shown.

    Args:
        execution_id: The execution, checked.
        room: How many bytes of a URL are left for the ids of steps.

    Attributes:
        execution_id: The execution.
        listed: The steps of the list, in its order.
        complete: Whether the last look was a whole one.
    """

    def __init__(self, execution_id: str, room: int) -> None:
        self.listed: list[Key] = []
        self.complete = False
        self.execution_id = execution_id
        self._room = room
        self._states: dict[Key, tuple[str | None, bool]] = {}
        self._look: _Look | None = None
        self._whole_only = False
        self._in_order = False
        self._cost = 0
        self._portion = 1

    @property
    def looking(self) -> bool:
        """Whether a look has begun and not ended."""
        return self._look is not None

    @property
    def doubtful(self) -> bool:
        """Whether the last look leaves open what the list has."""
        return not (self.complete or self._in_order)

    @property
    def unfinished(self) -> Sequence[Key]:
        """The steps of the list that are not finished."""
        return [key for key in self.listed if not self._states[key][1]]

    def look_anew(self) -> None:
        """Have the next request begin a whole look."""
        self._look, self._in_order, self.complete = None, False, False

    def give_up_parts(self) -> bool:
        """Have whole looks only, from now on; False if the look that has begun is one."""
        partial = self._look is not None and self._look.ids is not None
        if partial:
            self._whole_only = True
            self.look_anew()
        return partial

    def request(self) -> PageRequest:
        """Give the next request of the look that has begun, or of a new one."""
        return self._current().request()

    def take(self, page: StepPage) -> list[StepChange]:
        """Take the answer; give what has changed.

        Raises:
            PaginationError: The list moved too much; the next request begins a whole look.
        """
        look = self._current()
        try:
            met = look.take(page)
        except PaginationError:
            self.look_anew()
            raise
        if look.done:
            self._look = None
        changes = [change for key, step in met for change in self._changes(key, step)]
        if look.done:
            self._conclude(look)
        return changes

    def _current(self) -> _Look:
        if self._look is None:
            self._look = self._partial_look() or _Look([self._walk()])
        return self._look

    def _partial_look(self) -> _Look | None:
        """Give a look at what may have changed, if that is sure and takes fewer requests."""
        ids = [key for key in self.unfinished if isinstance(key, str)]
        longest = max(map(step_id_bytes, ids), default=0)
        if self._whole_only or not self._in_order or longest > self._room:
            return None
        chunks = list(_chunks(ids, self._portion, self._room))
        if len(chunks) + 1 >= self._cost:
            return None
        walks = [self._walk(step_ids=chunk) for chunk in chunks]
        return _Look([*walks, self._walk(offset=len(self.listed) - 1)], ids=len(ids))

    def _walk(self, *, step_ids: tuple[str, ...] | None = None, offset: int = 0) -> Iteration:
        return Iteration(
            self.execution_id,
            step_ids=step_ids,
            page_size=PAGE_SIZE,
            offset=offset,
            max_items=None,
            verify=False,
        )

    def _changes(self, key: Key, step: Step) -> Iterator[StepChange]:
        status, finished = self._states.get(key, (None, False))
        new = key not in self._states
        self._states[key] = step.status, step.is_finished
        if new:
            yield StepChange(step, "appeared", None)
        if step.is_finished and not finished:
            yield StepChange(step, "finished", status)
        elif not new and (step.status, step.is_finished) != (status, finished):
            yield StepChange(step, "changed", status)

    def _conclude(self, look: _Look) -> None:
        """Say what the list has, after a look that came to its end."""
        self.complete = look.ids is None
        if look.ids is None:
            (self.listed,) = look.met
            self._in_order = not look.nameless
            self._cost = look.pages
            # A full page would be followed by one more request.
            self._portion = min(look.longest, PAGE_SIZE - 1)
            return
        *asked, tail = look.met
        self._in_order = sum(map(len, asked)) == look.ids and tail[:1] == self.listed[-1:]
        if self._in_order:
            self.listed += tail[1:]


class _Look:
    """One look: walks over the list or parts of it, one after the other.

    Args:
        walks: The walks; in a partial look, those by id and then that over the end of the list.
        ids: How many ids a partial look asks for; None in a whole one.

    Attributes:
        met: What each walk met, in order.
        nameless: How many steps had no id (count).
        pages: How many pages it took (count).
        longest: How many steps the longest of them had (count).
    """

    def __init__(self, walks: Iterable[Iteration], *, ids: int | None = None) -> None:
        self._walks = deque(walks)
        self.ids = ids
        self.met: list[list[Key]] = [[]]
        self.nameless = 0
        self.pages = 0
        self.longest = 0

    @property
    def done(self) -> bool:
        return not self._walks

    def request(self) -> PageRequest:
        walk = self._walks[0]
        return walk.request(walk.wanted(1)[0])

    def take(self, page: StepPage) -> Sequence[tuple[Key, Step]]:
        """Take a page; give what is new of it to this walk."""
        walk = self._walks[0]
        walk.take(page)
        self.pages += 1
        self.longest = max(self.longest, len(page.steps))
        rest = walk.rest()
        met = [(self._key(step), step) for step in (rest.steps if rest else ())]
        self.met[-1] += [key for key, _ in met]
        if not walk.wanted(1):
            self._walks.popleft()
            if self._walks:
                self.met.append([])
        return met

    def _key(self, step: Step) -> Key:
        if step.id:
            return step.id
        self.nameless += 1
        return self.nameless


def _chunks(ids: Iterable[str], most: int, room: int) -> Iterator[tuple[str, ...]]:
    """Cut ids into pieces of so many at the most, which one URL holds."""
    chunk: list[str] = []
    left = room
    for step_id in ids:
        needed = step_id_bytes(step_id)
        if chunk and (len(chunk) == most or needed > left):
            yield tuple(chunk)
            chunk, left = [], room
        chunk.append(step_id)
        left -= needed
    if chunk:
        yield tuple(chunk)
