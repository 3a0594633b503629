"""A request and its answer, with whatever is secret taken out."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coc_steps._json import Json

SHOWN = 4_000
"""Of a body in a report (characters)."""
TOKEN = "$COC_AUTH_TOKEN"  # noqa: S105 - the name of the variable that has it
"""Stands for the token of a request: a shell fills it in."""

_DEEPEST = 200
"""Of nested JSON; what nests deeper would exhaust the stack of whoever walks through it."""
_TICKET = re.compile(r"/executions/([^/?]+)/steps")
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
        authorized: Whether it was sent with the valid credentials.
        foreign: Whether somebody in front of the service seems to have given the answer.
    """

    method: str
    url: str
    sent: Mapping[str, str] = field(repr=False)
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    leaked: tuple[str, ...] = ()
    authorized: bool = True
    foreign: bool = False

    @cached_property
    def json(self) -> Json:
        """The parsed body; None also when it is no JSON."""
        return self._parsed[0]

    @property
    def repeated_keys(self) -> list[str]:
        """The keys that an object of the body has more than once."""
        return self._parsed[1]

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON, be it null."""
        return self.json is not None or self.body.strip() == b"null"

    @property
    def is_error(self) -> bool:
        """Whether the status says that the request was refused, or failed."""
        return self.status >= HTTPStatus.BAD_REQUEST

    @property
    def is_busy(self) -> bool:
        """Whether this is an outage, or throttling, which says nothing of the contract."""
        return self.foreign or self.status in _BUSY

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
    def execution_id(self) -> str:
        """The ticket that was asked for, or nothing."""
        found = _TICKET.search(urlsplit(self.url).path)
        return unquote(found[1]) if found else ""

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
        """The command that sends the request again.

        A token is taken from the environment; what was signed is signed anew by our own command.
        """
        if self.authorized and TOKEN not in self.sent.values():
            method = [] if self.method == "GET" else ["--method", self.method]
            return shlex.join(["coc-steps", "conform", "--send", self.url, *method])
        words = ["curl --globoff --path-as-is --compressed"]
        if self.method != "GET":
            words.append(f"-X {self.method}")
        words += [f"-H {_quoted(f'{name}: {value}')}" for name, value in self.sent.items()]
        return " ".join([*words, shlex.quote(self.url)])

    @cached_property
    def _parsed(self) -> tuple[Json, list[str]]:
        repeated: list[str] = []

        def build(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
            built = dict(pairs)
            if len(built) < len(pairs):
                keys = [key for key, _ in pairs]
                repeated.extend(sorted({key for key in keys if keys.count(key) > 1}))
            return built

        try:
            parsed: Json = json.loads(
                self.body.decode(), object_pairs_hook=build, parse_constant=_refuse
            )
        except (ValueError, RecursionError):
            return None, []
        return (None, []) if _is_deep(parsed) else (parsed, repeated)


def _quoted(text: str) -> str:
    # In double quotes a shell fills the variable in.
    return f'"{text}"' if text.endswith(f": {TOKEN}") else shlex.quote(text)


def _is_deep(value: Json, left: int = _DEEPEST) -> bool:
    if not isinstance(value, dict | list):
        return False
    children = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_is_deep(child, left - 1) for child in children)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
