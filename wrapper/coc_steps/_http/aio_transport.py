"""httpx's own async transport over our network; see `transport`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .aio_network import AsyncBackend
from .library import httpcore, httpx
from .transport import pool_settings

if TYPE_CHECKING:
    import ssl

    from .surroundings import EnvironmentProxy


class AsyncTransport(httpx.AsyncHTTPTransport):
    """The transport of the async client, for one event loop."""

    def __init__(self, context: ssl.SSLContext, proxy: EnvironmentProxy | None) -> None:
        super().__init__(verify=context)
        self._backend = AsyncBackend()
        self._pool = httpcore.AsyncConnectionPool(
            network_backend=self._backend, **pool_settings(context, proxy)
        )

    def close_sockets(self) -> None:
        """Close all connections at once; nothing is in flight any more."""
        self._backend.close()
