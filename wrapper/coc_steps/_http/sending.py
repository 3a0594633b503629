"""Sends one try: authenticate, send, read, all of it bounded in time and in bytes.

A sender has connections of its own, or uses a client that was passed in. In another process, or on
another event loop, those from before are left alone: its own are made anew.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coc_steps.errors import CocError

from .authentication import added_headers, authenticate
from .body import ACCEPT_ENCODING, Body
from .library import http_errors, httpx
from .surroundings import find_proxy, ssl_context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coc_steps._huawei.credentials import Credentials

    from .deadline import Deadline
    from .transport import Transport

_MADE_BEFORE_FORK = (
    "this process was forked from the one that made this client with an http_client, whose "
    "connections it must not use: make the client and its http_client in each process"
)


@dataclass(frozen=True, slots=True)
class Received:
    """An answer, read to its end.

    Attributes:
        status: The HTTP status.
        headers: Its headers; names in any case.
        content: Its body, decompressed.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes


class BaseSender:
    """What the senders share: they build requests and know what is between them and the server.

    Args:
        base_url: What all URLs begin with.
        headers: What goes with each request.
        timeout: How long a read or write of a client that was passed in may take (seconds).
        http_client: The client that was passed in, if one was.

    Raises:
        ConfigurationError: A proxy or certificates of the environment cannot work.
    """

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        timeout: float,
        http_client: Any,
    ) -> None:
        self.headers = {**headers, "Accept-Encoding": ACCEPT_ENCODING}
        self._lines = httpx.Headers(self.headers).raw
        self._timeout = timeout
        self._client = http_client
        self._process = os.getpid()
        self.proxy = None
        if http_client is None:
            self.proxy = find_proxy(base_url)
            self._surroundings = ssl_context(base_url, self.proxy), self.proxy
        # By process and event loop. What belongs to the parent process stays here, untouched.
        self._transports: dict[Any, Any] = {}

    def build(
        self,
        url: str,
        credentials: Credentials,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Any:
        """Return an authenticated request, of the library that sends it."""
        if self._client is None and headers is None:
            return self._signed(httpx.URL(url), credentials)
        if headers:
            headers = httpx.Headers({**httpx.Headers(self.headers), **httpx.Headers(headers)})
        options: dict[str, Any] = {"content": content} if content else {}
        if self._client is None:
            request = httpx.Request(method, url, headers=headers or self.headers, **options)
        else:
            request = self._client.build_request(
                method, url, headers=headers or self.headers, timeout=self._timeout, **options
            )
        authenticate(request, credentials)
        return request

    def _signed(self, url: httpx.URL, credentials: Credentials) -> httpx.Request:
        """Return an ordinary request of our own, at a third of what merging headers takes."""
        host = url.netloc
        added = added_headers(url, host.decode("ascii"), credentials).items()
        lines = [(name.encode("ascii"), value.encode("ascii")) for name, value in added]
        return httpx.Request("GET", url, headers=[(b"Host", host), *self._lines, *lines])

    def _check_process(self) -> None:
        if self._client is not None and self._process != os.getpid():
            raise RuntimeError(_MADE_BEFORE_FORK)


class Sender(BaseSender):
    """Sends the tries of the sync client. Safe in several threads."""

    def send(self, request: Any, deadline: Deadline, seconds: float) -> Received:
        """Return the answer to a request, whatever its status is.

        Raises:
            ResponseFormatError: A success is too large, or its encoding was not asked for.
            RuntimeError: This is another process than that of the client that was passed in.
            Exception: One of `failures`.
        """
        self._check_process()
        with deadline.bounding(seconds):
            response = self._open(request)
            try:
                return received(response, self._read(response, deadline))
            finally:
                response.close()

    def close(self) -> None:
        """Close the connections of its own."""
        transport = self._transports.get(os.getpid())
        if transport is not None:
            transport.close()

    def _open(self, request: Any) -> Any:
        if self._client is None:
            return self._own().handle_request(request)
        return self._client.send(request, stream=True, auth=None, follow_redirects=False)

    def _own(self) -> Transport:
        here = os.getpid()
        found: Transport | None = self._transports.get(here)
        if found is not None:
            return found
        from .transport import Transport  # it brings httpcore

        made: Transport = self._transports.setdefault(here, Transport(*self._surroundings))
        return made

    def _read(self, response: Any, deadline: Deadline) -> bytes:
        if response.is_stream_consumed:  # by a hook of a client that was passed in
            return bytes(response.content)
        body = body_of(response)
        for chunk in response.iter_raw():
            body.feed(chunk)
            if body.full:
                break
            if not deadline.left():
                raise TimeoutError
        return body.content()


def failures() -> tuple[type[Exception], ...]:
    """Return what a try raises when no complete answer comes, or one that is too large."""
    return (CocError, TimeoutError, *http_errors())


def is_timeout(error: Exception) -> bool:
    """Whether a try took too long."""
    return isinstance(error, (TimeoutError, *http_errors("TimeoutException")))


def proxy_status(error: Exception) -> int | None:
    """Return the status with which a proxy refused to connect, if that is what happened."""
    found = re.match(r"[1-5]\d\d\b", str(error))
    return int(found[0]) if found and isinstance(error, http_errors("ProxyError")) else None


def body_of(response: Any) -> Body:
    return Body(response.status_code, response.headers.get("content-encoding", ""))


def received(response: Any, content: bytes) -> Received:
    return Received(response.status_code, response.headers, content)
