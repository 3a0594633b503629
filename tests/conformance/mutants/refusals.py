"""Requests that should be refused and are not, or are refused with another status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.mock import Refusal, Service

from conformance.servers import Edited

from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Answer, Query, Request, Step

LIMIT = "`limit` is an Integer, and anything else is refused."
OFFSET = "`offset` is a Long, and anything else is refused."
STATUS = "A request that is not valid is refused with 400."
GET = "Only GET exists."


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


def is_invalid(answer: Answer) -> bool:
    return answer.status == 400 and answer.content["error_code"] == "COC.00010002"


@breaks(STATUS)
class InvalidIsServerError(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if is_invalid(answer):
            answer.status = 500


@breaks(STATUS)
class InvalidIs422(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if is_invalid(answer):
            answer.status = 422


@breaks(STATUS)
class InvalidIs200(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if is_invalid(answer):
            answer.status = 200


@breaks(STATUS)
class InvalidIsEmptyPage(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if is_invalid(answer):
            answer.status, answer.content = 200, {"data": [], "total": 0}


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


@breaks(GET)
class PostIsGet(Service):
    def check_method(self, method: str) -> None:
        if method != "POST":
            super().check_method(method)


@breaks(GET)
class AnyMethodIsGet(Service):
    def check_method(self, method: str) -> None:
        pass


@breaks(GET)
class DeleteSucceeds(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if request.method == "DELETE" and answer.status == 405:
            answer.status, answer.content = 204, b""


@breaks(GET)
class OtherMethodsCrash(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if answer.status == 405:
            answer.status = 500


@breaks("A page is a 200, whatever it holds.")
class EmptyPageIs204(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        if not answer.content["data"]:
            answer.status, answer.content = 204, b""


@breaks("A page is a 200, whatever it holds.")
class PageOfMoreIs206(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        if len(answer.content["data"]) < answer.content["total"]:
            answer.status = 206
