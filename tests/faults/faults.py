"""Every kind of fault, and what the client is to make of it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

from coc_steps import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    CocError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ResponseFormatError,
    ServerError,
    TransportError,
)

from . import answers as a
from .pages import REQUEST_ID
from .server import End

LONG = 5.0
"""The client's timeout where nothing should take long (seconds)."""

SHORT = 0.25
"""The client's timeout where it is to run out (seconds)."""


@dataclass(frozen=True)
class Fails:
    """The error that is to come, and what it is to carry."""

    error: type[CocError]
    status_code: int | None = None
    error_code: str | None = None
    request_id: str | None = REQUEST_ID
    retry_after: float | None = None
    mentions: str = ""


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes:
        name: What happens, in words that fit after "the server".
        answer: What is sent.
        fails: The error when it does not pass; None when it is none at all.
        retried: Whether the client is to try again.
        timeout: The client's timeout (seconds).
        waits: The least that the client is to wait before it tries again (seconds).
    """

    name: str
    answer: a.Answerer
    fails: Fails | None = None
    retried: bool = False
    timeout: float = LONG
    waits: float = 0.0


def _broken(name: str, answer: a.Answerer) -> Fault:
    return Fault(name, answer, Fails(TransportError, request_id=None), retried=True)


def _slow(name: str, answer: a.Answerer) -> Fault:
    fails = Fails(RequestTimeoutError, request_id=None)
    return Fault(name, answer, fails, retried=True, timeout=SHORT)


def _misshapen(name: str, answer: a.Answerer, mentions: str = "") -> Fault:
    return Fault(name, answer, Fails(ResponseFormatError, mentions=mentions))


BROKEN_GZIP = _broken("sends gzip that is broken", a.encoded("gzip", a.gzip_garbage))
CUT_BODY = _broken("sends a body shorter than its length", a.cut("in the body", End.CLOSE))
BROKEN = (
    _broken("resets before the head", a.cut("before the head", End.RESET)),
    _broken("resets inside the head", a.cut("in the head", End.RESET)),
    _broken("resets before the body", a.cut("before the body", End.RESET)),
    _broken("resets inside the body", a.cut("in the body", End.RESET)),
    _broken("closes before the head", a.cut("before the head", End.CLOSE)),
    _broken("closes inside the head", a.cut("in the head", End.CLOSE)),
    CUT_BODY,
    _broken("leaves out the last chunk", a.chunked_cut),
    _broken("sends a chunk size that is no number", a.chunk_size_garbage),
    _broken("sends no HTTP", a.no_http),
    BROKEN_GZIP,
    _broken("sends gzip that is cut", a.encoded("gzip", a.gzip_cut)),
)

HANGING_BODY = _slow("hangs inside the body", a.cut("in the body", End.HANG))
DRIPPING_BODY = _slow("drips the body", a.drip_body)
SLOW = (
    _slow("hangs before the head", a.cut("before the head", End.HANG)),
    HANGING_BODY,
    _slow("drips the head", a.drip_head),
    DRIPPING_BODY,
)

_THROTTLED = Fails(RateLimitError, 429, "APIGW.0308")

BUSY = (
    Fault("answers 429", a.throttled(None), _THROTTLED, retried=True),
    Fault(
        "answers 429, Retry-After 7 seconds",
        a.throttled("7"),
        Fails(RateLimitError, 429, "APIGW.0308", retry_after=7),
        retried=True,
        waits=7,
    ),
    Fault(
        "answers 429, Retry-After a date",
        a.throttled_until(30),
        Fails(RateLimitError, 429, "APIGW.0308", retry_after=30),
        retried=True,
        waits=25,
    ),
    Fault(
        "answers 429, Retry-After a date that is past",
        a.throttled_until(-3600),
        Fails(RateLimitError, 429, "APIGW.0308", retry_after=0),
        retried=True,
    ),
    Fault(
        "answers 429, Retry-After a date beyond all bounds",
        a.throttled(f"Mon, 01 Jan 1{'0' * 30} 00:00:00 GMT"),
        _THROTTLED,
        retried=True,
    ),
    Fault("answers 429, Retry-After without sense", a.throttled("soon"), _THROTTLED, retried=True),
    Fault(
        "answers 500",
        a.status("500 Internal Server Error", a.gateway("APIGW.0601", "Internal error")),
        Fails(ServerError, 500, "APIGW.0601"),
        retried=True,
    ),
    Fault(
        "answers 502 with HTML",
        a.status("502 Bad Gateway", a.HTML_PAGE, kind=a.HTML),
        Fails(ServerError, 502),
        retried=True,
    ),
    Fault(
        "answers 503, Retry-After 7 seconds",
        a.status("503 Service Unavailable", headers={"Retry-After": "7"}),
        Fails(ServerError, 503, retry_after=7),
        retried=True,
        waits=7,
    ),
    Fault(
        "answers 504",
        a.status("504 Gateway Timeout", a.gateway("APIGW.0201", "Backend timeout")),
        Fails(ServerError, 504, "APIGW.0201"),
        retried=True,
    ),
)

REFUSED = (
    Fault(
        "answers 429, Retry-After 90 seconds",
        a.throttled("90"),
        Fails(RateLimitError, 429, "APIGW.0308", retry_after=90),
    ),
    Fault(
        "answers 429, Retry-After a day",
        a.throttled("86400"),
        Fails(RateLimitError, 429, "APIGW.0308", retry_after=86_400),
    ),
    Fault("answers 204", a.no_content, Fails(ResponseFormatError)),
    Fault("answers 206", a.partial_content, Fails(ResponseFormatError)),
    Fault("answers 302 to another origin", a.redirect, Fails(ApiError, 302)),
    Fault("answers 304", a.status("304 Not Modified"), Fails(ApiError, 304)),
    Fault(
        "answers 400 as COC does",
        a.status("400 Bad Request", a.coc("COC.00010002", "The parameter value is invalid")),
        Fails(BadRequestError, 400, "COC.00010002", mentions="COC.00010002"),
    ),
    Fault(
        "answers 400 as the gateway does",
        a.status("400 Bad Request", a.gateway("APIGW.0106", "Orchestration error")),
        Fails(BadRequestError, 400, "APIGW.0106"),
    ),
    Fault(
        "answers 400 with a body that is cut",
        a.status("400 Bad Request", b'{"error_code": "COC.00010002", "err'),
        Fails(BadRequestError, 400),
    ),
    Fault(
        "answers 400 with values of other types",
        a.status("400 Bad Request", {"error_code": 17, "error_msg": ["no"]}),
        Fails(BadRequestError, 400),
    ),
    Fault(
        "answers 400 with JSON that is 100,000 deep",
        a.status("400 Bad Request", a.NESTED),
        Fails(BadRequestError, 400),
    ),
    Fault(
        "answers 400 and says the credentials back",
        a.saying_back,
        Fails(BadRequestError, 400, "APIGW.0106"),
    ),
    Fault(
        "answers 401 with a clock that is years off",
        a.status("401 Unauthorized", headers={"Date": "Tue, 01 Jul 2025 13:01:45 GMT"}),
        Fails(AuthenticationError, 401, mentions="15 minutes"),
    ),
    Fault(
        "answers 401",
        a.status("401 Unauthorized", a.gateway("APIGW.0301", "Incorrect IAM authentication")),
        Fails(AuthenticationError, 401, "APIGW.0301"),
    ),
    Fault(
        "answers 403",
        a.status(
            "403 Forbidden",
            a.coc("APIGW.0302", "No permission") | {"encoded_authorization_message": "XWvhc2N"},
        ),
        Fails(PermissionDeniedError, 403, "APIGW.0302"),
    ),
    Fault(
        "answers 403 with {error: {code, message}}",
        a.status("403 Forbidden", {"error": {"code": "IAM.0003", "message": "Policy"}}),
        Fails(PermissionDeniedError, 403, "IAM.0003", mentions="Policy"),
    ),
    Fault(
        "answers 404 with errorCode and errorMsg",
        a.status("404 Not Found", {"errorCode": "APIGW.0101", "errorMsg": "No such API"}),
        Fails(NotFoundError, 404, "APIGW.0101", mentions="No such API"),
    ),
    Fault(
        "answers 405 without a body",
        a.status("405 Method Not Allowed"),
        Fails(ApiError, 405),
    ),
    Fault(
        "answers 413 with HTML",
        a.status("413 Payload Too Large", a.HTML_PAGE, kind=a.HTML),
        Fails(ApiError, 413),
    ),
    Fault(
        "answers 494",
        a.status("494 Request Header Too Large", a.gateway("APIGW.0201", "Header too large")),
        Fails(ApiError, 494, "APIGW.0201"),
    ),
    Fault("answers 499", a.status("499 Client Closed Request"), Fails(ApiError, 499)),
    Fault("answers 520", a.status("520 Unknown", b"<>", kind=a.HTML), Fails(ServerError, 520)),
    Fault(
        "answers 200 with a failure code",
        a.text(b'{"error_code": "COC.00040701", "error_msg": "no permission"}'),
        Fails(ApiError, 200, "COC.00040701", mentions="no permission"),
    ),
    Fault(
        "answers 200 with a failure code and data",
        a.ok(lambda page: page.json(error_code="COC.00040701", error_msg="no permission")),
        Fails(ApiError, 200, "COC.00040701"),
    ),
)

MISSHAPEN = (
    _misshapen("sends JSON that is cut", a.ok(lambda page: page.json()[:-200])),
    _misshapen("sends an empty body", a.text(b"")),
    _misshapen("sends HTML", a.text(a.HTML_PAGE, a.HTML)),
    _misshapen("sends a JSON array", a.text(b"[]")),
    _misshapen("sends a JSON string", a.text(b'"data"')),
    _misshapen("sends a JSON number", a.text(b"24")),
    _misshapen("sends the JSON null", a.text(b"null")),
    _misshapen("sends NaN", a.nan),
    _misshapen("sends JSON that is 100,000 deep", a.text(a.DEEP)),
    _misshapen("sends invalid UTF-8", a.invalid_utf8),
    _misshapen(
        "sends a number for an id",
        a.ok(lambda page: page.json_with(3, execution_step_id=7)),
        "$.data[3].execution_step_id",
    ),
    _misshapen("sends a string for the total", a.ok(lambda page: page.json(total="24")), "$.total"),
    _misshapen("sends an object for the data", a.ok(lambda page: page.json(data={})), "$.data"),
    _misshapen(
        "sends null for a step",
        a.ok(lambda page: page.json(data=[*page.data[:2], None, *page.data[3:]])),
        "$.data[2]",
    ),
    _misshapen("sends {}", a.text(b"{}")),
    _misshapen("leaves out the data", a.text(b'{"total": 24}'), "data"),
    _misshapen("sends null for the data", a.text(a.NULL_DATA), "data"),
)

HARMLESS = (
    Fault("is honest", a.honest),
    Fault("sends gzip", a.encoded("gzip", lambda body: gzip.compress(body, mtime=0))),
    Fault("sends deflate", a.encoded("deflate", a.deflate)),
    Fault("sends chunks", a.chunked),
    Fault("sends a body that ends with the connection", a.until_close),
    Fault("closes after each answer and says so", a.connection_close),
    Fault("sends early hints first", a.early_hints),
    Fault(
        "sends a number for a name",
        a.ok(lambda page: page.json(data=[{**step, "name": 7} for step in page.data])),
    ),
    Fault("calls its JSON text/html", a.ok(lambda page: page.json(), a.HTML)),
    Fault(
        "answers 200 with a success code",
        a.ok(lambda page: page.json(error_code="COC.00000000", error_msg="success")),
    ),
    Fault(
        "answers 200 with null for the code",
        a.ok(lambda page: page.json(error_code=None, error_msg=None)),
    ),
)

# Whether the client sees that the connection is gone before it sends again is a race.
RACING = Fault("closes after each answer without saying so", a.closed_afterwards)
NOBODY = Fault("refuses the connection", a.honest, Fails(TransportError, request_id=None))
EMPTY = Fault("sends null for the data and 0 for the total", a.text(a.EMPTY_PAGE))
