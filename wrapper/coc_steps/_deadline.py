"""Bounds a try of the sync client as a whole, and lets another thread cancel it.

httpx bounds each read for itself, so that a server which drips a byte now and then is waited for
without end. The async client needs none of this: asyncio can cancel.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator


_OVER = "the deadline of this try has passed"


class Attempt:
    """One try: its deadline, and the connection that it waits on."""

    def __init__(self) -> None:
        self._ends = float("inf")
        self._stream: httpcore.NetworkStream | None = None
        self._lock = threading.Lock()
        self.cancelled = threading.Event()

    def start(self, seconds: float) -> None:
        """Begin a try that may take so long."""
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Give what is left (seconds); nothing is after the deadline, or once cancelled."""
        return 0.0 if self.cancelled.is_set() else max(self._ends - time.monotonic(), 0.0)

    def check(self) -> None:
        """Raise httpx.ReadTimeout if nothing is left."""
        if not self.left():
            raise httpx.ReadTimeout(_OVER)

    @contextmanager
    def waiting_on(self, stream: httpcore.NetworkStream) -> Iterator[None]:
        """Let `cancel` end what is read from a connection meanwhile."""
        with self._lock:
            if self.cancelled.is_set():
                raise httpcore.ReadTimeout("this try was cancelled")
            self._stream = stream
        try:
            yield
        finally:
            with self._lock:
                self._stream = None

    def cancel(self) -> None:
        """End the try, from another thread: a read that waits comes back with an error."""
        self.cancelled.set()
        with self._lock:
            sock = self._stream and self._stream.get_extra_info("socket")
            if isinstance(sock, socket.socket):
                # The plain socket's method: that of an SSLSocket would pull the rug from under
                # the thread that reads.
                try:
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
                except OSError:
                    return  # it is closed already


_current = threading.local()


@contextmanager
def bounded_by(attempt: Attempt, seconds: float) -> Iterator[None]:
    """Make an attempt the one that this thread's reads and writes belong to."""
    attempt.start(seconds)
    _current.attempt = attempt
    try:
        yield
    finally:
        _current.attempt = None


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
        attempt: Attempt | None = getattr(_current, "attempt", None)
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
    attempt: Attempt | None = getattr(_current, "attempt", None)
    if attempt is None:
        return timeout
    left = attempt.left()
    if not left:
        raise error(_OVER)
    return left if timeout is None else min(left, timeout)
