"""httpx's own transport over our network, so that what patches the one sees our requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .library import httpcore, httpx
from .network import Backend

if TYPE_CHECKING:
    import ssl

    from .surroundings import EnvironmentProxy

MAX_IDLE_CONNECTIONS = 64
"""How many connections are kept open while nothing is asked (count)."""


class Transport(httpx.HTTPTransport):
    """The transport of the sync client."""

    def __init__(self, context: ssl.SSLContext, proxy: EnvironmentProxy | None) -> None:
        super().__init__(verify=context)
        # httpx has no public way to give its transport a network. Where a later version keeps its
        # pool elsewhere, tests/_http/test_transport.py fails.
        self._pool = httpcore.ConnectionPool(
            network_backend=Backend(), **pool_settings(context, proxy)
        )


def pool_settings(context: ssl.SSLContext, proxy: EnvironmentProxy | None) -> dict[str, Any]:
    """Return the settings of a pool without a limit on what is in flight."""
    return {
        "ssl_context": context,
        "proxy": _core_proxy(context, proxy) if proxy else None,
        "max_connections": None,
        "max_keepalive_connections": MAX_IDLE_CONNECTIONS,
        "keepalive_expiry": 5.0,  # seconds; httpx's default
    }


def _core_proxy(context: ssl.SSLContext, proxy: EnvironmentProxy) -> httpcore.Proxy:
    parsed = httpx.Proxy(proxy.url)
    return httpcore.Proxy(
        url=str(parsed.url),
        auth=parsed.raw_auth,
        ssl_context=context if parsed.url.scheme == "https" else None,
    )
