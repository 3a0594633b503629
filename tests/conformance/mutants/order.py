"""Lists whose order is not one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.mock import Service

from conformance.servers import Counted

from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Step

ONE_ORDER = "The list has one order, which no parameter and no request changes."
SLICE = "A page is a piece of the list as it stands."


def by_name(step: Step) -> str:
    return str(step["name"])


def by_id(step: Step) -> str:
    return str(step["execution_step_id"])


@breaks(SLICE)
class PagesReversed(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().window(steps, query)[::-1]


@breaks(SLICE)
class PagesSortedInThemselves(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return sorted(super().window(steps, query), key=by_name)


@breaks(ONE_ORDER)
class LargePagesNewestFirst(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().window(steps[::-1] if query.limit >= 50 else steps, query)


@breaks(ONE_ORDER)
class LaterPagesByName(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().window(sorted(steps, key=by_name) if query.offset else steps, query)


@breaks(ONE_ORDER)
class FilteredNewestFirst(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        found = super().matching(steps, query)
        return found if query.step_ids is None else found[::-1]


@breaks(ONE_ORDER)
class FilteredInHashOrder(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        found = super().matching(steps, query)
        return found if query.step_ids is None else sorted(found, key=lambda s: by_id(s)[::-1])


class Reordered(Counted):
    """Shows its list in an order that depends on how often it was asked."""

    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return self.reordered(super().matching(steps, query))

    def reordered(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Return the list that is shown instead."""
        raise NotImplementedError


@breaks(ONE_ORDER)
class OrderAlternates(Reordered):
    def reordered(self, steps: Sequence[Step]) -> Sequence[Step]:
        return steps[::-1] if self.made % 2 else steps


@breaks(ONE_ORDER)
class OrderRotates(Reordered):
    def reordered(self, steps: Sequence[Step]) -> Sequence[Step]:
        turn = self.made % len(steps) if steps else 0
        return [*steps[turn:], *steps[:turn]]


@breaks(ONE_ORDER)
class TiesInAnyOrder(Reordered):
    def reordered(self, steps: Sequence[Step]) -> Sequence[Step]:
        turned = steps[:: 1 if self.made % 2 else -1]
        return sorted(turned, key=lambda step: str(step["status"]))


@breaks(ONE_ORDER)
class NeighboursSwapNowAndThen(Reordered):
    def reordered(self, steps: Sequence[Step]) -> Sequence[Step]:
        if self.made % 4 or len(steps) < 2:
            return steps
        return [steps[1], steps[0], *steps[2:]]
