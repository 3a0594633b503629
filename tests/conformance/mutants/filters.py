"""Filters that leave out, repeat or reorder what they should find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from coc_steps.mock import Service

from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Step

ALL_IDS = "Every id of `execution_step_id_list` counts."
SUBLIST = "A filter gives a part of the list, each step once, in the order of the list."


@breaks(ALL_IDS)
class FirstIdOnly(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        return super().parse_step_ids(values[:1])


@breaks(ALL_IDS)
class LastIdOnly(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        return super().parse_step_ids(values[-1:])


@breaks("The key is repeated for each id, as the vendor's clients send it.")
class CommasOnly(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        return super().parse_step_ids([part for one in values[:1] for part in one.split(",")])


@breaks(ALL_IDS)
class TenIdsAtMost(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        return super().parse_step_ids(values[:10])


@breaks("`execution_step_id_list` is the name of the filter.")
class FilterHasAnotherName(Service):
    def parse(self, query: str) -> Query:
        return super().parse(query.replace("execution_step_id_list=", "step_ids="))


@breaks(SUBLIST)
class OrderOfIdsDecides(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        self.asked = list(dict.fromkeys(values))
        return super().parse_step_ids(values)

    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        found = super().matching(steps, query)
        if query.step_ids is None:
            return found
        return sorted(found, key=lambda step: self.asked.index(step["execution_step_id"]))


@breaks(SUBLIST)
class RepeatedIdsRepeatSteps(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        self.asked = list(values)
        return super().parse_step_ids(values)

    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        found = super().matching(steps, query)
        if query.step_ids is None:
            return found
        return [step for step in found for _ in range(self.asked.count(step["execution_step_id"]))]


@breaks(SUBLIST)
class LastMatchLost(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        found = super().matching(steps, query)
        return found if query.step_ids is None or len(found) < 2 else found[:-1]


@breaks("A filter looks at the whole list, not at the page.")
class FilterAfterTheWindow(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return steps

    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().matching(super().window(steps, query), query)


@breaks("What a filter finds is paged like the list: `offset` counts.")
class FilterIgnoresOffset(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        offset = query.offset if query.step_ids is None else 0
        return super().window(steps, replace(query, offset=offset))


@breaks("What a filter finds is paged like the list: `limit` counts.")
class FilterIgnoresLimit(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        limit = query.limit if query.step_ids is None else len(steps)
        return super().window(steps, replace(query, limit=limit))


@breaks("A filter holds on every page.")
class LaterPagesIgnoreFilter(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return steps if query.offset else super().matching(steps, query)


@breaks("A step can be filtered for in any state.")
class FilterFindsSuccessesOnly(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        found = super().matching(steps, query)
        if query.step_ids is None:
            return found
        return [step for step in found if step["status"] == "Succeed"]


@breaks(ALL_IDS)
class FilterSeesTheFirstTen(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().matching(steps if query.step_ids is None else steps[:10], query)


@breaks(SUBLIST)
class TwoIdsAreARange(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        found = super().matching(steps, query)
        if len(query.step_ids or ()) != 2 or len(found) != 2:
            return found
        first, last = (steps.index(step) for step in found)
        return steps[first : last + 1]


@breaks(ALL_IDS)
class FilterOverlooksTheFirstStep(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().matching(steps if query.step_ids is None else steps[1:], query)
