"""Credentials for any httpx client."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from coc_steps._huawei.credentials import AsyncCredentialsProvider, Credentials, checked_credentials

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator

    Refusal = Callable[[Credentials, httpx.Response], None]

# A request may go through here again, with other credentials; two ways at once are not allowed.
_REPLACED = ("Authorization", "X-Auth-Token", "X-Sdk-Date", "X-Security-Token")


class CredentialsAuth(httpx.Auth):
    """Signs the requests of an httpx client, as the generated client needs it.

    Each request is sent once, whatever is answered: credentials that were refused are not tried
    again. Use it with a client that does not follow redirects (httpx's default), because httpx
    takes all headers but Authorization along to another origin.

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
        credentials = authenticate(request, self._provider())
        self._look_at((yield request), credentials)

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do the same in an async client, waiting for the credentials if need be."""
        await request.aread()
        credentials = self._provider()
        if inspect.isawaitable(credentials):
            credentials = await credentials
        checked = authenticate(request, credentials)
        self._look_at((yield request), checked)

    def _look_at(self, response: httpx.Response, credentials: Credentials) -> None:
        if self._refused and response.status_code == HTTPStatus.UNAUTHORIZED:
            self._refused(credentials, response)


def authenticate(request: httpx.Request, credentials: object) -> Credentials:
    """Authenticate a request that is otherwise ready, byte for byte as it will go out.

    Raises:
        TypeError: These are no credentials.
    """
    checked = checked_credentials(credentials)
    for name in _REPLACED:
        request.headers.pop(name, None)
    request.headers.update(
        checked.headers(
            method=request.method,
            host=request.headers["Host"],
            target=request.url.raw_path.decode(),
            now=datetime.now(UTC),
            body=request.content,
        )
    )
    return checked
