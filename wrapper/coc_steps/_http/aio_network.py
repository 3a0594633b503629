"""The network beneath the HTTP library on asyncio; see `network`."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from .aio_deadline import current
from .library import httpcore
from .network import LATE, look_up, new_socket, rests, socket_info
from .tls import CHUNK, Plain, Tls

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Awaitable, Callable, Iterable

    from .tls import Steps

    _T = TypeVar("_T")


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """Connects for the async client."""

    def __init__(self) -> None:
        self._sockets: WeakSet[socket.socket] = WeakSet()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a stream to the first address of a host that answers."""
        lookup = look_up(host, port)
        addresses = await _wait(lambda: asyncio.wrap_future(lookup), httpcore.ConnectError)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for rest, (family, *_, address) in rests(addresses):
            try:
                sock = new_socket(family)
                self._sockets.add(sock)
                stream = AsyncStream(sock)
                await stream.connect(address, rest)
            except (httpcore.ConnectTimeout, httpcore.ConnectError) as error:
                failure = error
            else:
                return stream
        raise failure

    def close(self) -> None:
        """Close all sockets, also those of a loop that is over."""
        for sock in list(self._sockets):
            sock.close()


class AsyncStream(httpcore.AsyncNetworkStream):
    """A connection of the async client. Closing it waits for nothing, so nothing can cancel it."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._layer = Plain()
        self._loop = asyncio.get_running_loop()

    async def connect(self, address: Any, rest: int) -> None:
        """Connect, with a share of the time for this one of so many addresses that are left."""

        async def connect() -> None:
            try:
                async with asyncio.timeout(current().left() / rest):
                    await self._loop.sock_connect(self._socket, address)
            except TimeoutError:
                raise httpcore.ConnectTimeout(LATE) from None

        try:
            await _wait(connect, httpcore.ConnectError)
        except BaseException:
            await self.aclose()
            raise

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came; nothing at the end."""
        return await self._run(self._layer.read(max_bytes))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        if buffer:  # the HTTP library also writes nothing
            await self._run(self._layer.write(buffer))

    async def aclose(self) -> None:
        """Close the socket."""
        self._socket.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return this stream with TLS, after the handshake."""
        self._layer = layer = Tls(self._layer, ssl_context, server_hostname)
        try:
            await self._run(layer.shake_hands())
        except BaseException:
            await self.aclose()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks for by this name."""
        return self._layer.tls if info == "ssl_object" else socket_info(self._socket, info)

    async def _run(self, steps: Steps[_T]) -> _T:
        received = b""
        sock, loop = self._socket, self._loop
        try:
            to_send = next(steps)
            while True:
                if to_send is None:
                    received = await _wait(partial(loop.sock_recv, sock, CHUNK), httpcore.ReadError)
                else:
                    await _wait(partial(loop.sock_sendall, sock, to_send), httpcore.WriteError)
                to_send = steps.send(received)
        except StopIteration as done:
            result: _T = done.value
            return result


async def _wait(begin: Callable[[], Awaitable[_T]], broken: type[Exception]) -> _T:
    """Wait on the network; how long is bounded where the try began."""
    try:
        return await current().wait(begin)
    except (OSError, UnicodeError) as error:
        raise broken(str(error) or LATE) from None
