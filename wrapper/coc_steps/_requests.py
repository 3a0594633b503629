"""How the request of a try is built, and its answer read, without what httpx would do in vain.

Connections of our own know all settings beforehand; a client that was passed in keeps its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import httpx

from ._auth import authenticate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._credentials import Credentials

    _Stream = TypeVar("_Stream", httpx.SyncByteStream, httpx.AsyncByteStream)
    Build = Callable[[httpx.URL, Credentials], httpx.Request]

_EMPTY = httpx.ByteStream(b"")


def merging(
    client: httpx.Client | httpx.AsyncClient, headers: Mapping[str, str], timeout: float
) -> Build:
    """Build requests with a client that was passed in, so that it keeps its settings."""

    def build(url: httpx.URL, credentials: Credentials) -> httpx.Request:
        request = client.build_request("GET", url, headers=headers, timeout=timeout)
        authenticate(request, credentials)
        return request

    return build


def plain(headers: httpx.Headers, timeout: float) -> Build:
    """Build requests for connections of our own, whose settings are known beforehand.

    Args:
        headers: All that goes with each request, but for Host and what authenticates it.
        timeout: For each read and write of the connection (seconds).
    """
    common = headers.raw
    extensions = {"timeout": httpx.Timeout(timeout).as_dict()}

    def build(url: httpx.URL, credentials: Credentials) -> httpx.Request:
        added = credentials.headers(
            method="GET",
            host=url.netloc.decode("ascii"),
            target=url.raw_path.decode("ascii"),
            now=datetime.now(UTC),
        )
        own = [(name.encode("ascii"), value.encode("ascii")) for name, value in added.items()]
        lines = [(b"Host", url.netloc), *common, *own]
        return httpx.Request("GET", url, headers=lines, stream=_EMPTY, extensions=extensions)

    return build


def unencoded(response: httpx.Response, kind: type[_Stream]) -> _Stream | None:
    """Give the body as it comes over the wire, if that is how it was meant."""
    stream = response.stream
    encoded = "content-encoding" in response.headers
    return stream if isinstance(stream, kind) and not encoded else None
