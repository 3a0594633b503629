"""Headers and encodings that a client cannot rely on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.servers import Edited

from .registry import breaks

if TYPE_CHECKING:
    from coc_steps.mock import Answer, Request

REQUEST_ID = "Every answer has an X-Request-Id of its own."
JSON_TYPE = "The body of an answer is JSON, and its Content-Type says so."
UTF_8 = "JSON is UTF-8."


class Headed(Edited):
    """Sends other headers with every answer."""

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        answer.headers |= self.headers(answer)
        return answer

    def headers(self, answer: Answer) -> dict[str, str | None]:
        """Return the headers that differ."""
        raise NotImplementedError


@breaks(REQUEST_ID)
class RequestIdMissing(Headed):
    def headers(self, answer: Answer) -> dict[str, str | None]:
        return {"X-Request-Id": None}


@breaks(REQUEST_ID)
class RequestIdMissingInErrors(Headed):
    def headers(self, answer: Answer) -> dict[str, str | None]:
        return {"X-Request-Id": None} if answer.status >= 400 else {}


@breaks(REQUEST_ID)
class RequestIdEmpty(Headed):
    def headers(self, answer: Answer) -> dict[str, str | None]:
        return {"X-Request-Id": ""}


@breaks(REQUEST_ID)
class RequestIdConstant(Headed):
    def headers(self, answer: Answer) -> dict[str, str | None]:
        return {"X-Request-Id": "0123456789abcdef0123456789abcdef"}


@breaks(JSON_TYPE)
class PageIsTextHtml(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        answer.headers["Content-Type"] = "text/html; charset=utf-8"


@breaks(JSON_TYPE)
class PageIsTextPlain(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        answer.headers["Content-Type"] = "text/plain"


@breaks(JSON_TYPE)
class ContentTypeMissing(Headed):
    def headers(self, answer: Answer) -> dict[str, str | None]:
        return {"Content-Type": None}


@breaks(JSON_TYPE)
class ErrorIsOctetStream(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        answer.headers["Content-Type"] = "application/octet-stream"


@breaks(UTF_8)
class PageInGbk(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        answer.content = json.dumps(answer.content, ensure_ascii=False).encode("gbk", "replace")


@breaks(UTF_8)
class PageInUtf16(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        answer.content = json.dumps(answer.content, ensure_ascii=False).encode("utf-16")


@breaks("JSON has no NaN.")
class TotalNotANumber(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        answer.content["total"] = answer.content["total"] or float("nan")


@breaks(JSON_TYPE)
class LargePagesCut(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        answer.content = answer.body()[: 2**16]


@breaks(REQUEST_ID)
class RequestIdMissingFromEmptyPages(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        if not answer.content["data"]:
            answer.headers["X-Request-Id"] = None


@breaks(JSON_TYPE)
class FilteredPageIsText(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        if "execution_step_id_list=" in request.query:
            answer.headers["Content-Type"] = "text/plain; charset=utf-8"
