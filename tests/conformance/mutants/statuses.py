"""Answers with another status than theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.mock import Service

from conformance.servers import Edited

from .registry import breaks

if TYPE_CHECKING:
    from coc_steps.mock import Answer, Request

STATUS = "A request that is not valid is refused with 400."
GET = "Only GET exists."


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
