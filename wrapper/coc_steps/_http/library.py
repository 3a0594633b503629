"""The HTTP library, named in this one place: httpx2 has the same names (docs/http-library.md)."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import httpx as httpx

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

    import httpcore as httpcore

_CORE = "httpcore"
_LIBRARIES = ("httpx", "httpx2")


class _BuildsRequests(Protocol):
    def build_request(
        self, method: str, url: str, *, headers: Mapping[str, str], timeout: float
    ) -> Any:
        """Return a request with the client's own settings merged in."""


class HttpClient(_BuildsRequests, Protocol):
    """What an ``http_client`` of `Client` has to offer; those of httpx and httpx2 do.

    Its requests and responses are those of its own library.
    """

    def send(self, request: Any, *, stream: bool, auth: None, follow_redirects: bool) -> Any:
        """Return the response, its body not yet read."""

    def close(self) -> None:
        """Close it; whoever made it does that."""


class AsyncHttpClient(_BuildsRequests, Protocol):
    """What an ``http_client`` of `AsyncClient` has to offer."""

    async def send(self, request: Any, *, stream: bool, auth: None, follow_redirects: bool) -> Any:
        """Return the response, its body not yet read."""

    async def aclose(self) -> None:
        """Close it; whoever made it does that."""


def http_errors(name: str = "HTTPError") -> tuple[type[Exception], ...]:
    """Return the errors of this name of all HTTP libraries that are imported."""
    loaded: Iterable[Any] = filter(None, map(sys.modules.get, _LIBRARIES))
    return tuple(getattr(library, name) for library in loaded)


def __getattr__(name: str) -> ModuleType:
    if name == "httpcore":  # with the first connection, since it is half of what the import takes
        return import_module(_CORE)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
