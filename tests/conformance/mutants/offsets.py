"""Pages that begin elsewhere than asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from coc_steps.mock import Refusal, Service

from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Step

START = "A page begins with the step after `offset` others."
WHOLE = "The pages together hold every step, once."


class Shifted(Service):
    """Begins its pages elsewhere."""

    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().window(steps, replace(query, offset=self.start(query, len(steps))))

    def start(self, query: Query, count: int) -> int:
        """Return the offset that is taken instead, with the number of steps that there are."""
        raise NotImplementedError


@breaks(START)
class OffsetIgnored(Shifted):
    def start(self, query: Query, count: int) -> int:
        return 0


@breaks(START)
class OffsetIsPageNumber(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset * query.limit


@breaks(START)
class OffsetCountsFromOne(Shifted):
    def start(self, query: Query, count: int) -> int:
        return max(query.offset - 1, 0)


@breaks(START)
class OffsetIsTheLastStepRead(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset + 1 if query.offset else 0


@breaks(START)
class OffsetRoundedToPages(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset // query.limit * query.limit


@breaks(WHOLE)
class BoundaryInBothPages(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset - query.offset // query.limit


@breaks("Where the page size is capped, pages still begin where `offset` says.")
class CapMovesPages(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        size = min(query.limit, 50)
        start = query.offset * size // query.limit
        return steps[start : start + size]


@breaks(START)
class OffsetFromTheEnd(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        end = max(len(steps) - query.offset, 0)
        return steps[max(end - query.limit, 0) : end]


@breaks("Without `offset` the list starts at 0.")
class DefaultOffsetIsOne(Service):
    def parse_offset(self, values: Sequence[str]) -> int:
        return super().parse_offset(values) if values else 1


@breaks("`offset` counts also where `limit` is not given.")
class OffsetNeedsLimit(Service):
    def parse(self, query: str) -> Query:
        parsed = super().parse(query)
        return parsed if "limit=" in query else replace(parsed, offset=0)


@breaks("`offset` is optional.")
class OffsetIsMandatory(Service):
    def parse_offset(self, values: Sequence[str]) -> int:
        if not values:
            raise Refusal(400, "COC.00010002", "offset is needed.")
        return super().parse_offset(values)


@breaks(START)
class EvenOffsetsOnly(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset - query.offset % 2


@breaks(WHOLE)
class FiftiesSkipped(Shifted):
    def start(self, query: Query, count: int) -> int:
        fiftieth = query.offset > 0 and query.offset % 50 == 0
        return query.offset + fiftieth


@breaks(START)
class OffsetOfOneByte(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset % 256
