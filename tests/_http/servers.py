"""What stands between a client and its server, or at the place of one: on the loopback only."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

import trustme

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from faults.server import Answer, Request, Script

HOST = "127.0.0.1"
Address = tuple[Any, ...]


def whole(content: Any, *, status: bytes = b"200 OK", headers: bytes = b"") -> bytes:
    """Return an answer with a JSON body."""
    raw = json.dumps(content).encode()
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, len(raw), raw)


def listing(count: int) -> Script:
    """Return an honest server of so many steps per ticket, whose names begin with the ticket's."""

    def answer(request: Request) -> Answer:
        parts = urlsplit(request.target)
        ticket = parts.path.split("/")[-2]
        asked = parse_qs(parts.query).get("execution_step_id_list")
        names = [f"{ticket}-{place}" for place in range(count)]
        names = [name for name in names if asked is None or name in asked]
        start, limit = request.number("offset", 0), request.number("limit", 10)
        data = [{"execution_step_id": name} for name in names[start : start + limit]]
        return [whole({"data": data, "total": len(names)})]

    return answer


@contextmanager
def black_hole() -> Generator[Address]:
    """Listen at an address that takes no more connections, and refuses none."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((HOST, 0))
        listener.listen(0)
        address = listener.getsockname()
        while True:
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0.2)
            try:
                filler.connect(address)
            except TimeoutError:
                break
        yield address


def names(host: str, *addresses: Address) -> Any:
    """Return a name service that knows one name; ask another for all else."""
    ask = socket.getaddrinfo

    def look_up(name: Any, *rest: Any, **options: Any) -> Any:
        name = name.decode() if isinstance(name, bytes) else name
        if name != host:
            return ask(name, *rest, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

    return look_up


class Certificates:
    """An authority of our own, and what it vouches for."""

    def __init__(self, *hosts: str) -> None:
        self._authority = trustme.CA()
        self.pem = self._authority.cert_pem.bytes()
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        vouched = self._authority.issue_cert(*hosts)
        vouched.configure_cert(self.server)  # pyright: ignore[reportUnknownMemberType] # trustme's


class Relay:
    """Hands what comes on to a port of the loopback: with TLS, or as a proxy that was asked to.

    Args:
        port: Where everything goes, whatever a CONNECT asks for.
        tls: Certificates to answer a handshake with; None for none.
        connect: What is answered to a CONNECT; None where none is waited for. An answer that is
            no success ends the connection.
    """

    def __init__(
        self, port: int, *, tls: Certificates | None = None, connect: bytes | None = None
    ) -> None:
        self._to = port
        self._tls = tls.server if tls else None
        self._connect = connect
        self.heads: list[bytes] = []
        self.port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="relay")

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._handlers: set[asyncio.Task[Any]] = set()
        server = await asyncio.start_server(self._handle, HOST, 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._handlers:
            task.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            try:
                await self._relay(reader, writer)
            finally:
                writer.transport.abort()
                self._handlers.discard(task)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._connect is not None:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self._connect)
            await writer.drain()
            if b" 200 " not in self._connect[:20]:
                return
        there, back = await asyncio.open_connection(HOST, self._to)
        ways = [asyncio.create_task(_pump(*way)) for way in ((reader, back), (there, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            back.transport.abort()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
