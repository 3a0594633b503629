"""The paging logic: which window to ask for next, and which of its steps are new. No I/O.

The promise: a step that is in the list for the whole walk is yielded exactly once, unless steps are
both deleted and reordered while it walks; with ``verify`` there is no condition. Three rules carry
it, and each says that nothing is missing:

- *the chain*, where the order is kept: every page holds a step that was met before it, so nothing
  that stays can have slipped between two pages, whenever each of them was read;
- *the count*, where nothing is deleted: as many different steps were read as the list has;
- *the proof*, whatever moves: at one moment the list had as many steps as were known, and all of
  these were met again later. They were all there, so they were all there was.

A walk ends when the chain reaches the end of the list, the count holds and nothing moved. After
movement it ends at the count or, where steps vanished, too, at the count after one more pass from
the start. The proof ends it in any case, and with ``verify`` nothing else does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coc_steps.errors import PaginationError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_EFFORT = 12
"""How many times the requests of the first pass all further passes may take together."""

MAX_IDLE = 60
"""How many pages of one pass may bring nothing before the walk gives up (count)."""

MAX_REPEATS = 3
"""How often the same page may come for other offsets before the walk gives up (count)."""


class Window(NamedTuple):
    """A piece of the list to ask for.

    Attributes:
        offset: How many steps stand before it (count).
        limit: How many steps it holds at the most (count).
        lap: Which pass over the list asks for it; what an earlier pass asked for is too old.
    """

    offset: int
    limit: int
    lap: int


class Walk:
    """A walk over a list that may change between two requests.

    A shell reads the first window that `ahead` gives, hands the page to `take`, yields what that
    calls new, and goes on until `done`.

    Attributes:
        done: Nothing is left to ask for.
        total: How many steps the server said there are, last time it said so.
        offset: Where another walk may resume after the pages taken so far.
    """

    def __init__(self, page_size: int, start: int = 0, *, verify: bool = False) -> None:
        self.done = False
        self.total: int | None = None
        self.offset = start
        self._page_size = page_size
        self._start = start
        self._verify = verify
        self._seen: set[int] = set()
        self._nameless = 0
        self._cap = 1
        self._furthest = start
        self._requests = 0
        self._allowed: int | None = None
        self._missing: int | None = None
        self._passes = 0
        self._moved = False
        self._vanished = False
        self._understated = False
        self._alone = True
        self._proof: _Proof | None = None
        self._begin_pass()

    def _begin_pass(self) -> None:
        self._passes += 1
        # Only later passes need a memory of their own; it is dropped with the pass.
        self._met = self._seen if self._passes == 1 else set[int]()
        self._first = True
        self._quiet = True
        self._fresh = False
        self._idle = 0
        self._repeats = 0
        self._drifted = 0
        self._page: Sequence[str | None] = ()
        if self._proof and self._proof.lap < self._passes - 1:
            self._proof = None
        self._aim(self._start, None)

    def _aim(self, offset: int, anchor: str | None, *, leap: int = 0) -> None:
        self._next = offset + leap
        self._anchor = anchor
        self._leapt = leap

    def ahead(self, count: int) -> list[Window]:
        """Return the next window and, while nothing moves, those that will follow it.

        Args:
            count: How many windows to give at the most (at least 1).
        """
        windows = [Window(self._next, self._page_size, self._passes)]
        if self._first or not self._quiet or self.total is None:
            return windows
        # A full last page is followed by one more, which costs no wait beside the others.
        last = self.total + (self._cap == self._page_size)
        while len(windows) < count and windows[-1].offset + self._cap < last:
            windows.append(windows[-1]._replace(offset=windows[-1].offset + self._stride()))
            self._alone = False
        return windows

    def pages_for(self, steps: int) -> int:
        """Return how many more pages bring so many new steps, while nothing moves (count)."""
        return -(-steps // self._stride())

    def take(self, ids: Sequence[str | None], total: int | None) -> Sequence[int]:
        """Take the page of the next window; give the places in it of the steps that are new.

        Args:
            ids: The id of each step, None or empty where it has none.
            total: How many steps the server says there are, if it says so.

        Raises:
            PaginationError: The list cannot be walked, or changes without end.
        """
        self._requests += 1
        # Hashes, since a long walk remembers each id. Should two ids ever share one of these 64-bit
        # numbers, the count comes out one short of the total, which is an error, not a silent gap.
        names = set(map(hash, filter(None, ids)))
        met = names & self._met
        self._note_total(total, end=self._next + len(ids) if ids else 0)
        if self._anchor is None:
            in_place = not met
        else:
            in_place = len(met) == 1 and bool(ids) and ids[0] == self._anchor
        if not in_place:
            self._moved, self._quiet = True, False
        if self._anchor is not None and not met:
            self._go_back()
            return ()
        fresh = self._learn(ids, names)
        new = len(ids) - len(met)
        if not self._ended(ids, fresh=len(fresh), new=new):
            self._go_on(ids, new=new)
        return fresh

    def _note_total(self, total: int | None, *, end: int) -> None:
        if total is None:
            return
        self._understated = self._understated or end > total
        if self._nameless and total != self.total:
            self._refuse_nameless()
        if self.total is not None and total < self.total:
            self._vanished = self._moved = True
            self._quiet = False
        self.total = total

    def _go_back(self) -> None:
        """Step back towards the newest step that is still there: what stood before it left."""
        self._vanished = self._vanished or not self._leapt
        self._count_idle()
        self._repeats = 0
        end = self._next if self.total is None else min(self._next, self.total)
        back = max(end - self._stride(), self._start)
        self._aim(back, self._anchor if back > self._start else None)
        self.offset = back

    def _learn(self, ids: Sequence[str | None], names: set[int]) -> Sequence[int]:
        """Remember the steps of a page; give the places of those that were never seen."""
        unseen = names - self._seen
        places = _first_places(ids, unseen)
        self._seen |= unseen
        if self._met is not self._seen:
            self._met |= names
        self._nameless += len(places) - len(unseen)
        if self._nameless and self._moved:
            self._refuse_nameless()
        self._fresh = self._fresh or bool(places)
        self.offset = self._next + len(ids)
        self._furthest = max(self._furthest, self.offset)
        self._prove(names, unseen)
        return places

    def _prove(self, names: set[int], unseen: set[int]) -> None:
        if self._proof is not None:
            self._proof.meet(names, unseen)
        elif (self._first or self._alone) and (self._verify or self._moved) and not self._short():
            goal = self._needed()
            if goal is None and self._first and self._passes > 1:
                goal = len(self._seen)
            if goal is not None:
                self._proof = _Proof(self._passes, goal, names)

    def _stride(self) -> int:
        return max(self._cap - 1, 1)

    def _count(self) -> int:
        return len(self._seen) + self._nameless

    def _needed(self) -> int | None:
        """How many steps there are from the start on, where that can be believed."""
        if self.total is None or self._understated:
            return None
        return max(self.total - self._start, 0)

    def _short(self) -> bool:
        needed = self._needed()
        return needed is not None and self._count() < needed

    def _proven(self) -> bool:
        return self._proof is not None and self._proof.complete()

    def _counted(self) -> bool:
        # Pages of one step have no chain, so that movement leaves the proof alone.
        return not self._short() and not self._verify and not (self._moved and self._cap == 1)

    def _ended(self, ids: Sequence[str | None], *, fresh: int, new: int) -> bool:
        """Whether this page ended the pass; if so, end the walk or begin another pass."""
        size = len(ids)
        reached = self._next + size == self.total and size < self._page_size
        tail = not new and size < self._cap
        if not ids or reached or tail:
            self._end_pass()
            return True
        if self._passes == 1:
            return False
        if self._proven() or (self._counted() and not self._vanished):
            self._finish()
        elif not fresh and self._comes_nearer():
            self._begin_pass()
        else:
            return False
        return True

    def _comes_nearer(self) -> bool:
        """Whether to look at the head again, where a list may grow, before the rest of the pass.

        It is worth it while it finds more than what comes meanwhile; else the rest has its turn.
        """
        needed = self._needed()
        if needed is None or self._count() >= needed or self._vanished:
            return False
        before, self._missing = self._missing, needed - self._count()
        return before is None or self._missing < before

    def _end_pass(self) -> None:
        only_page = self._first and self._passes == 1 and not self._short()
        settled = self._counted() and (not self._moved or self._passes > 1)
        if only_page or settled or self._proven():
            self._finish()
            return
        if self._nameless:
            self._refuse_nameless()
        if self._passes > 1 and self._quiet and not self._fresh and self._short():
            raise PaginationError(
                f"the server says that there are {self.total} steps, but the list ends after "
                f"{self._count()} different ones, also when it is read again"
            )
        self._missing = None
        if self._allowed is None:
            self._allowed = self._requests * MAX_EFFORT + MAX_IDLE
        if self._requests > self._allowed:
            raise PaginationError(
                f"the list changed in each of {self._passes} passes over it, "
                f"{self._requests} requests in all"
            )
        self._begin_pass()

    def _finish(self) -> None:
        self.done = True
        self.offset = self._furthest

    def _go_on(self, ids: Sequence[str | None], *, new: int) -> None:
        """Aim at the last step of this page, or behind it where nothing can overlap."""
        drift = self._drift(ids)
        # A list that moves on at a steady pace, or faster than it is read, is aimed ahead of.
        leap = drift if not new or drift == self._drifted else 0
        if new:
            self._repeats = 0
        else:
            self._count_idle()
            self._count_repeat(ids)
        self._drifted = drift
        self._cap = max(self._cap, len(ids))
        self._first = False
        self._page = ids
        last = ids[-1] if self._cap > 1 else None
        end = self._next + len(ids)
        self._aim(end - 1 if last else end, last or None, leap=leap)

    def _drift(self, ids: Sequence[str | None]) -> int:
        """How far the list moved towards its end since the last page."""
        last = self._page[-1] if self._page else None
        if last is None or last not in ids:
            return 0
        return ids.index(last) + (self._anchor is None) + self._leapt

    def _count_repeat(self, ids: Sequence[str | None]) -> None:
        self._repeats = self._repeats + 1 if ids == self._page else 0
        if self._repeats == MAX_REPEATS:
            raise PaginationError(
                f"the same page came for {MAX_REPEATS + 1} offsets: "
                "the server ignores the offset, or repeats a page"
            )

    def _count_idle(self) -> None:
        self._idle += 1
        if self._idle > MAX_IDLE:
            raise PaginationError(
                f"{MAX_IDLE} pages brought nothing new: the list moves faster than it can be read"
            )

    def _refuse_nameless(self) -> None:
        raise PaginationError(
            "the list has steps without an id, which cannot be told apart, and it moved while it "
            "was walked, has fewer steps than its total, or was to be verified"
        )


class _Proof:
    """That all the steps there were at a moment are known: see the module's docstring."""

    def __init__(self, lap: int, goal: int, names: set[int]) -> None:
        self.lap = lap
        self._goal = goal
        self._alive = set(names)
        self._late: set[int] = set()

    def meet(self, names: set[int], unseen: set[int]) -> None:
        """Count what is met again; what came to be known after the moment does not count."""
        self._late |= unseen
        self._alive |= names - self._late

    def complete(self) -> bool:
        return len(self._alive) >= self._goal


def _first_places(ids: Sequence[str | None], wanted: set[int]) -> Sequence[int]:
    """Return the places of the nameless steps, and the first place of each wanted id."""
    known = len(ids) - len(wanted)
    if not known or (known == 1 and ids[0] and hash(ids[0]) not in wanted):
        return range(known, len(ids))  # as where the order is kept; the rest would say the same
    left = set(wanted)
    places: list[int] = []
    for place, name in enumerate(ids):
        if not name:
            places.append(place)
        elif hash(name) in left:
            left.remove(hash(name))
            places.append(place)
    return places
