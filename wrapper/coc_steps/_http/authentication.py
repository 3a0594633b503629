"""Authenticates a request of any kind: the client's, the raw layer's, the conformance check's."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from coc_steps._huawei.credentials import (
    AsyncCredentialsProvider,
    Credentials,
    checked_credentials,
)
from coc_steps._huawei.refresh import ask_in_event_loop

from .library import httpx

Refusal = Callable[[Credentials, httpx.Response], None]

# A request may go through here again, with other credentials; two ways at once are not allowed.
_REPLACED = ("Authorization", "X-Auth-Token", "X-Sdk-Date", "X-Security-Token")


class CredentialsAuth(httpx.Auth):
    """Signs the requests of an httpx client, as the generated client needs it.

    Each request is sent once, also after a 401. Refused credentials are not remembered: the next
    request is sent with them. Use it with a client that does not follow redirects (httpx's
    default), because httpx takes all headers but Authorization along to another origin.

    Args:
        provider: Asked for the credentials before each request. In an async client it may also
            return an awaitable of them.
        refused: Told of an answer 401, with the credentials that it refuses.

    Example:
        >>> httpx.Client(auth=CredentialsAuth(lambda: AuthToken("...")))  # doctest: +SKIP
    """

    requires_request_body = True

    def __init__(
        self, provider: AsyncCredentialsProvider, *, refused: Refusal | None = None
    ) -> None:
        self._provider = provider
        self._refused = refused

    def __repr__(self) -> str:
        return "CredentialsAuth(...)"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Authenticate the request and send it once."""
        credentials = checked_credentials(self._provider())
        authenticate(request, credentials)
        self._look_at((yield request), credentials)

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do the same in an async client, waiting for the credentials if need be."""
        await request.aread()
        provided = ask_in_event_loop(self._provider)
        credentials = checked_credentials(
            await provided if inspect.isawaitable(provided) else provided
        )
        authenticate(request, credentials)
        self._look_at((yield request), credentials)

    def _look_at(self, response: httpx.Response, credentials: Credentials) -> None:
        if self._refused and response.status_code == HTTPStatus.UNAUTHORIZED:
            self._refused(credentials, response)


def authenticate(request: Any, credentials: Credentials) -> None:
    """Authenticate a request that is otherwise ready, byte for byte as it will go out.

    Args:
        request: A request of httpx or a library with the same names, its body read.
        credentials: What it is to be authenticated with.
    """
    headers = request.headers
    for name in _REPLACED:
        if name in headers:
            del headers[name]
    headers.update(
        added_headers(request.url, headers["Host"], credentials, request.method, request.content)
    )


def added_headers(
    url: httpx.URL, host: str, credentials: Credentials, method: str = "GET", body: bytes = b""
) -> dict[str, str]:
    """Return the headers that authenticate a request, byte for byte as it will go out."""
    return credentials.headers(
        method=method,
        host=host,
        target=url.raw_path.decode("ascii"),
        now=datetime.now(UTC),
        body=body,
    )
