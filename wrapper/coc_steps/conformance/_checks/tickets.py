"""Judges the tickets one by one, and tells a ticket that goes on from a server that wavers."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

from coc_steps._steps.model import FINISHED_STATUSES
from coc_steps.conformance._report.model import Finding, broken
from coc_steps.conformance._session.probe import (
    PAGE_SIZE,
    Listing,
    Prober,
    Window,
    page_too_large,
    step_id,
)
from coc_steps.conformance._session.session import Unanswered

from .comparison import Lengths, compare
from .relations import RELATIONS, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coc_steps._json import Json
    from coc_steps.conformance._report.model import Report

    from .requests import Acceptance

_MOST_READS = 12
"""After so many readings that all differ, a ticket is left alone."""
_ATTEMPTS = 3


class Moving(Exception):  # noqa: N818 - a ticket that goes on is no error
    """The ticket changes too fast to compare anything."""


class Tickets:
    """Judges tickets: a relation makes `examples` windows by chance, and asks for `most` in all."""

    def __init__(
        self, prober: Prober, report: Report, acceptance: Acceptance, examples: int, most: int
    ) -> None:
        self.lengths = Lengths()
        self._prober, self._report, self._acceptance = prober, report, acceptance
        self._examples, self._most = examples, most

    def listing(self, execution_id: str) -> tuple[Listing, Finding | None]:
        """Read a ticket with two page sizes, until both readings agree, or raise `Moving`."""
        for _ in range(_MOST_READS):
            first = self._prober.read(execution_id)
            if finding := self.wavering(execution_id):
                return first, finding
            self._report.judged.update(("page-sizes", "same-answer"))
            size = _other_size(first.total)
            if first.same_as(self._prober.read(execution_id, page_size=size)):
                return first, None
            if first.same_as(self._prober.read(execution_id)):
                message = f"pages of {size} give another list, or total, than pages of {PAGE_SIZE}"
                return first, broken("page-sizes", message, execution_id=execution_id)
        raise Moving(execution_id)

    def judge(self, listing: Listing) -> Iterator[Finding]:
        """Judge all relations of a ticket, or raise `Moving` if it does not come to rest."""
        self._report.judged["walk"] += 1
        if finding := _walk(listing):
            yield finding
        for relation in RELATIONS:
            nothing = relation.needs_steps and not listing.ids
            if not nothing and not self._report.findings.has(*relation.after):
                listing, found = self._settled(relation, listing)
                yield from found

    def wavering(self, execution_id: str) -> Finding | None:
        """Return that the readings of a ticket cannot be those of one that goes on, if so."""
        reason = wavers(self._prober.history[execution_id])
        return broken("same-answer", reason, execution_id=execution_id) if reason else None

    def _settled(self, relation: Relation, listing: Listing) -> tuple[Listing, list[Finding]]:
        """Judge a relation, again if the ticket changed while it was judged."""
        name = listing.execution_id
        for _ in range(_ATTEMPTS):
            with self._report.timing(relation.name):
                found = self._compare(relation.name, listing, self._chosen(relation, listing))
            if not found or self._prober.read(name).same_as(listing):
                return listing, found
            if finding := self.wavering(name):
                return listing, [finding]
            listing, mismatch = self.listing(name)
            if mismatch:
                return listing, [mismatch]
        raise Moving(name)

    def _chosen(self, relation: Relation, listing: Listing) -> Sequence[Window]:
        """Return the windows that there are requests for; each ticket begins with others."""
        chance = Random(self._report.seed)  # noqa: S311 - nothing secret comes of it
        windows = relation.choose(listing, self._examples, chance)
        if len(windows) <= self._most:
            return windows
        self._report.left_out[relation.name] += len(windows) - self._most
        start = self._report.tickets.index(listing.execution_id) * self._most % len(windows)
        return [*windows[start:], *windows[:start]][: self._most]

    def _compare(self, check: str, listing: Listing, windows: Sequence[Window]) -> list[Finding]:
        """Ask for windows until one does not fit: the next ones would not, for the same cause."""
        for window in windows:
            try:
                page = self._prober.page(listing.execution_id, window)
            except Unanswered as error:
                found = list(self._unanswered(listing, error))
            else:
                total = "total" if window.step_ids is None else "filter-total"
                values = ["step-values"] if page.steps else []
                self._report.judged.update((check, total, "page-lengths", *values))
                finding = compare(check, listing, window, page, self.lengths)
                found = [finding] if finding else []
            if found:
                return found
        return []

    def _unanswered(self, listing: Listing, error: Unanswered) -> Iterator[Finding]:
        """Yield why there is no page, if the service is to blame: other checks see the rest."""
        if error.exchange is None:
            yield broken("answers-arrive", str(error), execution_id=listing.execution_id)
        elif page_too_large(error.exchange):
            self.lengths.refuse(error.exchange)
        else:
            yield from self._acceptance.findings(error.exchange)


def _walk(listing: Listing) -> Finding | None:
    """Return what the pages of the walk contradict each other in."""
    repeated = [name for name, count in Counter(listing.ids).items() if count > 1]
    if len(listing.totals) > 1:
        message = f"the pages of one walk say {sorted(listing.totals)} as total"
    elif repeated:
        message = f"the walk gives the step {repeated[0]} more than once"
    elif listing.complete and len(listing.steps) != listing.total:
        message = f"the walk gives {len(listing.steps)} steps, the total is {listing.total}"
    else:
        return None
    return broken("walk", message, execution_id=listing.execution_id)


def wavers(history: Sequence[Listing]) -> str | None:
    """Return why readings of a ticket cannot be those of one that goes on, if they cannot.

    A ticket that goes on gets new steps, loses some, and changes those that are not finished. It
    does not return to what it was.
    """
    if len(history) < 2:
        return None
    *earlier, before, now = history
    if before.same_as(now):
        return None
    if any(now.same_as(other) for other in earlier):
        return "the ticket returned to what it was before"
    if sorted(now.keys) == sorted(before.keys):
        return "the order, or the total, changed, and no step did"
    if before.ids and now.ids and not set(before.ids) & set(now.ids):
        return "none of its steps is what it was"
    finished = {
        step_id(step): key
        for step, key in zip(before.steps, before.keys, strict=True)
        if isinstance(step, dict) and _is_finished(step)
    }
    for step, key in zip(now.steps, now.keys, strict=True):
        if finished.get(step_id(step), key) != key:
            return f"the finished step {step_id(step)} changed"
    return None


def _is_finished(step: dict[str, Json]) -> bool:
    return step.get("end_time") is not None or step.get("status") in FINISHED_STATUSES


def _other_size(total: int) -> int:
    """Return a page size that is no divisor of the usual one, and no cause of many requests."""
    return min(max(7, total // 5 + 1) | 1, PAGE_SIZE - 1)
