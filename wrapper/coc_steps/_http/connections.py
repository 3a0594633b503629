"""Connections that respect the deadline of an attempt, for the sync client.

A module of its own, since httpx imports httpcore with its first client, and not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore

from .deadline import OVER, current

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    import httpx


def bound_connections(client: httpx.Client) -> None:
    """Make the connections of a client, which must be new, respect the deadline.

    httpx has no public way to give its transports a network backend. Where a later version keeps
    it elsewhere, `tests/test_deadline.py` fails, and httpx's own timeouts are what is left.
    """
    for transport in {client._transport, *client._mounts.values()}:
        pool: Any = getattr(transport, "_pool", None)
        if isinstance(pool, httpcore.ConnectionPool):
            pool._network_backend = _Backend(pool._network_backend)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(
            self._inner.connect_tcp(host, port, left, local_address, socket_options=socket_options)
        )


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _left(timeout, httpcore.ReadTimeout)
        attempt = current()
        if attempt is None:
            return self._inner.read(max_bytes, left)
        with attempt.waiting_on(self._inner):
            return self._inner.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    attempt = current()
    if attempt is None:
        return timeout
    left = attempt.left()
    if not left:
        raise error(OVER)
    return left if timeout is None else min(left, timeout)
