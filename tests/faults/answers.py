"""Every answer that the server can give to a request for a page: what is sent, byte for byte."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from .pages import REQUEST_ID, TOTAL, Page
from .server import Answer, Drip, End

Answerer = Callable[[Page], Answer]

JSON = "application/json"
HTML = "text/html"
HTML_PAGE = b"<html><body><h1>Bad Gateway</h1></body></html>"

DRIPPED = 60
"""How many bytes of an answer are dripped: three seconds' worth (count)."""


def message(
    body: bytes,
    *,
    status: str = "200 OK",
    kind: str = JSON,
    headers: dict[str, str] | None = None,
) -> bytes:
    """Build a whole answer."""
    fields = {"Content-Type": kind, "Content-Length": str(len(body)), "X-Request-Id": REQUEST_ID}
    if b"request_id" in body:
        # The gateway is taken at its least: the id in the body alone.
        del fields["X-Request-Id"]
    return head(status, fields | (headers or {})) + body


def head(status: str, fields: dict[str, str]) -> bytes:
    """Build the head of an answer."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def honest(page: Page) -> Answer:
    return [message(page.json())]


# --- a 200 with another body, another type or another head


def ok(body: Callable[[Page], bytes], kind: str = JSON) -> Answerer:
    """Answer 200 with this body."""
    return lambda page: [message(body(page), kind=kind)]


def text(body: bytes, kind: str = JSON) -> Answerer:
    """Answer 200 with this fixed body."""
    return ok(lambda _: body, kind)


def nan(page: Page) -> Answer:
    return [message(page.json().replace(b'"total": 24', b'"total": NaN'))]


def invalid_utf8(page: Page) -> Answer:
    return [message(page.json().replace(b"runbook", b"run\xff\xfeok"))]


def early_hints(page: Page) -> Answer:
    return [head("103 Early Hints", {"Link": "</style.css>"}), message(page.json())]


def connection_close(page: Page) -> Answer:
    return [message(page.json(), headers={"Connection": "close"}), End.CLOSE]


def closed_afterwards(page: Page) -> Answer:
    return [message(page.json()), End.CLOSE]


def until_close(page: Page) -> Answer:
    """Return a body without a length, which ends where the connection does."""
    return [head("200 OK", {"Content-Type": JSON}) + page.json(), End.CLOSE]


# --- encodings


def encoded(coding: str, encode: Callable[[bytes], bytes]) -> Answerer:
    """Answer with a body in a content coding."""
    return lambda page: [message(encode(page.json()), headers={"Content-Encoding": coding})]


def gzip_cut(body: bytes) -> bytes:
    packed = gzip.compress(body, mtime=0)
    return packed[: len(packed) // 2]


def gzip_garbage(body: bytes) -> bytes:
    return b"\x1f\x8b" + body


def deflate(body: bytes) -> bytes:
    return zlib.compress(body)


CHUNKED_HEAD = head(
    "200 OK",
    {"Content-Type": JSON, "Transfer-Encoding": "chunked", "X-Request-Id": REQUEST_ID},
)


def _chunks(body: bytes) -> bytes:
    pieces = [body[at : at + 500] for at in range(0, len(body), 500)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def chunked(page: Page) -> Answer:
    return [CHUNKED_HEAD + _chunks(page.json()) + b"0\r\n\r\n"]


def chunked_cut(page: Page) -> Answer:
    """Leave out the last chunk: every step is there, but nothing says that this is all."""
    return [CHUNKED_HEAD + _chunks(page.json()), End.CLOSE]


def chunk_size_garbage(page: Page) -> Answer:
    return [CHUNKED_HEAD + b"zz\r\n" + page.json() + b"\r\n0\r\n\r\n", End.CLOSE]


# --- connections that break, hang or drip


def cut(place: str, end: End) -> Answerer:
    """Send nothing, half of the head, or the head and half of the body; then end."""

    def answer(page: Page) -> Answer:
        body = page.json()
        whole = message(body)
        sent = {
            "before the head": 0,
            "in the head": 30,
            "before the body": len(whole) - len(body),
            "in the body": len(whole) - len(body) // 2,
        }[place]
        return [whole[:sent], end]

    return answer


def no_http(page: Page) -> Answer:
    return [b"\x15\x03\x01\x00\x02\x02\x46 this is not HTTP\r\n\r\n", End.CLOSE]


def drip_head(page: Page) -> Answer:
    whole = message(page.json())
    return [Drip(whole[:DRIPPED]), whole[DRIPPED:]]


def drip_body(page: Page) -> Answer:
    whole = message(page.json())
    start = len(whole) - len(page.json())
    return [whole[:start], Drip(whole[start : start + DRIPPED]), whole[start + DRIPPED :]]


# --- failures that say so


def status(
    line: str,
    body: bytes | dict[str, object] = b"",
    *,
    kind: str = JSON,
    headers: dict[str, str] | None = None,
) -> Answerer:
    """Answer with a status, and a body if there is one."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: [message(data, status=line, kind=kind, headers=headers)]


def saying_back(page: Page) -> Answer:
    """Refuse as a careless gateway does: with what it was sent, the credentials included."""
    return status("400 Bad Request", gateway("APIGW.0106", page.said))(page)


def no_content(page: Page) -> Answer:
    return [head("204 No Content", {"X-Request-Id": REQUEST_ID})]


def partial_content(page: Page) -> Answer:
    return [message(page.json(), status="206 Partial Content")]


def redirect(page: Page) -> Answer:
    target = f"{page.elsewhere}/v1/executions/elsewhere/steps"
    return [message(b"", status="302 Found", headers={"Location": target})]


def coc(code: str, words: str) -> dict[str, object]:
    """Build COC's own error body."""
    return {"error_code": code, "error_msg": words}


def gateway(code: str, words: str) -> dict[str, object]:
    """Build the gateway's error body, which has the request id in it."""
    return coc(code, words) | {"request_id": REQUEST_ID}


THROTTLED = gateway("APIGW.0308", "The throttling threshold has been reached: policy user")


def throttled(retry_after: str | None) -> Answerer:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return status("429 Too Many Requests", THROTTLED, headers=headers)


def throttled_until(seconds: float) -> Answerer:
    """Throttle, with a Retry-After that is a date, so many seconds from when it is sent."""

    def answer(page: Page) -> Answer:
        when = datetime.now(UTC) + timedelta(seconds=seconds)
        return throttled(format_datetime(when, usegmt=True))(page)

    return answer


NESTED = b"[" * 100_000 + b"]" * 100_000
DEEP = b'{"data": [], "total": 24, "extra": ' + NESTED + b"}"
EMPTY_PAGE = b'{"data": null, "total": 0}'
NULL_DATA = b'{"data": null, "total": %d}' % TOTAL
