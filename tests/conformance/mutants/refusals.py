"""Requests that should be refused and are not, or the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from coc_steps.mock import Refusal, Service

from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Step

LIMIT = "`limit` is an Integer, and anything else is refused."
OFFSET = "`offset` is a Long, and anything else is refused."


class Lenient(Service):
    """Takes a default where a value is not valid."""

    def parse_limit(self, values: Sequence[str]) -> int:
        return super().parse_limit([value for value in values if not self.forgives_limit(value)])

    def parse_offset(self, values: Sequence[str]) -> int:
        return super().parse_offset([value for value in values if not self.forgives_offset(value)])

    def forgives_limit(self, value: str) -> bool:
        """Say whether a limit is overlooked."""
        return False

    def forgives_offset(self, value: str) -> bool:
        """Say whether an offset is overlooked."""
        return False


@breaks(LIMIT)
class TextIsDefaultLimit(Lenient):
    def forgives_limit(self, value: str) -> bool:
        return not value.lstrip("-").isdigit()


@breaks(LIMIT)
class NegativeLimitIsDefault(Lenient):
    def forgives_limit(self, value: str) -> bool:
        return value.startswith("-")


@breaks(LIMIT)
class FractionOfLimitCutOff(Service):
    def parse_limit(self, values: Sequence[str]) -> int:
        return super().parse_limit([value.partition(".")[0] for value in values])


@breaks(LIMIT)
class LimitReadUpToTheFirstLetter(Service):
    def parse_limit(self, values: Sequence[str]) -> int:
        return super().parse_limit([value.rstrip("abcdefghijklmnopqrstuvwxyz") for value in values])


@breaks(OFFSET)
class TextIsOffsetZero(Lenient):
    def forgives_offset(self, value: str) -> bool:
        return not value.lstrip("-").isdigit()


@breaks(OFFSET)
class NegativeOffsetIsZero(Lenient):
    def forgives_offset(self, value: str) -> bool:
        return value.startswith("-")


@breaks(OFFSET)
class NegativeOffsetFromTheEnd(Service):
    def parse_offset(self, values: Sequence[str]) -> int:
        sign = -1 if "".join(values).startswith("-") else 1
        return sign * super().parse_offset([value.removeprefix("-") for value in values])

    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return steps[query.offset :][: query.limit]


@breaks("A request that is not valid does not crash the server.")
class CrashesOnNegativeOffset(Service):
    def parse_offset(self, values: Sequence[str]) -> int:
        if "".join(values).startswith("-"):
            raise Refusal(500, "APIGW.0601", "Internal error.")
        return super().parse_offset(values)


@breaks("An id may be any text.")
class CrashesOnOtherScripts(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        if not "".join(values).isascii():
            raise Refusal(500, "APIGW.0601", "Internal error.")
        return super().parse_step_ids(values)


@breaks("An id may be any text.")
class CrashesOnQuotes(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        if "'" in "".join(values):
            raise Refusal(500, "APIGW.0601", "Internal error.")
        return super().parse_step_ids(values)


@breaks("A request that is not valid does not crash the server.")
class CrashesOnBytesThatAreNoText(Service):
    def parse(self, query: str) -> Query:
        try:
            unquote_to_bytes(query).decode()
        except UnicodeDecodeError:
            raise Refusal(500, "APIGW.0601", "Internal error.") from None
        return super().parse(query)


@breaks("A request that is not valid does not crash the server.")
class CrashesOnNul(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        if "\0" in "".join(values):
            raise Refusal(500, "APIGW.0601", "Internal error.")
        return super().parse_step_ids(values)


@breaks("A filter of many ids is good.")
class CrashesOnManyIds(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        if len(values) > 20:
            raise Refusal(500, "APIGW.0601", "Internal error.")
        return super().parse_step_ids(values)


@breaks("`limit`, `offset` and the filter may come together.")
class FilterAndOffsetRefused(Service):
    def parse(self, query: str) -> Query:
        if "offset=" in query and "execution_step_id_list=" in query:
            raise Refusal(
                400, "COC.00010002", "offset and execution_step_id_list exclude each other."
            )
        return super().parse(query)
