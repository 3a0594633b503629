"""Requests and answers as the mock sees them: plain values, without I/O."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from starlette.datastructures import Headers


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came over the wire.

    Attributes:
        number: The place of the request among all that the server got, from 1.
        id: The request id; the answer carries it as X-Request-Id.
        method: The HTTP method.
        target: Path and query, still percent-encoded.
        headers: The headers, by name in any case.
        body: The body, most likely empty.
    """

    number: int
    id: str
    method: str
    target: str
    headers: Headers = field(repr=False)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, still percent-encoded, so that an encoded slash is not a slash."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query without its question mark, still percent-encoded."""
        return self.target.partition("?")[2]


@dataclass(slots=True)
class Answer:
    """An answer to be sent.

    Attributes:
        status: The HTTP status.
        content: What becomes the JSON body; bytes go out as they are.
        headers: Further headers, or other values for those that every answer has; None leaves
            one of these out.
    """

    status: int
    content: Any
    headers: dict[str, str | None] = field(default_factory=dict[str, str | None])

    def body(self) -> bytes:
        """Return the body as bytes."""
        if isinstance(self.content, bytes):
            return self.content
        return json.dumps(self.content, ensure_ascii=False, separators=(",", ":")).encode()


Handler: TypeAlias = Callable[[Request], Answer]
"""Answers requests."""

Fault: TypeAlias = Callable[[Handler], Handler]
"""Wraps a handler into one that sometimes answers otherwise."""


class Refusal(Exception):  # noqa: N818 - a refused request is no error of the mock
    """The request is refused, with one of the vendor's codes.

    Args:
        status: The HTTP status.
        code: The vendor's code. The gateway's (APIGW...) come with the request id in the body.
        message: What is wrong. It never repeats what the request said.
        headers: Further headers of the answer.
    """

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers: dict[str, str | None] = dict(headers or {})

    def answer(self, request: Request) -> Answer:
        """Return the refusal as an answer to a request."""
        content = {"error_code": self.code, "error_msg": self.message}
        if self.code.startswith("APIGW."):
            content["request_id"] = request.id
        return Answer(self.status, content, self.headers)
