"""The paging logic: which window to ask for next, and which of its steps are new. No I/O.

The promise: a step that is in the list for the whole walk is yielded exactly once, unless steps are
both deleted and reordered while it walks; with ``verify`` there is no condition. Three rules carry
it, and each says that nothing is missing:

- *the chain*, where the order is kept: every page holds a step that was met before it, so nothing
  that stays can have slipped between two pages, whenever each of them was read;
- *the count*, where nothing is deleted: as many different steps were read as the list has;
- *the proof*, whatever moves: at one moment the list had as many steps as were known, and all of
  these were met again later. They were all there, so they were all there was.

A walk reads the list in passes from its start. The last step of a page is the anchor: the next
window begins where it stands. If the anchor comes first, and no other step that this pass met comes
with it, nothing moved. If no step comes that this pass met, the chain is broken, and the pass goes
back until one does. A pass ends with a page that reaches the total, or is short and brings nothing
new. After each page the walk is done, goes on in the pass, or begins another one:

===============  =================  ==================  =================
page             nothing moved      steps moved         steps left
===============  =================  ==================  =================
of first pass    goes on            goes on             goes on
the last of it   done by the count  another pass        another pass
of a later pass  done by the count  done by the count   goes on
the last of it   done by the count  done by the count   done by the count
===============  =================  ==================  =================

*Done by the count* is a walk that misses no step of the total; otherwise it goes on, after the last
page with another pass. With ``verify`` the count does not do, nor where pages of one step moved.
The proof does, on any page but those within the first pass; so does a first page that is the last.

Why this keeps the promise: at the end of the first pass the chain has led through the whole list,
which is all that it takes where the order is kept. Where nothing is deleted, the count tells alone.
The further passes are for lists that do both: they find most of what the first one lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coc_steps.errors import PaginationError

from .budget import Budget
from .evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence


class Window(NamedTuple):
    """A piece of the list to ask for.

    Attributes:
        offset: How many steps stand before it (count).
        limit: How many steps it holds at the most (count).
        begin: The number of the request that began its pass; an earlier pass's windows are too old.
    """

    offset: int
    limit: int
    begin: int


class Walk:
    """A walk over a list that may change between two requests.

    A shell reads the first window that `ahead` gives, hands the page to `take`, yields what that
    calls new, and goes on until `done`.

    Attributes:
        done: Nothing is left to ask for.
    """

    def __init__(self, page_size: int, start: int = 0, *, verify: bool = False) -> None:
        self.done = False
        self._page_size = page_size
        self._start = start
        self._verify = verify
        self._cap = 1
        self._evidence = Evidence(start)
        self._budget = Budget()
        self._pass = Pass(start, begin=1, missing=0)

    @property
    def total(self) -> int | None:
        """How many steps the server said there are, last time it said so."""
        return self._evidence.total

    @property
    def offset(self) -> int:
        """Where another walk may resume after the pages taken so far."""
        here = self._pass
        if self.done:
            return max(here.end, self.total or 0)
        return min(here.offset + (here.anchor is not None), here.end)

    def ahead(self, count: int) -> list[Window]:
        """Return the next window and, while nothing moves, those behind it: up to so many."""
        here, stride = self._pass, self._stride()
        end = here.offset + 1
        if here.page and here.quiet and self.total is not None:
            # A full last page is followed by one more, which costs no wait beside the others.
            end = max(end, self.total - self._cap + stride + (self._cap == self._page_size))
        offsets = range(here.offset, end, stride)[:count]
        here.alone = here.alone and len(offsets) == 1
        return [Window(offset, self._page_size, here.begin) for offset in offsets]

    def pages_for(self, steps: int) -> int:
        """Return how many more pages bring so many new steps, while nothing moves (count)."""
        return -(-steps // self._stride())

    def take(
        self, ids: Sequence[str | None], total: int | None, *, repeated: bool = False
    ) -> Sequence[int]:
        """Take the page of the next window; return the places in it of the steps that are new.

        Args:
            ids: The id of each step, None or empty where it has none.
            total: How many steps the server says there are, if it says so.
            repeated: The page is that of the window before, though the ids of its steps do not say
                so, since there are none.

        Raises:
            PaginationError: The list cannot be walked, or changes without end.
        """
        self._budget.requests += 1
        here, evidence, now = self._pass, self._evidence, self._budget.requests
        met = evidence.met(ids, since=here.begin)
        kept = evidence.hear(total, end=here.offset + len(ids) if ids else 0)
        here.quiet = here.quiet and kept and here.in_place(ids, met)
        places: Sequence[int] = ()
        if here.anchor is not None and not met:
            self._go_back()
        else:
            places = evidence.learn(ids, now)
            if here.alone and (self._verify or self._moved()):
                evidence.begin_proof(ids, now, later=self._later())
            self._go_on(ids, new=len(ids) > met and not repeated, fresh=bool(places))
        if evidence.nameless and self._moved() and not self.done:
            raise PaginationError(
                "the list has steps without an id, which cannot be told apart, and it moved while "
                "it was walked, has fewer steps than its total, or was to be verified"
            )
        return places

    def _go_back(self) -> None:
        """Step back towards the newest step that is still there: what stood before it left."""
        here, total = self._pass, self.total
        if here.offset < here.end:  # else it was leapt over, and may stand before
            self._evidence.vanished = True
        self._budget.count_page(new=False, same=False)
        end = here.offset if total is None else min(here.offset, total)
        here.offset = max(end - self._stride(), self._start)
        if here.offset == self._start:
            here.anchor = None

    def _go_on(self, ids: Sequence[str | None], *, new: bool, fresh: bool) -> None:
        here, evidence, size = self._pass, self._evidence, len(ids)
        same = ids == here.page
        self._cap = max(self._cap, size)
        if ids:
            here.go_on(ids, new=new, overlap=self._cap > 1)
        reached = here.end == self.total and size < self._page_size
        ended = reached or (not new and size < self._cap)
        if self._complete(ended=ended):
            self.done = True
        elif ended:
            self._budget.end_pass()
            self._begin_pass()
        elif not fresh and not evidence.vanished and 0 < evidence.missing() < here.missing:
            # Steps come at the head: look there again, while that finds more than come meanwhile.
            self._begin_pass()
        else:
            self._budget.count_page(new=new, same=same)

    def _complete(self, *, ended: bool) -> bool:
        """Return whether the walk is done, by the table above."""
        here, later = self._pass, self._later()
        if self._evidence.proven() and (ended or later):
            return True
        if self._evidence.missing():
            return False
        if self._verify or (self._moved() and self._cap == 1):
            return ended and self._budget.requests == 1
        return (later or here.quiet) if ended else (later and not self._evidence.vanished)

    def _begin_pass(self) -> None:
        here, evidence, missing = self._pass, self._evidence, self._evidence.missing()
        if self._later() and here.quiet and 0 < missing >= here.missing:
            raise PaginationError(
                f"the server says that there are {self.total} steps, but the list ends after "
                f"{evidence.count()} different ones, also when it is read again"
            )
        evidence.drop_proof(before=here.begin)
        self._pass = Pass(self._start, begin=self._budget.requests + 1, missing=missing)

    def _later(self) -> bool:
        return self._pass.begin > 1

    def _moved(self) -> bool:
        """Return whether the list moved, as it must have where one pass was not enough."""
        return self._later() or not self._pass.quiet

    def _stride(self) -> int:
        return max(self._cap - 1, 1)


class Pass:
    """Where one pass over the list is.

    Attributes:
        begin: The number of its first request.
        missing: How many steps were missing when it began (count).
        quiet: Nothing moved in it so far.
        alone: None of its pages was asked for before the one before it was taken.
        page: The ids of its last page; empty before the first.
        end: The offset behind that page.
        offset: The offset of the next window.
        anchor: The step that stands there if nothing moves.
    """

    def __init__(self, start: int, *, begin: int, missing: int) -> None:
        self.begin = begin
        self.missing = missing
        self.quiet = True
        self.alone = True
        self.page: Sequence[str | None] = ()
        self.end = start
        self.offset = start
        self.anchor: str | None = None
        self._shift = 0

    def in_place(self, ids: Sequence[str | None], met: int) -> bool:
        """Return whether a page begins with the anchor, and this pass met no other step of it."""
        return not met if self.anchor is None else met == 1 and ids[0] == self.anchor

    def go_on(self, ids: Sequence[str | None], *, new: bool, overlap: bool) -> None:
        """Aim at the last step of this page, or behind it where nothing can overlap."""
        last, shift = self.page[-1] if self.page else None, 0
        if last and last in ids:
            shift = max(self.offset + ids.index(last) - (self.end - 1), 0)
        # A list that moves on at a steady pace, or faster than it is read, is aimed ahead of.
        leap = shift if not new or shift == self._shift else 0
        self.page, self._shift = ids, shift
        self.end = self.offset + len(ids)
        self.anchor = (ids[-1] or None) if overlap else None
        self.offset = self.end - (self.anchor is not None) + leap
