"""Pages that are a window each, but not the whole list together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.mock import Service

from .offsets import Shifted
from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Step

WHOLE = "The pages together hold every step, once."


@breaks(WHOLE)
class PartialPagesDropped(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        page = super().window(steps, query)
        return page if len(page) == query.limit or not query.offset else []


@breaks(WHOLE)
class LastStepNeverShown(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().window(steps[:-1], query)


@breaks(WHOLE)
class FirstStepNeverShown(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset + 1


@breaks(WHOLE)
class OnlyTheFirstPage(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().window(steps, query) if query.offset < query.limit else []


@breaks(WHOLE)
class DeepPagesEmpty(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().window(steps[:200], query)


@breaks(WHOLE)
class FirstStepPinned(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        page = super().window(steps, query)
        return [steps[0], *page[1:]] if page else page


@breaks(WHOLE)
class LargePagesLeaveHoles(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        page = super().window(steps, query)
        return [step for place, step in enumerate(page, 1) if place % 20]
