"""A list that is edited between requests, and a walk over it. Shared with tools/reliability.py."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from coc_steps._paging.walk import Walk, Window
from coc_steps.errors import PaginationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Edit = tuple[str, int, int]
"""What to do (insert, delete, move), and at which two places (reduced to the list's length)."""


class Edited:
    """A list of ids, the ids that were in it all the time, and what was ever yielded of it."""

    def __init__(self, size: int) -> None:
        self._fresh = (f"s{number}" for number in count())
        self.ids = [next(self._fresh) for _ in range(size)]
        self.stayed = set(self.ids)

    def apply(self, edits: Iterable[Edit]) -> None:
        for kind, at, to in edits:
            if kind == "insert":
                self.ids.insert(at % (len(self.ids) + 1), next(self._fresh))
            elif self.ids:
                moved = self.ids.pop(at % len(self.ids))
                if kind == "move":
                    self.ids.insert(to % (len(self.ids) + 1), moved)
        self.stayed &= set(self.ids)

    def page(self, window: Window, cap: int | None = None) -> list[str]:
        limit = window.limit if cap is None else min(window.limit, cap)
        return self.ids[window.offset : window.offset + limit]


@dataclass
class Outcome:
    """How a walk ended."""

    got: list[str] = field(default_factory=list[str])
    requests: int = 0
    error: PaginationError | None = None
    resume: int = 0

    def verdict(self, stayed: set[str]) -> str:
        if self.error is not None:
            return "error"
        return "right" if stayed <= set(self.got) else "lost"


def walk(
    edited: Edited,
    gaps: Iterator[Sequence[Edit]],
    *,
    page_size: int,
    start: int = 0,
    verify: bool = False,
    cap: int | None = None,
    ahead: int = 1,
    total: Callable[[int], int | None] = lambda size: size,
) -> Outcome:
    """Walk over a list that is edited after every request."""
    pages, outcome = Walk(page_size, start, verify=verify), Outcome()
    flight: dict[Window, tuple[list[str], int | None]] = {}
    try:
        while not pages.done:
            windows = pages.ahead(ahead)
            for window in windows:
                if window not in flight:
                    outcome.requests += 1
                    flight[window] = edited.page(window, cap), total(len(edited.ids))
                    edited.apply(next(gaps, ()))
            flight = {window: flight[window] for window in windows}
            page, size = flight.pop(windows[0])
            outcome.got += [page[place] for place in pages.take(page, size)]
    except PaginationError as error:
        outcome.error = error
    outcome.resume = pages.offset
    return outcome


def random_edits(rng: Random, kinds: Sequence[str], most: int) -> Iterator[list[Edit]]:
    """Make up to so many edits of these kinds between every two requests, without end."""
    while True:
        yield [
            (rng.choice(kinds), rng.randrange(10**6), rng.randrange(10**6))
            for _ in range(rng.randint(1, most))
        ]


def simulate(
    kinds: Sequence[str],
    most: int,
    *,
    runs: int,
    gaps: int,
    page_size: int = 4,
    verify: bool = False,
    ahead: int = 1,
) -> Counter[str]:
    """Count how walks over random lists of 12 end, and their requests."""
    counts: Counter[str] = Counter()
    for seed in range(runs):
        edited, rng = Edited(12), Random(seed)
        edits = random_edits(rng, kinds, most)
        limited = (edit for _, edit in zip(range(gaps), edits, strict=False))
        outcome = walk(edited, limited, page_size=page_size, verify=verify, ahead=ahead)
        counts[outcome.verdict(edited.stayed)] += 1
        counts["requests"] += outcome.requests
    return counts
