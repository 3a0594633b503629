"""Relations between the answers for one ticket: which windows are compared with its listing.

Each takes the listing, how many windows to make by chance, and what makes them. What is believed is
in the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple, TypeAlias
from urllib.parse import quote, unquote

from coc_steps._steps.request import INT32_MAX, INT64_MAX
from coc_steps.conformance._session.probe import PAGE_SIZE, Listing, Window, is_sendable, step_id

Choose: TypeAlias = Callable[[Listing, int, Random], Sequence[Window]]

_LIMITS = (1, 2, 3, 5, 7, 10, 11, 50, 99, 100, 101, 1_000, INT32_MAX)
_LARGE = (1, PAGE_SIZE, 1_000, 2**15, 2**16, INT32_MAX)
_EDGES = (0, 1, 9, 10, 99, 100)
_WRAPPED = (2**31 - 1, 2**31, 2**32, 2**32 + 1, 2**53 + 1, INT64_MAX)
"""Where numbers of too few bits begin again, at 0 or below."""
_MOST_IDS = 20
_MOST_BYTES = 5_000
"""Byte budget for the ids in one URL."""


class Relation(NamedTuple):
    """A relation.

    Attributes:
        name: Its name.
        choose: Returns the windows that are compared.
        after: The checks without which it says nothing new.
        needs_steps: Whether there is nothing to choose in a ticket without steps.
    """

    name: str
    choose: Choose
    after: tuple[str, ...]
    needs_steps: bool = True


def _windows(listing: Listing, count: int, chance: Random) -> Sequence[Window]:
    """Return windows that begin within the steps, some of them larger than there are steps."""
    size = len(listing.steps)
    edges = [*(offset for offset in _EDGES if offset < size), size // 2, size - 1]
    chosen = [Window(limit=1, offset=size - 1)]
    chosen += [Window(limit, start) for start in dict.fromkeys((0, size // 3)) for limit in _LARGE]
    for _ in range(count):
        limit = chance.choice((*_LIMITS, chance.randint(1, size + 1)))
        chosen.append(Window(limit, chance.choice((chance.choice(edges), chance.randrange(size)))))
    return chosen


def _default_page(listing: Listing, _count: int, _chance: Random) -> Sequence[Window]:
    """Return windows without limit or offset, and one whose parameters come in another order."""
    size = len(listing.steps)
    chosen = [Window(), Window(limit=3), Window(limit=PAGE_SIZE)]
    chosen += [Window(offset=offset) for offset in sorted({0, size // 2}) if size]
    return [*chosen, *([Window(limit=2, offset=1, backwards=True)] if size > 1 else [])]


def _past_the_end(listing: Listing, _count: int, _chance: Random) -> Sequence[Window]:
    """Return windows that begin past the end, the furthest as far as the type goes."""
    total = listing.total
    offsets = (total, total + 1, total + 100, *_WRAPPED)
    return [Window(10, offset) for offset in offsets if total <= offset <= INT64_MAX]


def _filter(listing: Listing, count: int, chance: Random) -> Sequence[Window]:
    """Return filters: ids in any order, some repeated, some with a window."""
    ids = listing.ids
    ends = (ids[-1], ids[0], ids[-1])
    several = tuple(ids[::-2][:9])
    chosen = [Window(limit=PAGE_SIZE, step_ids=(name,)) for name in dict.fromkeys(ends)]
    chosen += [Window(PAGE_SIZE, step_ids=ends), Window(PAGE_SIZE, step_ids=_fitting(ids))]
    chosen += [Window(limit, offset, several) for limit, offset in ((1, 0), (2, 1), (10, 10))]
    for _ in range(count):
        some = _fitting(chance.choices(ids, k=chance.randint(1, _MOST_IDS)))
        chosen.append(
            Window(chance.choice((None, *_LIMITS)), chance.choice((None, 0, 1, 2, 3)), some)
        )
    return chosen


def _near_misses(listing: Listing, _count: int, _chance: Random) -> Sequence[Window]:
    """Return filters by what is nearly the id of a step, alone and beside the id."""
    ids = listing.ids
    name = ids[len(ids) // 2]
    steps = (step for step in listing.steps if isinstance(step, dict))
    step = next(step for step in steps if step_id(step) == name)
    values = {str(step.get(key) or "") for key in ("name", "id", "status")}
    others = near_misses(name, frozenset(ids)) + sorted(filter(is_sendable, values - {*ids}))
    chosen = [Window(limit=PAGE_SIZE, step_ids=(other,)) for other in others]
    return [*chosen, Window(limit=PAGE_SIZE, step_ids=(*others[:1], name, *others[1:2]))]


def _no_memory(listing: Listing, _count: int, _chance: Random) -> Sequence[Window]:
    """Return windows without some parameters, each after one that had them."""
    ids = listing.ids
    some = (ids[-1], ids[0])
    before = (Window(step_ids=some), Window(limit=2, offset=1), Window(limit=1, step_ids=some))
    return [asked for last in before for first in (Window(), Window(5)) for asked in (last, first)]


RELATIONS = (
    Relation("windows", _windows, ("walk", "page-sizes")),
    Relation("default-page", _default_page, ("walk", "page-sizes", "windows"), needs_steps=False),
    Relation("past-the-end", _past_the_end, ("walk",), needs_steps=False),
    Relation("filter", _filter, ("walk",)),
    Relation("near-misses", _near_misses, ("filter",)),
    Relation("no-memory", _no_memory, ("walk", "windows", "default-page", "filter")),
)
"""In the order in which they are judged."""


def near_misses(name: str, known: frozenset[str]) -> list[str]:
    """Return ids that are close to a known one, and no known ones."""
    beginning = name[:-1]
    close = [beginning, name[1:], f"{name}0", f"0{name}", name.upper(), name.lower(), f" {name}"]
    close += [f"{beginning}{sign}" for sign in "%*_"] + [f"{name}{sign}" for sign in "'\" "]
    others = [other for other in dict.fromkeys(close) if other.strip(".") and other not in known]
    # In a path an encoded name would be the name itself to whoever decodes twice.
    return [other for other in others if unquote(other) not in known]


def _fitting(ids: Sequence[str]) -> tuple[str, ...]:
    """Return as many ids as fit a URL."""
    kept: list[str] = []
    left = _MOST_BYTES
    for name in ids:
        left -= len(f"execution_step_id_list={quote(name)}&")
        if left < 0:
            break
        kept.append(name)
    return tuple(kept)
