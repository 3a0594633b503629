"""Find where a page and openapi.yaml say different things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .examples import compare_examples
from .model import Difference, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .description import Description
    from .model import Contract

NOTHING = "nothing"


def compare(page: Contract, description: Description) -> list[Difference]:
    """Return the differences, in the order of the page; what only openapi.yaml has comes last.

    What openapi.yaml marks as its own addition is no difference, unless the page now has it, too.
    """
    ours = description.contract
    return [*_compare_facts(page.facts, ours.facts), *compare_examples(page, ours, description)]


def _compare_facts(page: Mapping[str, Fact], ours: Mapping[str, Fact]) -> Iterator[Difference]:
    unlike: set[str] = set()
    for place in [*page, *(place for place in ours if place not in page)]:
        theirs, mine = page.get(place), ours.get(place)
        if theirs is None or mine is None or mine.assumed or theirs.kind != mine.kind:
            unlike.add(place)
        parent = place.rpartition(".")[0].rstrip("[]")
        if parent in unlike:
            unlike.add(place)  # said already, of the outermost place
        else:
            yield from _compare_fact(place, theirs, mine)


def _compare_fact(place: str, page: Fact | None, ours: Fact | None) -> Iterator[Difference]:
    if page is None:
        if ours is not None and not ours.assumed:
            yield Difference(place, NOTHING, str(ours))
    elif ours is None or ours.assumed:
        yield Difference(place, str(page), str(ours or NOTHING))
    else:
        if page.kind != ours.kind or _renamed(page, ours):
            yield Difference(place, page.words, ours.words)
        if page.mandatory != ours.mandatory:
            yield Difference(place, page.mandatory, ours.mandatory)


def _renamed(page: Fact, ours: Fact) -> bool:
    return page.schema is not None and page.schema != ours.schema
