"""Holds pages against the listing of their ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.conformance._report.model import Finding, broken
from coc_steps.conformance._session.probe import canonical, ids_of, step_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps._json import Json
    from coc_steps.conformance._session.exchange import Exchange
    from coc_steps.conformance._session.probe import Listing, Page, Window


class Lengths:
    """The lengths of all pages of a server, which may cap them, but all in the same way."""

    def __init__(self) -> None:
        self._seen: list[tuple[int | None, int, Page]] = []
        self._refused: dict[int, Exchange] = {}

    def add(self, window: Window, left: int, page: Page) -> None:
        """Take in how long a page is, and how many steps there were to give."""
        self._seen.append((window.limit, left, page))

    def refuse(self, exchange: Exchange) -> None:
        """Take in that a page was too large to the server."""
        self._refused.setdefault(int(dict(exchange.query)["limit"]), exchange)

    def mismatches(self) -> Iterator[Finding]:
        """Yield the first page that no cap explains: refused, or too short."""
        seen = sorted(self._seen, key=lambda each: each[0] is None)
        largest = max((limit or 0 for limit, _, _ in seen), default=0)
        if (least := min(self._refused, default=largest)) < largest:
            message = f"limit {least} is refused, though limit {largest} is not"
            yield broken("page-lengths", message, self._refused[least])
        cap = max((len(page.steps) for limit, _, page in seen if limit is not None), default=0)
        first_page = max((len(page.steps) for limit, _, page in seen if limit is None), default=0)
        for limit, left, page in seen:
            asked = first_page if limit is None else min(limit, cap)
            if len(page.steps) != min(asked, left):
                words = "no limit" if limit is None else f"limit {limit}"
                got = f"{words} with {left} steps left gave {len(page.steps)}"
                message = f"{got}, though other pages have up to {asked}"
                yield broken("page-lengths", message, page.exchange)
                return


def compare(
    check: str, listing: Listing, window: Window, page: Page, lengths: Lengths
) -> Finding | None:
    """Return what does not fit between a page and the listing, if anything."""
    matching, ids = listing.steps, window.step_ids
    if ids is not None:
        matching = [step for step in matching if step_id(step) in ids]
    wanted = matching[window.offset or 0 :]
    exact = listing.complete or ids is not None or (window.offset or 0) >= listing.total
    got = page.steps if exact else page.steps[: len(wanted)]
    expected = wanted[: len(got)]
    if window.limit is not None and len(page.steps) > window.limit:
        return broken(check, f"{window} gave {len(page.steps)} steps", page.exchange)
    if ids_of(got) != ids_of(expected) or (wanted and not got):
        return broken(check, f"{window}: {_difference(got, wanted)}", page.exchange)
    for left, right in zip(got, expected, strict=True):
        if canonical(left) != canonical(right):
            return broken("step-values", f"{window}: {_changed(left, right)}", page.exchange)
    if exact:
        lengths.add(window, len(wanted), page)
    total = listing.total if ids is None else len(matching)
    if page.total != total:
        message = f"{window}: the total is {page.total}, not {total}"
        return broken("total" if ids is None else "filter-total", message, page.exchange)
    return None


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


def _changed(left: Json, right: Json) -> str:
    """Return which values of a step differ."""
    if not isinstance(left, dict) or not isinstance(right, dict):
        return "a step differs from that of the walk"
    names = [
        name
        for name in {**right, **left}
        if name not in left or name not in right or canonical(left[name]) != canonical(right[name])
    ]
    return f"{', '.join(names)} of the step {step_id(left)} differ from those of the walk"
