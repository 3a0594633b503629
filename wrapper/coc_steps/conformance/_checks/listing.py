"""Relations between the answers for one ticket, which hold whatever its steps are.

Each takes the comparison of a ticket and yields what does not fit. Its docstring says what is
believed; a relation is not judged when one that it rests on is already known to fail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from coc_steps.conformance._report.findings import Finding, broken
from coc_steps.conformance._session.probe import PAGE_SIZE, Unanswered, Window, canonical, step_id

from .comparison import FILTER_TOTAL, TOTAL, VALUES, Comparison
from .windows import beyond, examples, filters, large, longest_filter, near_misses, windows

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
    """Pages of 100 in a row give every step once, `total` of them, and all say the same total."""
    listing = ticket.listing
    if len(listing.totals) > 1:
        yield broken("walk", f"the pages of one walk say {sorted(listing.totals)} as total")
    elif repeated := [name for name, count in Counter(listing.ids).items() if count > 1]:
        yield broken("walk", f"the walk gives the step {repeated[0]} more than once")
    elif listing.complete and len(listing.steps) != listing.total:
        yield broken(
            "walk", f"the walk gives {len(listing.steps)} steps, the total is {listing.total}"
        )


def window(ticket: Comparison) -> Iterator[Finding]:
    """A window is a slice of the walk, wherever it begins and however long it is."""
    size = len(ticket.listing.steps)
    if size:
        chosen = [Window(limit=1, offset=size - 1), *large(size)]
        chosen += examples(windows(size), count=ticket.count, seed_=ticket.seed)
        yield from _compare("windows", ticket, chosen)


def default_page(ticket: Comparison) -> Iterator[Finding]:
    """Without limit comes the first part of an explicit page; without offset, the first page."""
    size = len(ticket.listing.steps)
    chosen = [Window(), Window(limit=3), Window(limit=PAGE_SIZE)]
    chosen += [Window(offset=offset) for offset in sorted({0, size // 2}) if size]
    yield from _compare("default-page", ticket, chosen)


def past_the_end(ticket: Comparison) -> Iterator[Finding]:
    """Past the end is nothing, with the same total, as far as an offset of 64 bits goes."""
    yield from _compare("past-the-end", ticket, beyond(ticket.listing.total))


def filter_(ticket: Comparison) -> Iterator[Finding]:
    """A filter gives the steps with the ids asked for, in the order of the walk, each once.

    The order and the repetition of the ids in the query change nothing.
    """
    ids = ticket.listing.ids
    if not ids:
        return
    ends = (ids[-1], ids[0], ids[-1])
    chosen = [Window(limit=PAGE_SIZE, step_ids=(name,)) for name in dict.fromkeys(ends)]
    chosen += [Window(limit=PAGE_SIZE, step_ids=ends)]
    chosen += [Window(limit=PAGE_SIZE, step_ids=longest_filter(ticket.listing))]
    chosen += examples(filters(ticket.listing), count=ticket.count, seed_=ticket.seed)
    yield from _compare("filter", ticket, chosen)


def filter_pages(ticket: Comparison) -> Iterator[Finding]:
    """The windows of a filtered list are slices of it, with its own total, past its end, too."""
    ids = tuple(ticket.listing.ids[::-2][:9])
    if not ids:
        return
    chosen = [
        Window(limit=limit, offset=offset, step_ids=ids)
        for limit, offset in ((1, 0), (2, 1), (3, 2), (len(ids), 0), (10, len(ids) + 1))
    ]
    yield from _compare("filter-pages", ticket, [*chosen, Window(offset=1, step_ids=ids)])


def near_miss(ticket: Comparison) -> Iterator[Finding]:
    """What is nearly the id of a step (a prefix, another case), or its name, matches nothing."""
    ids = ticket.listing.ids
    if not ids:
        return
    name = ids[len(ids) // 2]
    others = near_misses(name, frozenset(ids))
    steps = (step for step in ticket.listing.steps if isinstance(step, dict))
    step = next(step for step in steps if step_id(step) == name)
    values = {str(step.get(key) or "") for key in ("name", "id", "status")}
    others += sorted(values - {"", *ids})
    chosen = [Window(limit=PAGE_SIZE, step_ids=(other,)) for other in others]
    mixed = Window(limit=PAGE_SIZE, step_ids=(others[0], name, others[1]))
    yield from _compare("near-misses", ticket, [*chosen, mixed])


def no_memory(ticket: Comparison) -> Iterator[Finding]:
    """A request stands for itself: what was asked before it changes nothing."""
    ids = ticket.listing.ids
    if not ids:
        return
    some = (ids[-1], ids[0])
    before = (Window(step_ids=some), Window(limit=2, offset=1), Window(limit=1, step_ids=some))
    after = (Window(), Window(limit=5))
    chosen = [asked for last in before for first in after for asked in (last, first)]
    yield from _compare("no-memory", ticket, chosen)


def same_answer(ticket: Comparison) -> Iterator[Finding]:
    """The same request gives the same answer while the ticket does not change."""
    for asked in (Window(limit=7), Window(), Window(limit=2, offset=1)):
        try:
            bodies = {
                canonical(ticket.prober.page(ticket.listing.execution_id, asked).exchange.json)
                for _ in range(3)
            }
        except Unanswered:
            continue
        if len(bodies) > 1:
            yield broken("same-answer", f"{asked} gave {len(bodies)} answers in three requests")
            return


RELATIONS = (
    Relation("walk", walk),
    Relation("same-answer", same_answer),
    Relation("windows", window, after=("walk", "page-sizes")),
    Relation("default-page", default_page, after=("walk", "page-sizes", "windows")),
    Relation("past-the-end", past_the_end, after=("walk",)),
    Relation("filter", filter_, after=("walk",)),
    Relation("filter-pages", filter_pages, after=("walk", "filter")),
    Relation("near-misses", near_miss, after=("filter",)),
    Relation("no-memory", no_memory, after=("walk", "windows", "default-page", "filter")),
)
"""In the order in which they are judged."""

ASPECTS = {
    TOTAL: "The total is the same in all windows of a ticket.",
    FILTER_TOTAL: "The total of a filtered list is the number of steps that match.",
    VALUES: "What a step says depends on no limit, offset or filter.",
}
"""What all of them find besides."""


def _compare(check: str, ticket: Comparison, chosen: list[Window]) -> Iterator[Finding]:
    """Compare windows until one does not fit: the next ones would not, for the same cause."""
    for asked in chosen:
        found = list(ticket.compare(check, asked))
        if found:
            yield from found
            return
