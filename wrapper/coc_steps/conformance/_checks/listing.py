"""Relations between the answers for one ticket, which hold whatever its steps are.

Each takes the comparison of a ticket and yields what does not fit. A relation is not judged when
one that it rests on is already known to fail. What is believed is in the catalogue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from coc_steps.conformance._catalogue import PAGE_SIZES, SAME_ANSWER
from coc_steps.conformance._fuzzing.generation import examples
from coc_steps.conformance._report.findings import Finding, broken
from coc_steps.conformance._session.probe import (
    PAGE_SIZE,
    Window,
    canonical,
    is_sendable,
    step_id,
)
from coc_steps.conformance._session.session import Unanswered

from .comparison import Comparison
from .windows import beyond, filters, large, longest_filter, near_misses, windows

Check: TypeAlias = Callable[[Comparison], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation.

    Attributes:
        name: Its name.
        check: Judges it.
        after: The checks without which it says nothing new.
    """

    name: str
    check: Check
    after: tuple[str, ...] = ()


def walk(ticket: Comparison) -> Iterator[Finding]:
    """Yield what the pages of the walk contradict each other in."""
    listing = ticket.listing
    ticket.share.judged["walk"] += 1
    if len(listing.totals) > 1:
        yield _walk(ticket, f"the pages of one walk say {sorted(listing.totals)} as total")
    elif repeated := [name for name, count in Counter(listing.ids).items() if count > 1]:
        yield _walk(ticket, f"the walk gives the step {repeated[0]} more than once")
    elif listing.complete and len(listing.steps) != listing.total:
        yield _walk(
            ticket, f"the walk gives {len(listing.steps)} steps, the total is {listing.total}"
        )


def window(ticket: Comparison) -> Iterator[Finding]:
    """Yield the first window that is no slice of the walk."""
    size = len(ticket.listing.steps)
    if size:
        chosen = [Window(limit=1, offset=size - 1), *large(size)]
        chosen += examples(windows(size), count=ticket.share.examples, seed=ticket.share.seed)
        yield from _compare("windows", ticket, chosen)


def default_page(ticket: Comparison) -> Iterator[Finding]:
    """Yield the first page without limit or offset, or in another order, that differs."""
    size = len(ticket.listing.steps)
    chosen = [Window(), Window(limit=3), Window(limit=PAGE_SIZE)]
    chosen += [Window(offset=offset) for offset in sorted({0, size // 2}) if size]
    chosen += [Window(limit=2, offset=1, backwards=True)] if size > 1 else []
    yield from _compare("default-page", ticket, chosen)


def past_the_end(ticket: Comparison) -> Iterator[Finding]:
    """Yield what there is past the end."""
    yield from _compare("past-the-end", ticket, beyond(ticket.listing.total))


def filter_(ticket: Comparison) -> Iterator[Finding]:
    """Yield the first filter that gives other steps."""
    ids = ticket.listing.ids
    if not ids:
        return
    ends = (ids[-1], ids[0], ids[-1])
    chosen = [Window(limit=PAGE_SIZE, step_ids=(name,)) for name in dict.fromkeys(ends)]
    chosen += [Window(limit=PAGE_SIZE, step_ids=ends)]
    chosen += [Window(limit=PAGE_SIZE, step_ids=longest_filter(ticket.listing))]
    chosen += examples(filters(ticket.listing), count=ticket.share.examples, seed=ticket.share.seed)
    yield from _compare("filter", ticket, chosen)


def filter_pages(ticket: Comparison) -> Iterator[Finding]:
    """Yield the first window of a filtered list that is no slice of it."""
    ids = tuple(ticket.listing.ids[::-2][:9])
    if not ids:
        return
    chosen = [
        Window(limit=limit, offset=offset, step_ids=ids)
        for limit, offset in ((1, 0), (2, 1), (3, 2), (len(ids), 0), (10, len(ids) + 1))
    ]
    yield from _compare("filter-pages", ticket, [*chosen, Window(offset=1, step_ids=ids)])


def near_miss(ticket: Comparison) -> Iterator[Finding]:
    """Yield the first text that is nearly an id and matches."""
    ids = ticket.listing.ids
    if not ids:
        return
    name = ids[len(ids) // 2]
    others = near_misses(name, frozenset(ids))
    steps = (step for step in ticket.listing.steps if isinstance(step, dict))
    step = next(step for step in steps if step_id(step) == name)
    values = {str(step.get(key) or "") for key in ("name", "id", "status")}
    others += sorted(filter(is_sendable, values - {*ids}))
    chosen = [Window(limit=PAGE_SIZE, step_ids=(other,)) for other in others]
    mixed = Window(limit=PAGE_SIZE, step_ids=(*others[:1], name, *others[1:2]))
    yield from _compare("near-misses", ticket, [*chosen, mixed])


def no_memory(ticket: Comparison) -> Iterator[Finding]:
    """Yield the first window that depends on the request before it."""
    ids = ticket.listing.ids
    if not ids:
        return
    some = (ids[-1], ids[0])
    before = (Window(step_ids=some), Window(limit=2, offset=1), Window(limit=1, step_ids=some))
    after = (Window(), Window(limit=5))
    chosen = [asked for last in before for first in after for asked in (last, first)]
    yield from _compare("no-memory", ticket, chosen)


def same_answer(ticket: Comparison) -> Iterator[Finding]:
    """Yield that one request gives several answers."""
    chosen = (Window(limit=7), Window(), Window(limit=2, offset=1))
    for asked in ticket.share.of(SAME_ANSWER, chosen):
        try:
            bodies = {
                canonical(ticket.prober.page(ticket.listing.execution_id, asked).exchange.json)
                for _ in range(3)
            }
        except Unanswered:
            continue
        ticket.share.judged[SAME_ANSWER] += 1
        if len(bodies) > 1:
            message = f"{asked} gave {len(bodies)} answers in three requests"
            yield broken(SAME_ANSWER, message, execution_id=ticket.listing.execution_id)
            return


RELATIONS = (
    Relation("walk", walk),
    Relation(SAME_ANSWER, same_answer),
    Relation("windows", window, after=("walk", PAGE_SIZES)),
    Relation("default-page", default_page, after=("walk", PAGE_SIZES, "windows")),
    Relation("past-the-end", past_the_end, after=("walk",)),
    Relation("filter", filter_, after=("walk",)),
    Relation("filter-pages", filter_pages, after=("walk", "filter")),
    Relation("near-misses", near_miss, after=("filter",)),
    Relation("no-memory", no_memory, after=("walk", "windows", "default-page", "filter")),
)
"""In the order in which they are judged."""


def _walk(ticket: Comparison, message: str) -> Finding:
    return broken("walk", message, execution_id=ticket.listing.execution_id)


def _compare(check: str, ticket: Comparison, chosen: list[Window]) -> Iterator[Finding]:
    """Compare windows until one does not fit: the next ones would not, for the same cause."""
    for asked in ticket.share.of(check, chosen):
        found = list(ticket.compare(check, asked))
        if found:
            yield from found
            return
