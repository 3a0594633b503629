"""What HTTP leaves to a server."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, ClassVar

from coc_steps.mock import throttle

from conformance.servers import Edited

from .registry import Variation, honest, vary

if TYPE_CHECKING:
    from coc_steps._json import Json
    from coc_steps.mock import Answer, Request


class Headed(Edited):
    """Sends further headers with every answer."""

    further: ClassVar[dict[str, str]]

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        answer.headers |= self.further
        return answer


@honest("A body may come in chunks.")
class Chunked(Headed):
    further: ClassVar[dict[str, str]] = {"Transfer-Encoding": "chunked"}


@honest("A server may close the connection after each answer.")
class ConnectionClosed(Headed):
    further: ClassVar[dict[str, str]] = {"Connection": "close"}


@honest("A media type may have parameters.")
class CharsetNamed(Headed):
    further: ClassVar[dict[str, str]] = {"Content-Type": "application/json;charset=UTF-8"}


@honest("Further headers are for whom they concern.")
class FurtherHeaders(Headed):
    further: ClassVar[dict[str, str]] = {
        "Server": "api-gateway",
        "Cache-Control": "no-store",
        "X-Ratelimit-Limit": "remain:199,limit:200,time:1 second",
        "X-Frame-Options": "SAMEORIGIN",
    }


@honest("A request id may be of any form.")
class OtherRequestIds(Edited):
    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        answer.headers["X-Request-Id"] = f"req-{request.number}"
        content: Json = answer.content
        if isinstance(content, dict) and "request_id" in content:
            content["request_id"] = answer.headers["X-Request-Id"]
        return answer


@honest("A body may be compressed for those who accept it.")
class Compressed(Edited):
    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            answer.content = gzip.compress(answer.body(), mtime=0)
            answer.headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return answer


THROTTLED = "The gateway throttles, with 429."

vary(
    Variation(
        "throttled-now-and-then",
        "transport",
        THROTTLED,
        {"faults": [throttle(10, retry_after="0")]},
    )
)
vary(
    Variation(
        "throttled-for-a-second",
        "transport",
        THROTTLED,
        {"faults": [throttle(25, retry_after="1")]},
    )
)
vary(
    Variation(
        "throttled-without-a-word",
        "transport",
        THROTTLED,
        {"faults": [throttle(25, retry_after=None)]},
    )
)
vary(
    Variation(
        "throttled-until-a-date",
        "transport",
        THROTTLED,
        {"faults": [throttle(25, retry_after="Wed, 21 Oct 2015 07:28:00 GMT")]},
    )
)


@honest("A page may be compressed and come in chunks.")
class CompressedChunks(Compressed):
    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        answer.headers["Transfer-Encoding"] = "chunked"
        return answer
