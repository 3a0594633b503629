"""A loopback HTTP/1.1 server that breaks on purpose, on raw sockets and threads.

It sends, byte for byte, what its script says, and remembers what arrived. It never sleeps: where it
hangs or drips it waits for the client to hang up, which is also what ``stop`` makes it see.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from types import TracebackType

DRIP_SECONDS = 0.05
"""Between two bytes of a drip: shorter than any timeout between reads (seconds)."""

PATIENCE_SECONDS = 5.0
"""How long the tests' own waits may take before something is wrong (seconds)."""

HOST = "127.0.0.1"


class End(Enum):
    """How a connection ends when it is not kept alive."""

    CLOSE = auto()  # FIN
    RESET = auto()  # RST
    HANG = auto()  # nothing more comes, until the client hangs up


class Drip(NamedTuple):
    """Bytes that are sent one at a time."""

    data: bytes


Answer = Sequence[bytes | Drip | End]
"""What is sent, in order; the connection is kept alive unless an End says otherwise."""


class Request(NamedTuple):
    """A request as it arrived; the names of its headers in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]

    def number(self, name: str, default: int) -> int:
        """Return a number of the query."""
        return int(parse_qs(urlsplit(self.target).query).get(name, [str(default)])[0])


Script = Callable[[Request], Answer]


class FaultServer:
    """Answers each request as the script says, from a free port of the loopback interface.

    Args:
        script: Gives the answer to a request; called by one thread at a time.
        listening: Without it connections are refused until ``listen`` is called.
    """

    def __init__(self, script: Script, *, listening: bool = True) -> None:
        self.script = script
        self.requests: list[Request] = []
        self.accepted = 0
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._acceptor: threading.Thread | None = None
        self._stopping = False
        self._answering = 0
        # A port that is bound but not listened on refuses, and nobody else can take it.
        self._listener = socket.socket()
        self._listener.bind((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        if listening:
            self.listen()

    def listen(self) -> None:
        """Accept connections from now on."""
        if self._acceptor is None:
            self._listener.listen()
            self._acceptor = threading.Thread(target=self._accept, name="faults-accept")
            self._acceptor.start()

    @property
    def open_connections(self) -> int:
        """How many connections the clients have not closed yet (count)."""
        return len(self._open)

    def settles(self, most: int = 0) -> bool:
        """Wait, not forever, until at most so many connections are open; say whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._open) <= most, PATIENCE_SECONDS)

    def brings(self, state: Callable[[], bool]) -> bool:
        """Wait, not forever, for what the end of a connection brings; say whether it came."""
        with self._changed:
            return self._changed.wait_for(state, PATIENCE_SECONDS)

    def rests(self) -> bool:
        """Wait, not forever, until no answer is being sent or hangs; say whether none is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._answering == 0, PATIENCE_SECONDS)

    def sees(self, count: int) -> bool:
        """Wait, not forever, until so many requests have arrived; say whether they have."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.requests) >= count, PATIENCE_SECONDS)

    def stop(self) -> None:
        """Stop, cut what is open, and leave no thread behind."""
        self._stopping = True
        if self._acceptor is not None:
            # Closing a listener does not wake a thread that is in accept(); a connection does.
            socket.create_connection((HOST, self.port)).close()
            self._acceptor.join(PATIENCE_SECONDS)
        self._listener.close()
        with self._changed:
            for sock in self._open:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self._stopping:
                sock.close()
                return
            # Without it a small part could wait for the acknowledgement of the one before.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._changed:
                self.accepted += 1
                self._open.add(sock)
            thread = threading.Thread(target=self._serve, args=(sock,), name="faults-connection")
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        buffer = bytearray()
        try:
            # An OSError is a client that went away, as it may.
            with suppress(OSError):
                while head := _read_head(sock, buffer):
                    if not self._answer(sock, _parse(head)):
                        break
        finally:
            # Under the lock, so that stop() never touches the number of a socket that is closed.
            with self._changed:
                sock.close()
                self._open.discard(sock)
                self._changed.notify_all()

    def _answer(self, sock: socket.socket, request: Request) -> bool:
        with self._changed:
            self.requests.append(request)
            self._answering += 1
            self._changed.notify_all()
            answer = self.script(request)
        try:
            return _play(sock, answer)
        finally:
            with self._changed:
                self._answering -= 1
                self._changed.notify_all()


def _read_head(sock: socket.socket, buffer: bytearray) -> bytes:
    """Read up to the blank line that ends a request; nothing if the client went away."""
    while (end := buffer.find(b"\r\n\r\n")) < 0:
        piece = sock.recv(65536)
        if not piece:
            return b""
        buffer += piece
    head = bytes(buffer[:end])
    del buffer[: end + 4]
    return head


def _parse(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.split(":", 1) for line in lines)
    return Request(method, target, {name.lower(): value.strip() for name, value in pairs})


def _play(sock: socket.socket, answer: Answer) -> bool:
    """Send an answer; say whether the connection is kept alive."""
    for part in answer:
        match part:
            case bytes():
                sock.sendall(part)
            case Drip():
                if not _drip(sock, part.data):
                    return False
            case End():
                _end(sock, part)
                return False
    return True


def _drip(sock: socket.socket, data: bytes) -> bool:
    """Send byte after byte; stop when the client hangs up, and say so."""
    for place in range(len(data)):
        readable, _, _ = select.select([sock], [], [], DRIP_SECONDS)
        if readable:
            return False
        sock.sendall(data[place : place + 1])
    return True


def _end(sock: socket.socket, how: End) -> None:
    if how is End.RESET:
        # Lingering for no time at all makes close() send RST instead of FIN.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return
    if how is End.CLOSE:
        # Only this half: the connection counts as open until the client has closed its own.
        sock.shutdown(socket.SHUT_WR)
    while sock.recv(65536):
        pass
