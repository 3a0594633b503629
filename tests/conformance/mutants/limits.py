"""Pages of another size than asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from coc_steps.mock import Refusal, Service

from .offsets import Shifted
from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Step

INT32_MAX = 2**31 - 1
SIZE = "A page holds no more steps than `limit`."


class Resized(Service):
    """Takes another limit than was asked for."""

    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().window(steps, replace(query, limit=self.size(query)))

    def size(self, query: Query) -> int:
        """Return the limit that is taken instead."""
        raise NotImplementedError


@breaks(SIZE)
class OneMore(Resized):
    def size(self, query: Query) -> int:
        return query.limit + 1


@breaks(SIZE)
class LimitIgnored(Resized):
    def size(self, query: Query) -> int:
        return self.default_limit


@breaks(SIZE)
class SmallLimitsRoundedUp(Resized):
    def size(self, query: Query) -> int:
        return max(query.limit, 5)


@breaks(SIZE)
class LimitOfOneIsNone(Resized):
    def size(self, query: Query) -> int:
        return query.limit if query.limit > 1 else INT32_MAX


@breaks("`limit` is a number of steps, not the place where the page ends.")
class LimitIsTheEnd(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return steps[query.offset : query.limit]


@breaks("A large `limit` gives the steps there are.")
class LargeLimitGivesNothing(Resized):
    def size(self, query: Query) -> int:
        return query.limit if query.limit < 1000 else 0


@breaks("`limit` is an Integer: 2^31-1 is a size like any other.")
class LargestLimitIsMinusOne(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        end = query.offset + query.limit
        return steps[query.offset : end if end < INT32_MAX else -1]


@breaks("`limit` counts also where `offset` is not given.")
class LimitNeedsOffset(Service):
    def parse(self, query: str) -> Query:
        parsed = super().parse(query)
        return parsed if "offset=" in query else replace(parsed, limit=self.default_limit)


@breaks("A last page may be short; it is not filled up with steps before it.")
class LastPageFilledUp(Shifted):
    def start(self, query: Query, count: int) -> int:
        if query.offset >= count:
            return query.offset
        return max(min(query.offset, count - query.limit), 0)


@breaks(SIZE)
class HundredIsOneMore(Resized):
    def size(self, query: Query) -> int:
        return query.limit + (query.limit >= 100)


@breaks("What is good for a page is good for a larger one, up to a maximum.")
class LimitOf16Bits(Service):
    def parse_limit(self, values: Sequence[str]) -> int:
        limit = super().parse_limit(values) & 0xFFFF
        if not limit:
            raise Refusal(400, "COC.00010002", "The value of limit is invalid.")
        return limit


@breaks(SIZE)
class LimitsRoundedUpToTens(Resized):
    def size(self, query: Query) -> int:
        return -(-query.limit // 10) * 10


@breaks("A page that is not the last is as long as `limit`.")
class LastPageLosesAStep(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        page = super().window(steps, query)
        return page[:-1] if query.offset and 1 < len(page) < query.limit else page
