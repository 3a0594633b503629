"""How the request of a try is built, and its answer read, without what httpx would do in vain.

Connections of our own know all settings beforehand; a client that was passed in keeps its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import httpx

from .authentication import authenticate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from coc_steps._huawei.credentials import Credentials

    _Stream = TypeVar("_Stream", httpx.SyncByteStream, httpx.AsyncByteStream)
    Build = Callable[[str, Credentials], httpx.Request]

_EMPTY = httpx.ByteStream(b"")


def merging(
    client: httpx.Client | httpx.AsyncClient, headers: Mapping[str, str], timeout: float
) -> Build:
    """Build requests with a client that was passed in, so that it keeps its settings."""

    def build(url: str, credentials: Credentials) -> httpx.Request:
        request = client.build_request("GET", url, headers=headers, timeout=timeout)
        authenticate(request, credentials)
        return request

    return build


def plain(base_url: str, headers: httpx.Headers, timeout: float) -> Build:
    """Build requests for connections of our own.

    Args:
        base_url: What all URLs begin with.
        headers: All that goes with each request, but for Host and what authenticates it.
        timeout: For each read and write of the connection (seconds).
    """
    base = httpx.URL(base_url)
    host = base.netloc.decode("ascii")
    prefix = base.raw_path.decode("ascii").rstrip("/")
    common = [(b"Host", base.netloc), *headers.raw]
    extensions = {"timeout": httpx.Timeout(timeout).as_dict()}

    def build(url: str, credentials: Credentials) -> httpx.Request:
        target = prefix + url[len(base_url) :]
        added = credentials.headers(method="GET", host=host, target=target, now=datetime.now(UTC))
        lines = [(name.encode("ascii"), value.encode("ascii")) for name, value in added.items()]
        request = httpx.Request(
            "GET", base, headers=common + lines, stream=_EMPTY, extensions=extensions
        )
        request.url = _BuiltURL(base, target)
        return request

    return build


class _BuiltURL(httpx.URL):
    """A URL whose path and query are ready to be sent: to parse them takes longer than to sign."""

    def __init__(self, base: httpx.URL, target: str) -> None:
        super().__init__(base)
        self._target = target.encode("ascii")

    @property
    def raw_path(self) -> bytes:
        """Path and query, percent-encoded."""
        return self._target


def unencoded(response: httpx.Response, kind: type[_Stream]) -> _Stream | None:
    """Give the body as it comes over the wire, if that is how it was meant."""
    stream = response.stream
    encoded = "content-encoding" in response.headers
    return stream if isinstance(stream, kind) and not encoded else None
