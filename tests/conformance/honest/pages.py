"""Page sizes and orders that the page leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.mock import Refusal, Service

from .registry import Variation, honest, vary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Step

INT32_MAX = 2**31 - 1
CAPPED = "The page states no maximum of limit, and does not say that there is none."
ENFORCED = "A maximum of limit may be enforced instead of applied."
NO_DEFAULT = "The page states no default of limit."

for cap in (1, 7, 50):
    vary(Variation(f"cap-of-{cap}", "pages", CAPPED, {"page_cap": cap}))


@honest(NO_DEFAULT)
class TwentyByDefault(Service):
    default_limit = 20


@honest(NO_DEFAULT)
class HundredByDefault(Service):
    default_limit = 100


@honest(NO_DEFAULT)
class EverythingByDefault(Service):
    default_limit = INT32_MAX


@honest("The page states no value range of limit.")
class LimitZeroIsDefault(Service):
    def parse_limit(self, values: Sequence[str]) -> int:
        return self.default_limit if [*values] == ["0"] else super().parse_limit(values)


@honest("The page states no value range of limit.")
class LimitZeroIsEmptyPage(Service):
    def parse_limit(self, values: Sequence[str]) -> int:
        return 0 if [*values] == ["0"] else super().parse_limit(values)


class LargeLimitRefused(Service):
    largest = 1000

    def parse_limit(self, values: Sequence[str]) -> int:
        limit = super().parse_limit(values)
        if limit > self.largest:
            raise Refusal(400, "COC.00010002", "The value of limit is invalid.")
        return limit


@honest(ENFORCED)
class ThousandAtMost(LargeLimitRefused):
    pass


@honest(ENFORCED)
class HundredAtMost(LargeLimitRefused):
    largest = 100


@honest("That an Integer has 32 bits is the vendor's habit, not a promise.")
class LimitBeyondInt32(Service):
    def parse_limit(self, values: Sequence[str]) -> int:
        return super().parse_limit([str(INT32_MAX) if beyond(one) else one for one in values])


def beyond(number: str) -> bool:
    return len(number) < 20 and number.isdecimal() and int(number) > INT32_MAX


@honest("The page does not document the order.")
class NewestFirst(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().matching(steps, query)[::-1]


@honest("The page does not document the order.")
class ByName(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return sorted(super().matching(steps, query), key=lambda step: str(step["name"]))


@honest("No id has a comma, so that nobody is refused anything.")
class CommasSplit(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        return super().parse_step_ids([part for one in values for part in one.split(",")])
