"""Holds pages against the listing of their ticket."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from coc_steps.conformance._catalogue import (
    ANSWERS,
    CRASHES,
    FILTER_TOTAL,
    LENGTHS,
    TOTAL,
    VALUES,
)
from coc_steps.conformance._report.findings import Finding, broken
from coc_steps.conformance._session.probe import (
    Listing,
    Page,
    Prober,
    Window,
    canonical,
    ids_of,
    page_too_large,
    step_id,
)
from coc_steps.conformance._session.session import Unanswered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coc_steps._json import Json
    from coc_steps.conformance._session.exchange import Exchange

    from .request import Acceptance

T = TypeVar("T")


@dataclass(slots=True)
class Share:
    """The share of a ticket in the budget of a run.

    Attributes:
        seed: What is generated follows from it.
        examples: How many windows a relation generates (count).
        windows: How many windows a relation may ask for (count).
        turn: The place of the ticket among all; each begins with other windows.
        left_out: How many windows were left out for the budget, by check.
        judged: How often each check had something to judge (count).
    """

    seed: int
    examples: int
    windows: int
    turn: int = 0
    left_out: Counter[str] = field(default_factory=Counter[str])
    judged: Counter[str] = field(default_factory=Counter[str])

    def of(self, check: str, chosen: Sequence[T]) -> Sequence[T]:
        """Return those that may be asked for."""
        if len(chosen) <= self.windows:
            return chosen
        self.left_out[check] += len(chosen) - self.windows
        start = self.turn * self.windows % len(chosen)
        return [*chosen[start:], *chosen[:start]][: self.windows]


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
        acceptance: Finds what a refused window was refused for.
        share: How many windows may be asked for, and which.
    """

    prober: Prober
    listing: Listing
    lengths: Lengths
    acceptance: Acceptance
    share: Share

    def compare(self, check: str, window: Window) -> Iterator[Finding]:
        """Ask for a window, and yield what does not fit."""
        try:
            page = self.prober.page(self.listing.execution_id, window)
        except Unanswered as error:
            yield from self._unanswered(window, error)
            return
        total = TOTAL if window.step_ids is None else FILTER_TOTAL
        self.share.judged.update((check, total, LENGTHS, *([VALUES] if page.steps else [])))
        matching = self._matching(window)
        found = list(self._steps(check, window, page, matching[window.offset or 0 :]))
        yield from found or self._total(window, page, len(matching))

    def _unanswered(self, window: Window, error: Unanswered) -> Iterator[Finding]:
        """Yield why there is no page, if the service is to blame: other checks see the rest."""
        exchange, ticket = error.exchange, self.listing.execution_id
        if exchange is None:
            yield broken(ANSWERS, str(error), execution_id=ticket)
        elif page_too_large(exchange):
            self.lengths.refuse(window, exchange)
        elif self.prober.fails_alone(exchange, ticket):
            message = f"{window} is answered {exchange.status} each time, and others are not"
            yield broken(CRASHES, message, exchange, place=f"answers {exchange.status}")
        else:
            yield from self.acceptance.findings(exchange)

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
