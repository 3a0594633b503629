"""From an answer to a page, or to the error that it is."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count, repeat
from typing import TYPE_CHECKING

import msgspec

from coc_steps.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ResponseFormatError,
    ServerError,
)

from .fields import decode
from .model import Body, Step, StepPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coc_steps._json import Json

_OK = 200
_SHOWN = 500  # characters of the vendor's words in an error
_SKEW = 15 * 60  # seconds; the vendor refuses a signature that is older
_BY_STATUS = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    429: RateLimitError,
}
_HINTS = {
    400: "check the execution id: COC refuses an unknown one with this status",
    401: "check the credentials; nothing more is sent with them, since the vendor locks a key "
    "after more than five failures",
    403: "the credentials need the permission coc:execution:listExecutionStep",
    404: "check the base URL and the execution id",
    429: "the gateway throttles; ask less often or with a larger page_size",
}
# For an answer that may be of anybody between here and there.
_NEUTRAL_HINTS = {
    401: "nothing more is sent with these credentials, since the vendor locks a key after more "
    "than five failures",
    407: "the proxy asks for a user and a password: put them into its address",
}
_FIRST_WORDS = 80  # characters of a stranger's words in an error
_TAG = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read to its end.

    Attributes:
        status: The HTTP status.
        headers: Its headers; names in any case.
        content: Its body, decompressed.
        what: The request, as an error names it: method and path.
        offset: Where the window asked for starts.
        secrets: What must not come out in an error, should the server say it back.
        proxy: The proxy that was asked, if one was, as an error names it.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    what: str
    offset: int
    secrets: tuple[str, ...] = ()
    proxy: str | None = None

    @property
    def request_id(self) -> str | None:
        """The id in the header; the gateway's errors have it in the body, too."""
        return without(self.secrets, self.headers.get("x-request-id", "")) or None


def read_page(answer: Answer) -> StepPage:
    """Read a page from an answer.

    Raises:
        ApiError: A status other than success, or a success that carries a failure code.
        ResponseFormatError: A success that is not what the description says.
    """
    if not 200 <= answer.status < 300:
        raise api_error(answer)
    try:
        return _page(answer)
    except ResponseFormatError as error:
        problem = str(error)
    if is_failure_code(_parts(answer).get("code")):
        raise api_error(answer)
    if answer.content.lstrip()[:1] not in (b"{", b"["):
        problem = f"{problem}; {_stranger(answer)}".rstrip("; ")
    raise ResponseFormatError(f"{answer.what}: {problem}", request_id=answer.request_id)


def _page(answer: Answer) -> StepPage:
    if answer.status != _OK:
        raise ResponseFormatError(f"status {answer.status} brings no page")
    page = decode(answer.content)
    if is_failure_code(page.error_code):
        raise api_error(answer)
    if page.data is None and page.total != 0:
        raise ResponseFormatError("a success without data at $.data, though total is not 0")
    body = Body(answer.content)
    return StepPage(
        list(map(Step, page.data or (), repeat(body), count())),
        body,
        total=page.total,
        offset=answer.offset,
        request_id=answer.request_id,
    )


def is_failure_code(code: str | None) -> bool:
    """Whether a code is one of failure: sibling APIs answer a success with COC.00000000."""
    if not code:
        return False
    return {char for char in code if char.isdigit()} != {"0"}


def api_error(answer: Answer) -> ApiError:
    """Return the error of an answer that is not a success."""
    status, parts = answer.status, _parts(answer)
    kind = _BY_STATUS.get(status, ServerError if 500 <= status < 600 else ApiError)
    if parts or answer.content.strip() in (b"", b"{}"):
        said = ": ".join(part for part in (parts.get("code"), parts.get("msg")) if part)
        hint = (status == 401 and _skew(answer)) or _HINTS.get(status)
    else:
        said, hint = _stranger(answer), _NEUTRAL_HINTS.get(status)
    if 300 <= status < 400:
        hint = "redirects are not followed, since credentials must not go elsewhere"
    lines = [f"{answer.what}: status {status}", said, hint]
    return kind(
        "; ".join(line for line in lines if line),
        status_code=status,
        error_code=parts.get("code"),
        error_msg=parts.get("msg"),
        request_id=answer.request_id or parts.get("request_id"),
        retry_after=retry_after(answer.headers.get("retry-after")),
    )


def _stranger(answer: Answer) -> str:
    """Return who seems to have answered, where the body is none of the platform's errors."""
    said = ""
    if answer.content.strip():
        text = answer.content[: 4 * _SHOWN].decode("utf-8", "replace")
        words = " ".join(_TAG.sub(" ", without(answer.secrets, text)).split())[:_FIRST_WORDS]
        kind = without(answer.secrets, answer.headers.get("content-type", "").partition(";")[0])
        said = f"not an answer of the platform{kind and ', but '}{kind}: {words!r}"
    through = f"asked through {answer.proxy}" if answer.proxy else ""
    return "; ".join(filter(None, (said, through)))


def _parts(answer: Answer) -> dict[str, str]:
    """Find code, message and request id in an error body, in the shapes seen of the platform."""
    try:
        body: Json = msgspec.json.decode(answer.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    if not isinstance(body, dict):
        return {}
    inner = body.get("error")
    inner = inner if isinstance(inner, dict) else {}
    found = {
        "code": body.get("error_code") or body.get("errorCode") or inner.get("code"),
        "msg": body.get("error_msg") or body.get("errorMsg") or inner.get("message"),
        "request_id": body.get("request_id"),
    }
    return {
        name: without(answer.secrets, value)[:_SHOWN]
        for name, value in found.items()
        if isinstance(value, str)
    }


def without(secrets: tuple[str, ...], text: str) -> str:
    """Take secrets out of what a server said."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


def _skew(answer: Answer) -> str | None:
    date = _http_date(answer.headers.get("date"))
    if date is None or abs((date - datetime.now(UTC)).total_seconds()) <= _SKEW:
        return None
    return (
        f"the server's clock says {date:%Y-%m-%d %H:%M:%S} UTC, more than 15 minutes from this "
        "machine's: set the clock, or the signature is refused"
    )


def retry_after(value: str | None) -> float | None:
    """Read Retry-After (RFC 9110, 10.2.3): seconds, or a date."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        date = _http_date(value)
        return None if date is None else max(0.0, (date - datetime.now(UTC)).total_seconds())
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _http_date(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        date = parsedate_to_datetime(value)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
