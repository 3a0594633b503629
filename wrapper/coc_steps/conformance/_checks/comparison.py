"""Holds pages against the listing of their ticket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coc_steps.conformance._report.findings import Finding, broken
from coc_steps.conformance._session.probe import (
    Listing,
    Page,
    Prober,
    Unanswered,
    Window,
    canonical,
    ids_of,
    page_too_large,
    step_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps._json import Json
    from coc_steps.conformance._session.exchange import Exchange

VALUES = "step-values"
TOTAL, FILTER_TOTAL = "total", "filter-total"
LENGTHS = "page-lengths"
ANSWERS = "answers-arrive"


@dataclass(frozen=True, slots=True)
class _Length:
    limit: int | None
    left: int
    got: int
    exchange: Exchange


@dataclass
class Lengths:
    """The lengths of all pages of a server, which may cap them, but all in the same way."""

    _seen: list[_Length] = field(default_factory=list[_Length])
    _refused: dict[int, Exchange] = field(default_factory=dict[int, "Exchange"])

    def add(self, window: Window, left: int, page: Page) -> None:
        """Take in how long a page is, and how many steps there were to give."""
        self._seen.append(_Length(window.limit, left, len(page.steps), page.exchange))

    def refuse(self, window: Window, exchange: Exchange) -> None:
        """Take in that a page was too large to the server."""
        if window.limit is not None:
            self._refused.setdefault(window.limit, exchange)

    def mismatches(self) -> Iterator[Finding]:
        """Return the first page that is shorter than a cap explains."""
        explicit = [seen for seen in self._seen if seen.limit is not None]
        default = [seen for seen in self._seen if seen.limit is None]
        largest = max((seen.limit or 0 for seen in explicit), default=0)
        if (refused := min(self._refused, default=largest)) < largest:
            message = f"limit {refused} is refused, though limit {largest} is not"
            yield broken(LENGTHS, message, self._refused[refused])
        cap = max((seen.got for seen in explicit), default=0)
        first_page = max((seen.got for seen in default), default=0)
        for seen in [*explicit, *default]:
            asked = first_page if seen.limit is None else min(seen.limit, cap)
            if seen.got != min(asked, seen.left):
                words = "no limit" if seen.limit is None else f"limit {seen.limit}"
                yield broken(
                    LENGTHS,
                    f"{words} with {seen.left} steps left gave {seen.got}, "
                    f"though other pages have up to {asked}",
                    seen.exchange,
                )
                return


@dataclass
class Comparison:
    """Asks for windows of a ticket and compares them with its listing.

    Args:
        prober: Sends the requests.
        listing: The ticket, as a walk saw it.
        lengths: Collects how long the pages are.
        seed: What is generated follows from it.
        count: How many examples a relation generates (count).
    """

    prober: Prober
    listing: Listing
    lengths: Lengths
    seed: int
    count: int

    def compare(self, check: str, window: Window) -> Iterator[Finding]:
        """Ask for a window, and give what does not fit."""
        try:
            page = self.prober.page(self.listing.execution_id, window)
        except Unanswered as error:
            if error.exchange is None:
                yield broken(ANSWERS, str(error))
            elif page_too_large(error.exchange):
                self.lengths.refuse(window, error.exchange)
            elif not _excused(error.exchange):
                yield broken(check, str(error), error.exchange)
            return
        matching = self._matching(window)
        found = list(self._steps(check, window, page, matching[window.offset or 0 :]))
        yield from found or self._total(window, page, len(matching))

    def _matching(self, window: Window) -> list[Json]:
        """Return what the listing has of the list that a window is taken from."""
        steps, ids = self.listing.steps, window.step_ids
        return steps if ids is None else [step for step in steps if step_id(step) in ids]

    def _steps(
        self, check: str, window: Window, page: Page, wanted: list[Json]
    ) -> Iterator[Finding]:
        exact = self._knows_all(window)
        got = page.steps if exact else page.steps[: len(wanted)]
        expected = wanted[: len(got)]
        if window.limit is not None and len(page.steps) > window.limit:
            yield broken(check, f"{window} gave {len(page.steps)} steps", page.exchange)
        elif ids_of(got) != ids_of(expected) or (wanted and not got):
            yield broken(check, f"{window}: {_difference(got, wanted)}", page.exchange)
        elif list(map(canonical, got)) != list(map(canonical, expected)):
            yield broken(VALUES, f"{window}: {_changed(got, expected)}", page.exchange)
        elif exact:
            self.lengths.add(window, len(wanted), page)

    def _total(self, window: Window, page: Page, matching: int) -> Iterator[Finding]:
        filtered = window.step_ids is not None
        total = matching if filtered else self.listing.total
        if page.total != total:
            message = f"{window}: the total is {page.total}, not {total}"
            yield broken(FILTER_TOTAL if filtered else TOTAL, message, page.exchange)

    def _knows_all(self, window: Window) -> bool:
        """Return whether all steps that a window could show were listed."""
        past_the_end = (window.offset or 0) >= self.listing.total
        return self.listing.complete or window.step_ids is not None or past_the_end


def _excused(exchange: Exchange) -> bool:
    """Return whether an answer that cannot be compared says nothing about the relation."""
    # What is wrong with a success, and a crash, is found by other checks; the rest is busy.
    return exchange.success is not None or exchange.is_busy or exchange.is_crash


def _difference(got: list[Json], wanted: list[Json]) -> str:
    """Return where two lists of steps part."""
    pairs = zip(ids_of(got), ids_of(wanted), strict=False)
    place = next((at for at, (left, right) in enumerate(pairs) if left != right), None)
    if place is None:
        return f"{len(got)} steps came, where the walk has {len(wanted)}"
    return (
        f"step {place} of the page is {step_id(got[place]) or 'one without an id'}, "
        f"in the walk it is {step_id(wanted[place]) or 'one without an id'}"
    )


def _changed(got: list[Json], wanted: list[Json]) -> str:
    """Return which value of which step differs."""
    for left, right in zip(got, wanted, strict=True):
        if canonical(left) == canonical(right):
            continue
        if isinstance(left, dict) and isinstance(right, dict):
            names = [
                name
                for name in {**right, **left}
                if canonical(left.get(name)) != canonical(right.get(name))
                or (name in left) != (name in right)
            ]
            return f"{', '.join(names)} of the step {step_id(left)} differ from those of the walk"
    return "a step differs from that of the walk"
