"""The one way out: signs, paces, counts, waits when told to, and keeps what was answered.

It is an authentication of `requests`, so that schemathesis sends through it as our own probes do.
"""

from __future__ import annotations

import re
import threading
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.auth import AuthBase

from coc_steps._responses import retry_after, without

from .exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest, Response

    from coc_steps._credentials import Credentials

USER_AGENT = "coc-steps-conform"
_MASK = "***"
_SECRET_HEADERS = frozenset({"authorization", "x-auth-token", "x-security-token"})
_KEY_AND_SIGNATURE = re.compile(r"Access=([^,]+)|Signature=([0-9a-f]+)")
_TRY_LATER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_MAX_TRIES = 5
_BACKOFF = 0.05
"""How long to wait after the first 429 that does not say how long (seconds); it doubles."""
_MAX_WAIT = 30.0
"""The longest Retry-After that is honoured (seconds)."""
_PATIENCE = 120.0
"""After so much waiting in all, what is refused stays refused (seconds)."""
_HOPE = 3
"""After so many throttled requests in a row, each tried often, the next one is tried once."""


class Stopped(Exception):  # noqa: N818 - the run ends, which is no error
    """Nothing more is sent."""


class Wire(AuthBase):
    """Authenticates what is sent, and sees what comes back.

    Args:
        credentials: Asked for the credentials before each request.
        rate: The most requests in a second; None means no limit.
        max_requests: The most requests in all, tries included; None means no limit.
        stop_at_401: Whether the first answer 401 is the end.
        profile: Goes into the User-Agent, so that the server can tell what this is.
        clock: Gives a time that only grows (seconds).
        sleep: Waits (seconds).
    """

    def __init__(
        self,
        credentials: Callable[[], Credentials],
        *,
        rate: float | None = None,
        max_requests: int | None = None,
        stop_at_401: bool = False,
        profile: str = "full",
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.exchanges: list[Exchange] = []
        self.count = 0
        self.stopped: str | None = None
        self.credentials = credentials
        self._interval = 1 / rate if rate else 0.0
        self._max_requests = max_requests
        self._stop_at_401 = stop_at_401
        self.agent = f"{USER_AGENT} ({profile})"
        self._clock = clock
        self._sleep = sleep
        self._next = clock()
        self._secrets: set[str] = set()
        self._waited = 0.0
        self._refused_in_a_row = 0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.count} requests>"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Let a request out: authenticated, at its time, and if there is one left.

        Raises:
            Stopped: There is none.
        """
        self._take_turn()
        request.headers["User-Agent"] = self.agent
        self._authenticate(request)
        # A copy that is sent again has the hook already.
        hooks = request.hooks["response"]
        if self._answered not in hooks:
            request.register_hook("response", self._answered)
        return request

    def mask(self, text: str) -> str:
        """Return a text without the secrets that were used so far."""
        return without(tuple(self._secrets), text)

    def exchange(
        self, request: PreparedRequest, status: int, headers: Any, body: bytes
    ) -> Exchange:
        """Return a request and its answer with the secrets masked."""
        secrets = (*self._secrets, *_sent_secrets(request))
        received = {str(name).lower(): str(value) for name, value in headers.items()}
        text = body.decode("utf-8", "surrogateescape")
        places = {"the body": text, **{f"the header {name}": received[name] for name in received}}
        return Exchange(
            method=str(request.method),
            url=str(request.url),
            sent=_public(request),
            status=status,
            headers={name: without(secrets, value) for name, value in received.items()},
            body=without(secrets, text).encode("utf-8", "surrogateescape"),
            leaked=tuple(name for name, said in places.items() if without(secrets, said) != said),
        )

    def _take_turn(self) -> None:
        with self._lock:
            if self.stopped is None and self.count == self._max_requests:
                self.stopped = f"the limit of {self._max_requests} requests was reached"
            if self.stopped is not None:
                raise Stopped(self.stopped)
            self.count += 1
            wait = self._next - self._clock()
            if wait > 0:
                self._sleep(wait)
            self._next = max(self._next, self._clock()) + self._interval

    def _authenticate(self, request: PreparedRequest) -> None:
        credentials = self.credentials()
        added = credentials.headers(
            method=str(request.method),
            host=urlsplit(str(request.url)).netloc,
            target=request.path_url,
            now=datetime.now(UTC),
            body=_bytes(request.body),
        )
        request.headers.update(added)
        self._secrets.update(credentials.secrets())

    def _answered(self, response: Response, **options: Any) -> Response:
        """Look at an answer; send the request again if the server wants that later."""
        for tries in range(_MAX_TRIES - 1):
            wait = _wait(response, tries)
            if wait is None or self.stopped is not None or self._is_hopeless():
                break
            self._waited += wait
            response.content  # noqa: B018 - reads it to the end, which frees the connection
            response.close()
            self._sleep(wait)
            again = self(response.request.copy())
            response = response.connection.send(again, **options)
            response.request = again
        self._keep(response)
        return response

    def _is_hopeless(self) -> bool:
        return self._waited > _PATIENCE or self._refused_in_a_row >= _HOPE

    def _keep(self, response: Response) -> None:
        throttled = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        self._refused_in_a_row = self._refused_in_a_row + 1 if throttled else 0
        if response.status_code == HTTPStatus.UNAUTHORIZED and self._stop_at_401:
            self.stopped = "the server refused the credentials"
        self.exchanges.append(
            self.exchange(
                response.request, response.status_code, response.headers, response.content
            )
        )


def _wait(response: Response, tries: int) -> float | None:
    """Return how long to wait before the next try (seconds), or None for no next try."""
    if response.status_code not in _TRY_LATER:
        return None
    asked: float | None = retry_after(response.headers.get("Retry-After"))
    if asked is None and response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return _BACKOFF * float(2**tries)
    return asked if asked is not None and asked <= _MAX_WAIT else None


def _sent_secrets(request: PreparedRequest) -> list[str]:
    """Return what authenticates a request: a token, or the key and the signature."""
    signed = _KEY_AND_SIGNATURE.findall(str(request.headers.get("Authorization", "")))
    sent = [
        str(request.headers.get("X-Auth-Token", "")),
        *(part for pair in signed for part in pair),
    ]
    return [secret for secret in sent if secret]


def _public(request: PreparedRequest) -> dict[str, str]:
    return {
        name: _MASK if name.lower() in _SECRET_HEADERS else str(value)
        for name, value in request.headers.items()
        if name.lower() not in ("connection", "content-length")
    }


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else bytes(body)
