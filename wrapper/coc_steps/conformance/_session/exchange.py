"""A request and its answer, with whatever is secret taken out."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coc_steps._json import Json

SHOWN = 4_000
"""Of a body in a report (characters)."""

_BUSY = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)


@dataclass(frozen=True)
class Exchange:
    """A request and its answer.

    Attributes:
        method: The HTTP method.
        url: The whole address.
        sent: The headers of the request; what authenticates it is masked.
        status: The HTTP status.
        headers: The headers of the answer, by lowercase name.
        body: The body of the answer.
        leaked: Where the answer gave a credential away; there it is masked, too.
    """

    method: str
    url: str
    sent: Mapping[str, str] = field(repr=False)
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    leaked: tuple[str, ...] = ()

    @cached_property
    def json(self) -> Json:
        """The parsed body; None also when it is no JSON."""
        try:
            parsed: Json = json.loads(self.body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return None
        return parsed

    @property
    def is_error(self) -> bool:
        """Whether the status says that the request was refused, or failed."""
        return self.status >= HTTPStatus.BAD_REQUEST

    @property
    def is_busy(self) -> bool:
        """Whether the server was throttling or out of order, which says nothing of the contract."""
        return self.status in _BUSY

    @property
    def is_crash(self) -> bool:
        """Whether the server failed, and not only for now."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not self.is_busy

    @property
    def text(self) -> str:
        """The body as a text."""
        return self.body.decode("utf-8", "replace")

    @property
    def query(self) -> list[tuple[str, str]]:
        """The decoded query parameters, in the order of the wire."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True)

    @property
    def request_id(self) -> str:
        """The request id of the answer, or nothing."""
        return self.headers.get("x-request-id", "")

    @property
    def success(self) -> dict[str, Json] | None:
        """The body of a successful GET, or None if this is none."""
        if self.method == "GET" and self.status == HTTPStatus.OK and isinstance(self.json, dict):
            return self.json
        return None

    @property
    def steps(self) -> list[dict[str, Json]]:
        """The steps of a successful GET, as far as they are objects."""
        data = (self.success or {}).get("data")
        items = data if isinstance(data, list) else []
        return [item for item in items if isinstance(item, dict)]

    @property
    def curl(self) -> str:
        """The request as a command to paste, with the credential left out."""
        words = ["curl", "--globoff", "--path-as-is"]
        if self.method != "GET":
            words += ["-X", self.method]
        for name, value in self.sent.items():
            words += ["-H", f"{name}: {value}"]
        return shlex.join([*words, self.url])


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
