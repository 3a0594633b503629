"""Bounds a try of the sync client as a whole, and lets another thread cancel it.

httpx bounds each read for itself, so that a server which drips a byte now and then is waited for
without end. The async client needs none of this: asyncio can cancel.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Generator

    import httpcore


OVER = "the deadline of this try has passed"


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
            raise httpx.ReadTimeout(OVER)

    @contextmanager
    def waiting_on(self, stream: httpcore.NetworkStream) -> Generator[None]:
        """Let `cancel` end what is read from a connection meanwhile."""
        with self._lock:
            if self.cancelled.is_set():
                import httpcore

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
def bounded_by(attempt: Attempt, seconds: float) -> Generator[None]:
    """Make an attempt the one that this thread's reads and writes belong to."""
    attempt.start(seconds)
    _current.attempt = attempt
    try:
        yield
    finally:
        _current.attempt = None


def current() -> Attempt | None:
    """Give the attempt that this thread's reads and writes belong to."""
    attempt: Attempt | None = getattr(_current, "attempt", None)
    return attempt
