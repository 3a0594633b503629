"""A loopback server in its own process: nothing but the bytes of a page, as fast as they go."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import parse_qs

from .pages import TICKET, Ticket

if TYPE_CHECKING:
    from collections.abc import Generator

PATH = f"/v1/executions/{TICKET}/steps"
SIGNED = (b"authorization: sdk-hmac-sha256 access=", b"x-auth-token: ")
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: r\r\n"
REFUSED = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"


TOOLS = Path(__file__).parents[1]
"""Where this package can be imported from."""


def pin(core: int) -> None:
    """Keep this process on one core, where the system can do so; there may be fewer."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[core % len(cores)]})


class Connection(asyncio.Protocol):
    """Answers one request after the other, each after a delay."""

    def __init__(self, ticket: Ticket, delay: float) -> None:
        self._ticket = ticket
        self._delay = delay
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer the request once its head is complete."""
        self._received += data
        if self._received.endswith(b"\r\n\r\n"):
            head, self._received = self._received, b""
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._answer, head)
            else:
                self._answer(head)

    def _answer(self, head: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer(self._ticket, head))


def answer(ticket: Ticket, head: bytes) -> bytes:
    """Give the whole answer to a request."""
    target = head.split(b" ", 2)[1].decode()
    path, _, query = target.partition("?")
    lowered = head.lower()
    if path != PATH or not any(mark in lowered for mark in SIGNED):
        return REFUSED
    parameters = parse_qs(query)
    body = ticket.page(int(parameters["limit"][0]), int(parameters["offset"][0]))
    return b"%sContent-Length: %d\r\n\r\n%s" % (OK, len(body), body)


async def serve(steps: int, delay: float) -> None:
    """Listen on a free port, say which, and answer until stdin ends."""
    ticket = Ticket(steps)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(ticket, delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def running(steps: int, delay: float = 0.0) -> Generator[str]:
    """Run a server meanwhile; give its address.

    Args:
        steps: How many steps its ticket has (count).
        delay: How long it waits before each answer (seconds).
    """
    command = [sys.executable, "-m", "bench.server", str(steps), str(delay)]
    with Popen(command, stdin=PIPE, stdout=PIPE, cwd=TOOLS) as process:
        stdin, stdout = cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout))
        try:
            yield f"http://127.0.0.1:{int(stdout.readline())}"
        finally:
            stdin.close()


if __name__ == "__main__":
    pin(1)
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
