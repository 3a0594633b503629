"""Pages near the end of the list, behind it, and where numbers end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.mock import Refusal, Service

from .offsets import Shifted
from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Step

INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1
BEHIND = "Behind the last step there is nothing."
LONG = "`offset` is a Long: any value up to 2^63-1 is good."


@breaks(BEHIND)
class LastPageBehindTheEnd(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset if query.offset < count else max(count - query.limit, 0)


@breaks(BEHIND)
class WrapsAround(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset % count if count else 0


@breaks(BEHIND)
class RoundTheEnd(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        page = [*super().window(steps, query)]
        missing = min(query.limit, len(steps)) - len(page)
        return [*page, *steps[:missing]] if page else page


@breaks("A window behind the end is empty, not missing.")
class MissingBehindTheEnd(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        if steps and query.offset >= len(steps):
            raise Refusal(404, "COC.00042102", "There is no such page.")
        return super().window(steps, query)


@breaks("A window behind the end is empty, not invalid.")
class InvalidBehindTheEnd(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        if query.offset > len(steps):
            raise Refusal(400, "COC.00010002", "The value of offset is invalid.")
        return super().window(steps, query)


@breaks(LONG)
class OffsetIs32Bits(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset % 2**32


@breaks(LONG)
class StartsOverBehindInt32(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset if query.offset <= INT32_MAX else 0


@breaks(LONG)
class NegativeBehindInt32(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        signed = (query.offset + 2**31) % 2**32 - 2**31
        return steps[signed:][: query.limit]


@breaks(LONG)
class RefusedBehindInt32(Service):
    def parse_offset(self, values: Sequence[str]) -> int:
        offset = super().parse_offset(values)
        if offset > INT32_MAX:
            raise Refusal(400, "COC.00010002", "The value of offset is invalid.")
        return offset


@breaks(LONG)
class EndOverflows(Shifted):
    def start(self, query: Query, count: int) -> int:
        return query.offset if query.offset + query.limit <= INT64_MAX else 0


@breaks(LONG)
class CrashesWhereTheEndOverflows(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        if query.offset + query.limit > INT64_MAX:
            raise Refusal(500, "APIGW.0601", "Internal error.")
        return super().window(steps, query)
