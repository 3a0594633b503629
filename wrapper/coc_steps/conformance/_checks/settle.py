"""Judges the tickets one by one, and tells a ticket that goes on from a server that wavers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps._steps.model import FINISHED_STATUSES
from coc_steps.conformance._catalogue import PAGE_SIZES, SAME_ANSWER
from coc_steps.conformance._report.findings import Finding, broken
from coc_steps.conformance._session.probe import PAGE_SIZE, Listing, Prober, step_id

from .comparison import Comparison, Lengths, Share
from .listing import RELATIONS, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps._json import Json
    from coc_steps.conformance._report.model import Report

    from .request import Acceptance

_MOST_READS = 12
"""After so many readings that all differ, a ticket is left alone."""
_ATTEMPTS = 3


class Moving(Exception):  # noqa: N818 - a ticket that goes on is no error
    """The ticket changes too fast to compare anything."""


class Tickets:
    """Judges the relations of tickets.

    Args:
        prober: Sends the requests.
        report: Takes what was judged.
        acceptance: Finds what a refused window was refused for.
    """

    def __init__(self, prober: Prober, report: Report, acceptance: Acceptance) -> None:
        self.lengths = Lengths()
        self._prober = prober
        self._report = report
        self._acceptance = acceptance

    def listing(self, execution_id: str) -> tuple[Listing, Finding | None]:
        """Read a ticket with two page sizes, until both readings agree.

        Raises:
            Moving: It never came to rest.
            Unanswered: It cannot be read.
        """
        history: list[Listing] = []
        while len(history) < _MOST_READS:
            first = self._prober.read(execution_id)
            history.append(first)
            if reason := wavers(history):
                return first, broken(SAME_ANSWER, reason, execution_id=execution_id)
            self._report.judged[PAGE_SIZES] += 1
            size = _other_size(first.total)
            if first.same_as(self._prober.read(execution_id, page_size=size)):
                return first, None
            if first.same_as(self._prober.read(execution_id)):
                message = f"pages of {size} give another list, or total, than pages of {PAGE_SIZE}"
                return first, broken(PAGE_SIZES, message, execution_id=execution_id)
        raise Moving(execution_id)

    def judge(self, listing: Listing, share: Share) -> Iterator[Finding]:
        """Judge all relations of a ticket.

        Raises:
            Moving: The ticket went on meanwhile, and did not come to rest again.
        """
        for relation in RELATIONS:
            if self._report.findings.has(*relation.after):
                continue
            with self._report.timing(relation.name):
                listing, found = self._settled(relation, listing, share)
            yield from found

    def _settled(
        self, relation: Relation, listing: Listing, share: Share
    ) -> tuple[Listing, list[Finding]]:
        """Judge a relation, again if the ticket changed while it was judged."""
        for _ in range(_ATTEMPTS):
            ticket = Comparison(self._prober, listing, self.lengths, self._acceptance, share)
            found = list(relation.check(ticket))
            if not found:
                return listing, []
            again = self._prober.read(listing.execution_id)
            if again.same_as(listing):
                return listing, found
            if reason := wavers([listing, again]):
                finding = broken(SAME_ANSWER, reason, execution_id=listing.execution_id)
                return listing, [finding]
            listing, mismatch = self.listing(listing.execution_id)
            if mismatch:
                return listing, [mismatch]
        raise Moving(listing.execution_id)


def wavers(history: list[Listing]) -> str | None:
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
    return _finished_changed(before, now)


def _finished_changed(before: Listing, now: Listing) -> str | None:
    finished = {
        step_id(step): key
        for step, key in zip(before.steps, before.keys, strict=True)
        if isinstance(step, dict) and _is_finished(step)
    }
    for step, key in zip(now.steps, now.keys, strict=True):
        known = finished.get(step_id(step))
        if known is not None and known != key:
            return f"the finished step {step_id(step)} changed"
    return None


def _is_finished(step: dict[str, Json]) -> bool:
    return step.get("end_time") is not None or step.get("status") in FINISHED_STATUSES


def _other_size(total: int) -> int:
    """Return a page size that is no divisor of the usual one, and no cause of many requests."""
    return min(max(7, total // 5 + 1) | 1, PAGE_SIZE - 1)
