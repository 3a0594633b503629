"""What stands between an HTTP connection and its socket: nothing, or TLS. No I/O.

Each action is a generator that says what its driver is to do: send these bytes, or receive some
(None). Not an SSLSocket, which asyncio cannot use, and which cannot stand above another one, as it
must with a proxy at https://.
"""

from __future__ import annotations

import ssl
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from .library import httpcore

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    _T = TypeVar("_T")
    Steps = Generator[bytes | None, bytes, _T]


CHUNK = 64 * 1024
"""How many bytes are received at once."""


class Plain:
    """Nothing between."""

    tls: ssl.SSLObject | None = None

    def read(self, _max_bytes: int) -> Steps[bytes]:
        """Receive what is there; nothing at the end."""
        return (yield None)

    def write(self, buffer: bytes) -> Steps[None]:
        """Send all of it."""
        yield buffer


class Tls(Plain):
    """TLS above what was there before."""

    def __init__(self, below: Plain, context: ssl.SSLContext, hostname: str | None) -> None:
        self._below = below
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = self._object = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=hostname
        )

    def shake_hands(self) -> Steps[None]:
        """Agree with the other side on TLS."""
        try:
            yield from self._steps(self._object.do_handshake)
        except ssl.SSLError as error:
            raise httpcore.ConnectError(str(error)) from None

    def read(self, _max_bytes: int) -> Steps[bytes]:
        """Receive what is there; nothing at the end."""
        try:
            return (yield from self._steps(partial(self._object.read, _max_bytes)))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""
        except ssl.SSLError as error:
            raise httpcore.ReadError(str(error)) from None

    def write(self, buffer: bytes) -> Steps[None]:
        """Send all of it."""
        try:
            # MemoryBIO grows, so that all is written at once.
            yield from self._steps(partial(self._object.write, buffer))
        except ssl.SSLError as error:
            raise httpcore.WriteError(str(error)) from None

    def _steps(self, action: Callable[[], _T]) -> Steps[_T]:
        while True:
            try:
                result = action()
            except ssl.SSLWantReadError:
                pass
            else:
                yield from self._flush()
                return result
            yield from self._flush()
            received = yield from self._below.read(CHUNK)
            if received:
                self._incoming.write(received)
            else:
                self._incoming.write_eof()

    def _flush(self) -> Steps[None]:
        if self._outgoing.pending:
            yield from self._below.write(self._outgoing.read())
