"""What the pages of a walk have shown: which steps are known, and whether that can be all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Evidence:
    """The steps that are known, the total they are held against, and the proof.

    Requests are numbered from 1. A step is remembered by the number of the one that met it last.

    Attributes:
        total: How many steps the server said there are, last time it said so.
        vanished: Steps were seen to leave the list.
        nameless: How many steps without an id there were (count).
    """

    def __init__(self, start: int) -> None:
        self.total: int | None = None
        self.vanished = False
        self.nameless = 0
        self._start = start
        self._understated = False
        # Hashes, since a long walk remembers each id. Should two ids ever share one of these 64-bit
        # numbers, the count comes out one short of the total, which is an error, not a silent gap.
        self._met: dict[int, int] = {}
        self._moment = 0
        self._unmet = 1

    def count(self) -> int:
        """Return how many different steps are known."""
        return len(self._met) + self.nameless

    def missing(self) -> int:
        """Return how many steps are not known, where the total can be believed (count)."""
        return max((self._needed() or 0) - self.count(), 0)

    def met(self, ids: Sequence[str | None], *, since: int) -> int:
        """Return how many of these steps were met since that request (count)."""
        return sum(self._met.get(hash(name), 0) >= since for name in ids if name)

    def hear(self, total: int | None, *, end: int) -> bool:
        """Take the total of a page that ends there; return whether it fits a list at rest."""
        if total is None:
            return True
        before, self.total = self.total, total
        self._understated = self._understated or end > total
        fell = before is not None and total < before
        self.vanished = self.vanished or fell
        # Growth is normal, but nobody could tell which of the steps without an id are new.
        return not fell and not (self.nameless and total != before)

    def learn(self, ids: Sequence[str | None], now: int) -> Sequence[int]:
        """Remember the steps of a page; return the places of those that were not known."""
        places: list[int] = []
        for place, name in enumerate(ids):
            last = self._met.get(hash(name))
            if last is None:
                places.append(place)
            elif last < self._moment:
                self._unmet -= 1
            if name:
                self._met[hash(name)] = now
            else:
                self.nameless += 1
        return places

    def begin_proof(self, ids: Sequence[str | None], now: int, *, later: bool) -> None:
        """Make the page of this request the moment of the proof, if all steps are known by it.

        Without a total, what the first pass found is taken for all.
        """
        needed = self._needed()
        if needed is None and later:
            needed = self.count()
        if not self._moment and needed is not None and not self.missing():
            self._moment, self._unmet = now, needed - len(set(filter(None, ids)))

    def drop_proof(self, *, before: int) -> None:
        """Give up a proof whose moment was before that request: a step of it may have left."""
        if self._moment < before:
            self._moment, self._unmet = 0, 1

    def proven(self) -> bool:
        """Return whether as many steps as there were at the moment were met since then."""
        return self._unmet <= 0

    def _needed(self) -> int | None:
        if self.total is None or self._understated:
            return None
        return max(self.total - self._start, 0)
