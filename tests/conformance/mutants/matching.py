"""Filters that take one id for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.mock import Refusal, Service

from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Step

WHOLE_ID = "An id matches the step that has exactly this id."
UNKNOWN = "An id that nobody has matches nothing, and does not disturb the others."


class Filtered(Service):
    """Picks the steps itself where there is a filter."""

    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        if query.step_ids is None:
            return steps
        return [step for step in steps if self.matches(step["execution_step_id"], query.step_ids)]

    def matches(self, step_id: str, wanted: frozenset[str]) -> bool:
        """Say whether a step matches."""
        raise NotImplementedError


@breaks("`execution_step_id_list` is a filter.")
class FilterIgnored(Filtered):
    def matches(self, step_id: str, wanted: frozenset[str]) -> bool:
        return True


@breaks(WHOLE_ID)
class PrefixMatches(Filtered):
    def matches(self, step_id: str, wanted: frozenset[str]) -> bool:
        return any(step_id.startswith(one) for one in wanted)


@breaks(WHOLE_ID)
class SuffixMatches(Filtered):
    def matches(self, step_id: str, wanted: frozenset[str]) -> bool:
        return any(step_id.endswith(one) for one in wanted)


@breaks(WHOLE_ID)
class PartMatches(Filtered):
    def matches(self, step_id: str, wanted: frozenset[str]) -> bool:
        return any(one in step_id for one in wanted)


@breaks(WHOLE_ID)
class LongerIdMatches(Filtered):
    def matches(self, step_id: str, wanted: frozenset[str]) -> bool:
        return any(one.startswith(step_id) for one in wanted)


@breaks(WHOLE_ID)
class CaseIgnored(Filtered):
    def matches(self, step_id: str, wanted: frozenset[str]) -> bool:
        return step_id.lower() in {one.lower() for one in wanted}


@breaks(WHOLE_ID)
class PercentIsWildcard(Filtered):
    def matches(self, step_id: str, wanted: frozenset[str]) -> bool:
        return any(step_id.startswith(one.rstrip("%")) for one in wanted if "%" in one) or (
            step_id in wanted
        )


@breaks(WHOLE_ID)
class LastLettersDoNotCount(Filtered):
    def matches(self, step_id: str, wanted: frozenset[str]) -> bool:
        return step_id[:19] in {one[:19] for one in wanted}


@breaks(UNKNOWN)
class NoMatchIsEverything(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().matching(steps, query) or steps


@breaks(UNKNOWN)
class OneUnknownIdEmptiesThePage(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        found = super().matching(steps, query)
        return found if query.step_ids is None or len(found) == len(query.step_ids) else []


@breaks(UNKNOWN)
class UnknownIdIsRefused(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        found = super().matching(steps, query)
        if query.step_ids and len(found) < len(query.step_ids):
            raise Refusal(400, "COC.00010002", "The value of execution_step_id_list is invalid.")
        return found
