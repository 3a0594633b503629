"""Refusals whose body does not say why, or says too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.servers import Edited

from .registry import breaks

if TYPE_CHECKING:
    from coc_steps.mock import Answer, Request

CODE = "A refusal has an `error_code`, a String."
REASON = "A refusal has an `error_msg`, a String."
JSON = "A refusal is JSON, too."
INSIDE = "A refusal is about the request, not about the program of the server."
SECRET = "No answer repeats a credential."


@breaks(CODE)
class ErrorCodeMissing(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        del answer.content["error_code"]


@breaks(CODE)
class ErrorCodeNull(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content["error_code"] = None


@breaks(CODE)
class ErrorCodeEmpty(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content["error_code"] = ""


@breaks(CODE)
class ErrorCodeIsStatus(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content["error_code"] = answer.status


@breaks("A refusal carries a code of failure.")
class ErrorCodeOfSuccess(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content["error_code"] = "COC.00000000"


@breaks(REASON)
class ErrorMsgMissing(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        del answer.content["error_msg"]


@breaks(REASON)
class ErrorMsgAsList(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content["error_msg"] = [answer.content["error_msg"]]


@breaks(CODE)
class ErrorNested(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        code, message = answer.content["error_code"], answer.content["error_msg"]
        answer.content = {"error": {"code": code, "message": message}}


@breaks(CODE)
class ErrorInCamelCase(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        code, message = answer.content["error_code"], answer.content["error_msg"]
        answer.content = {"errorCode": code, "errorMsg": message}


@breaks("The keys of a refusal are those that the page lists.")
class ErrorKeyAdded(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content["trace_id"] = request.id


@breaks(JSON)
class ErrorAsHtml(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content = f"<html><h1>{answer.status}</h1></html>".encode()
        answer.headers["Content-Type"] = "text/html"


@breaks(JSON)
class ErrorAsText(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content = answer.content["error_msg"].encode()


@breaks(JSON)
class ErrorWithoutBody(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content = b""


@breaks(JSON)
class ErrorAsList(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.content = [answer.content]


@breaks("A refusal of the gateway says the request id of its header.")
class OtherRequestIdInBody(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if "request_id" in answer.content:
            answer.content["request_id"] = request.id[::-1]


def credential(request: Request) -> str:
    """Return what the client authenticates with."""
    return request.headers.get("X-Auth-Token") or request.headers.get("Authorization", "none")


@breaks(SECRET)
class UnauthorizedRepeatsCredential(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if answer.status == 401:
            answer.content["error_msg"] += f": {credential(request)}"


@breaks(SECRET)
class InvalidRepeatsCredential(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if answer.status == 400:
            answer.content["error_msg"] += f" Request by {credential(request)}."


@breaks(SECRET)
class UnauthorizedTellsTheToken(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if answer.status == 401 and "X-Auth-Token" in request.headers:
            answer.content["error_msg"] += f": expected {self.gate.keys.token}"


@breaks(SECRET)
class CredentialInHeader(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        answer.headers["X-Debug-Auth"] = credential(request)


@breaks(INSIDE)
class TracebackInMessage(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        where = 'File "/opt/coc/steps.py", line 42, in parse_limit'
        answer.content["error_msg"] = f"Traceback (most recent call last):\n  {where}"


@breaks(INSIDE)
class StatementInMessage(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if answer.status == 400:
            answer.content["error_msg"] = 'syntax error near "x": SELECT * FROM step LIMIT x'


@breaks("A page does not fail for what its steps hold.")
class CrashesOnFailedSteps(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        if any(step["status"] == "Timeout" for step in answer.content["data"]):
            answer.status = 500
            answer.content = {"error_code": "APIGW.0601", "error_msg": "Internal error."}
