"""The server that breaks on purpose, tested with a raw socket: it must break as it says."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from . import answers
from .answers import Answerer, honest, message
from .pages import EXECUTION_ID, IDS, TOTAL, Page
from .server import DRIP_SECONDS, Drip, End, FaultServer

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = f"/v1/executions/{EXECUTION_ID}/steps?limit=6&offset=5"
GET = f"GET {TARGET} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
PAGE = Page(offset=5, limit=6)
WHOLE = message(PAGE.json())


class Client:
    """A raw connection to a server."""

    def __init__(self, server: FaultServer) -> None:
        self.sock = socket.create_connection(("127.0.0.1", server.port), timeout=5)

    def ask(self) -> None:
        self.sock.sendall(GET)

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count and (piece := self.sock.recv(count - len(data))):
            data += piece
        return data

    def read_to_end(self) -> bytes:
        return self.read(1 << 30)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(lambda request: honest(Page.asked_by(request))) as server:
        yield server


@pytest.fixture
def client(server: FaultServer) -> Iterator[Client]:
    client = Client(server)
    yield client
    client.sock.close()


def answer_with(server: FaultServer, answerer: Answerer) -> None:
    server.script = lambda request: answerer(Page.asked_by(request))


def test_it_gives_the_window_that_is_asked_for(server: FaultServer, client: Client) -> None:
    client.ask()
    assert client.read(len(WHOLE)) == WHOLE
    assert [step["execution_step_id"] for step in PAGE.data] == IDS[5:11]


def test_its_list_ends_where_it_says() -> None:
    assert len(IDS) == len(set(IDS)) == TOTAL
    assert len(Page(offset=20, limit=6).data) == 4
    assert Page(offset=24, limit=6).data == []


def test_it_keeps_a_connection_alive_and_remembers_what_came(
    server: FaultServer, client: Client
) -> None:
    for _ in range(3):
        client.ask()
        client.read(len(WHOLE))
    assert server.accepted == server.open_connections == 1
    assert [request.method for request in server.requests] == ["GET"] * 3
    assert server.requests[0].target == TARGET
    assert server.requests[0].headers == {"host": "x"}


def test_two_requests_in_one_piece_get_two_answers(server: FaultServer, client: Client) -> None:
    client.sock.sendall(GET + GET)
    assert client.read(2 * len(WHOLE)) == WHOLE * 2


def test_it_sees_a_client_hang_up(server: FaultServer, client: Client) -> None:
    client.ask()
    client.read(len(WHOLE))
    client.sock.close()
    assert server.settles()


@pytest.mark.parametrize(
    ("place", "sent"),
    [
        ("before the head", b""),
        ("in the head", WHOLE[:30]),
        ("before the body", WHOLE[: -len(PAGE.json())]),
        ("in the body", WHOLE[: -(len(PAGE.json()) // 2)]),
    ],
)
def test_it_closes_where_it_says(
    server: FaultServer, client: Client, place: str, sent: bytes
) -> None:
    answer_with(server, answers.cut(place, End.CLOSE))
    client.ask()
    assert client.read_to_end() == sent
    assert server.open_connections == 1  # until the client has closed it, too
    client.sock.close()
    assert server.settles()


@pytest.mark.parametrize("place", ["before the head", "in the head", "in the body"])
def test_it_resets(server: FaultServer, client: Client, place: str) -> None:
    answer_with(server, answers.cut(place, End.RESET))
    client.ask()
    with pytest.raises(ConnectionResetError):
        client.read_to_end()
    assert server.settles()


@pytest.mark.parametrize("place", ["before the head", "in the body"])
def test_it_hangs_until_the_client_hangs_up(
    server: FaultServer, client: Client, place: str
) -> None:
    answer_with(server, answers.cut(place, End.HANG))
    client.sock.settimeout(0.1)
    client.ask()
    with pytest.raises(TimeoutError):
        client.read_to_end()
    client.sock.close()
    assert server.settles()


def test_it_drips_a_byte_at_a_time(server: FaultServer, client: Client) -> None:
    answer_with(server, lambda _: [Drip(b"abcd"), b"rest"])
    start = time.monotonic()
    client.ask()
    assert [client.sock.recv(100) for _ in range(3)] == [b"a", b"b", b"c"]
    assert client.read(5) == b"drest"
    assert time.monotonic() - start > 3 * DRIP_SECONDS


def test_it_stops_dripping_when_the_client_hangs_up(server: FaultServer, client: Client) -> None:
    answer_with(server, lambda _: [Drip(b"x" * 10_000)])
    client.ask()
    client.read(2)
    client.sock.close()
    assert server.settles()


@pytest.mark.parametrize("answer", [[End.HANG], [Drip(b"x" * 10_000)], [b"x"], [End.CLOSE]])
def test_it_stops_by_itself_and_leaves_no_thread(answer: list[bytes | Drip | End]) -> None:
    before = set(threading.enumerate())
    with FaultServer(lambda _: answer) as server:
        client = Client(server)
        client.ask()
    assert set(threading.enumerate()) == before
    assert server.open_connections == 0
    client.sock.close()


def test_it_refuses_until_it_listens() -> None:
    with FaultServer(lambda _: honest(PAGE), listening=False) as server:
        with pytest.raises(ConnectionRefusedError):
            Client(server)
        server.listen()
        Client(server).sock.close()
    with pytest.raises(ConnectionRefusedError):
        Client(server)


def test_the_broken_codings_are_broken() -> None:
    body = PAGE.json()
    with pytest.raises(EOFError):
        gzip.decompress(answers.gzip_cut(body))
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(answers.gzip_garbage(body))
