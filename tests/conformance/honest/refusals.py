"""Leniency and strictness about which the page says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from coc_steps.mock import Answer, Refusal, Service

from conformance.servers import Edited

from .registry import honest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Request

LENIENT = "The page promises to serve what is valid, not to refuse the rest."
NAMES = {"limit", "offset", "execution_step_id_list"}


@honest("HTTP asks for Allow with a 405; the page does not.")
class NoAllow(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.headers.pop("Allow", None)


@honest("HEAD is what HTTP makes of GET.")
class HeadAllowed(Service):
    def check_method(self, method: str) -> None:
        if method != "HEAD":
            super().check_method(method)


@honest("The page does not say how a ticket that does not exist is refused.")
class UnknownTicketIs404(Service):
    def find(self, execution_id: str) -> Sequence[dict[str, object]]:
        try:
            return super().find(execution_id)
        except Refusal as refusal:
            raise Refusal(404, refusal.code, refusal.message) from None


@honest("A ticket of nobody may be forbidden, as one of somebody else's is.")
class UnknownTicketIs403(Service):
    def find(self, execution_id: str) -> Sequence[dict[str, object]]:
        try:
            return super().find(execution_id)
        except Refusal as refusal:
            raise Refusal(403, refusal.code, refusal.message) from None


@honest("A refusal may repeat the value that it refuses; it has no secret.")
class RefusedValuesRepeated(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if answer.status == 400:
            answer.content["error_msg"] += f" Select others than {unquote(request.query)}."


@honest("Which methods there are is asked with OPTIONS.")
class OptionsAnswered(Service):
    def answer(self, request: Request) -> Answer:
        if request.method == "OPTIONS":
            return Answer(204, b"", {"Allow": "GET, OPTIONS", "Content-Type": None})
        return super().answer(request)


@honest("Another code of failure is a code, too.")
class OtherCodes(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if answer.status == 400:
            answer.content["error_code"] = "COC.00040299"


@honest("Words of an error may be of any language.")
class ChineseWords(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content["error_msg"] = "请求参数不合法。"


@honest("Only the gateway's errors have the request id in the body, and no promise is in that.")
class NoRequestIdInBody(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content.pop("request_id", None)


@honest("The platform explains a refusal so on 403; the description knows the key.")
class EncodedMessage(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content["encoded_authorization_message"] = None


@honest(LENIENT)
class LastOfRepeatedNumbers(Service):
    def parse_limit(self, values: Sequence[str]) -> int:
        return super().parse_limit(values[-1:])

    def parse_offset(self, values: Sequence[str]) -> int:
        return super().parse_offset(values[-1:])


@honest(LENIENT)
class ZerosAndPlusBeforeNumbers(Service):
    def parse_limit(self, values: Sequence[str]) -> int:
        return super().parse_limit([plain(value) for value in values])

    def parse_offset(self, values: Sequence[str]) -> int:
        return super().parse_offset([plain(value) for value in values])


def plain(number: str) -> str:
    """Return a number without a plus and zeros before it."""
    digits = number.strip().removeprefix("+")
    return digits.lstrip("0") or digits[-1:]


@honest(LENIENT)
class EmptyNumberIsNone(Service):
    def parse_limit(self, values: Sequence[str]) -> int:
        return super().parse_limit([value for value in values if value])

    def parse_offset(self, values: Sequence[str]) -> int:
        return super().parse_offset([value for value in values if value])


@honest(LENIENT)
class EmptyIdOverlooked(Service):
    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        return super().parse_step_ids([value for value in values if value])


@honest("A parameter that is not documented may be refused.")
class OtherParametersRefused(Service):
    def parse(self, query: str) -> Query:
        if not {part.partition("=")[0] for part in query.split("&") if part} <= NAMES:
            raise Refusal(400, "COC.00010002", "A parameter is not known.")
        return super().parse(query)


@honest("A path with a slash at its end is another path, which the page does not know.")
class SlashAtTheEnd(Service):
    def route(self, path: str) -> str:
        return super().route(path.removesuffix("/"))


@honest("Which refusal comes first is open.")
class CredentialsBeforeMethod(Service):
    def check_method(self, method: str) -> None:
        """Leave it to `parse`, which comes after the gate."""
        self.method = method

    def parse(self, query: str) -> Query:
        super().check_method(self.method)
        return super().parse(query)
