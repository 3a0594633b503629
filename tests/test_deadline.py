"""A try of the sync client is bounded as a whole, and can be cancelled from another thread."""

from __future__ import annotations

import json
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpcore
import httpx
import pytest
import trustme
from coc_steps import Client, RequestTimeoutError, TransportError
from coc_steps._http.connections import _Backend, _Stream, bound_connections
from coc_steps._http.deadline import Attempt, bounded_by
from drive import KEYS, TICKET, body
from faults.server import Answer, Drip, End, FaultServer, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conftest import Clock, Drive

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999999\r\n\r\n"


def whole(content: Any) -> bytes:
    raw = json.dumps(content).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(raw), raw)


ENDLESS: dict[str, Answer] = {
    "no head": [End.HANG],
    "dripping head": [b"HTTP/1.1 200 OK\r\nX: ", Drip(b"x" * 100_000)],
    "no body": [HEAD, End.HANG],
    "dripping body": [HEAD, Drip(b" " * 100_000)],
    "dripping gzip": [
        HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"),
        Drip(b"\x1f\x8b\x08\x10" + bytes(6) + b"x" * 100_000),
    ],
}
"""What no timeout between two reads ends, since something comes in time, or what never comes."""


@pytest.mark.parametrize("answer", ENDLESS.values(), ids=list(ENDLESS))
def test_an_endless_answer_ends_with_the_timeout(drive: Drive, answer: Answer) -> None:
    with FaultServer(lambda _: answer) as server:
        driver = drive(base_url=server.url, timeout=0.3, max_retries=0)
        with pytest.raises(RequestTimeoutError, match=r"no complete answer within 0\.3 s$"):
            driver.get_page(TICKET)
        assert len(server.requests) == 1
        assert server.settles()  # the connection is not kept


def test_each_try_has_the_whole_time_again(drive: Drive, clock: Clock) -> None:
    answers: list[Answer] = [[HEAD, End.HANG], [whole(body(["a"], 1))]]
    with FaultServer(lambda _: answers.pop(0)) as server:
        driver = drive(base_url=server.url, timeout=0.3, max_retries=1)
        assert driver.walk(TICKET).ids == ["a"]


def test_without_a_backend_of_ours_a_body_that_drips_is_bounded_too() -> None:
    """An http_client that is passed in keeps its connections as they are."""
    with FaultServer(lambda _: ENDLESS["dripping body"]) as server, httpx.Client() as http:
        client = Client(
            base_url=server.url, credentials=KEYS, timeout=0.3, max_retries=0, http_client=http
        )
        with client, pytest.raises(RequestTimeoutError):
            client.get_page(TICKET)


def pools(client: httpx.Client) -> Iterable[Any]:
    transports = [client._transport, *client._mounts.values()]
    return [vars(transport)["_pool"] for transport in transports if transport is not None]


def test_the_connections_of_a_client_are_really_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """This guards against a version of httpx that keeps its network backend elsewhere."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with Client(base_url="http://127.0.0.1:9", credentials=KEYS) as client:
        found = pools(client._http)
        assert len(list(found)) == 2  # the direct one, and that of the proxy
        assert all(isinstance(pool._network_backend, _Backend) for pool in found)


def test_other_transports_are_left_alone() -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as http:
        bound_connections(http)
        assert http.get("http://127.0.0.1:9").status_code == 200


def test_requests_outside_of_an_attempt_work_as_ever() -> None:
    with FaultServer(lambda _: [whole({})]) as server, httpx.Client() as http:
        bound_connections(http)
        assert http.get(server.url).json() == {}
        assert http.get(server.url, timeout=None).json() == {}


def test_tls_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that never answers the handshake."""
    authority = trustme.CA()
    context = ssl.create_default_context()
    authority.configure_trust(context)  # pyright: ignore[reportUnknownMemberType] # trustme's
    with FaultServer(lambda _: [End.HANG]) as server, httpx.Client(verify=context) as http:
        bound_connections(http)
        with pytest.raises(httpx.TimeoutException), bounded_by(Attempt(), 0.3):
            http.get(server.url.replace("http:", "https:"), timeout=None)


# ruff: noqa: ARG002 - they have the signatures of httpcore


class Inner(httpcore.NetworkStream):
    """A stream that says what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float | None]] = []

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.asked.append(("read", timeout))
        return b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.asked.append(("write", timeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self.asked.append(("start_tls", timeout))
        return self

    def get_extra_info(self, info: str) -> Any:
        return None


class InnerBackend(httpcore.NetworkBackend):
    def __init__(self, stream: Inner) -> None:
        self.stream = stream

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> httpcore.NetworkStream:
        self.stream.asked.append(("connect", timeout))
        return self.stream


def actions(inner: Inner) -> dict[str, tuple[Callable[[float | None], Any], type[Exception]]]:
    stream, backend = _Stream(inner), _Backend(InnerBackend(inner))
    context = ssl.create_default_context()
    return {
        "read": (lambda left: stream.read(1, left), httpcore.ReadTimeout),
        "write": (lambda left: stream.write(b"", left), httpcore.WriteTimeout),
        "start_tls": (lambda left: stream.start_tls(context, "h", left), httpcore.ConnectTimeout),
        "connect": (lambda left: backend.connect_tcp("h", 1, left), httpcore.ConnectTimeout),
    }


ACTIONS = ["read", "write", "start_tls", "connect"]


@pytest.mark.parametrize("name", ACTIONS)
def test_every_wait_has_what_is_left_of_the_time(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    # Not time.monotonic itself: the loops of servers that other tests keep up read it, too.
    monkeypatch.setattr("coc_steps._http.deadline.time", SimpleNamespace(monotonic=lambda: now[0]))
    inner = Inner()
    act, error = actions(inner)[name]
    act(7.0)
    with bounded_by(Attempt(), 5.0):
        act(7.0)
        now[0] = 2.0
        act(None)
        act(1.0)
        now[0] = 5.0
        with pytest.raises(error, match="the deadline of this try has passed"):
            act(7.0)
    act(None)
    assert inner.asked == [(name, left) for left in (7.0, 5.0, 3.0, 1.0, None)]


@pytest.mark.parametrize("name", ACTIONS)
def test_a_cancelled_attempt_waits_for_nothing(name: str) -> None:
    inner, attempt = Inner(), Attempt()
    act, error = actions(inner)[name]
    with bounded_by(attempt, 60):
        attempt.cancel()
        with pytest.raises(error):
            act(None)
    assert not inner.asked


def test_no_read_begins_after_a_cancellation() -> None:
    attempt = Attempt()
    attempt.cancelled.set()
    with pytest.raises(httpcore.ReadTimeout), attempt.waiting_on(Inner()):
        raise AssertionError


def test_cancelling_ends_a_read_that_waits_in_another_thread(clock: Clock) -> None:
    asked = threading.Event()

    def script(_: Request) -> Answer:
        asked.set()
        return [HEAD, End.HANG]

    with FaultServer(script) as server, ThreadPoolExecutor() as threads:
        client = Client(base_url=server.url, credentials=KEYS, timeout=60)
        waiting = threads.submit(client.get_page, TICKET)
        assert asked.wait(10)
        client.close()  # waits for nothing but what it has ended
        with pytest.raises(TransportError, match=r"^the request was cancelled") as caught:
            waiting.result(10)
        assert not isinstance(caught.value, RequestTimeoutError)
        assert len(server.requests) == 1  # nothing is tried again
        assert not clock.waits
        assert server.settles()


def test_cancelling_what_is_over_does_no_harm() -> None:
    with FaultServer(lambda _: [whole(body([], 0))]) as server:
        client = Client(base_url=server.url, credentials=KEYS)
        attempt = Attempt()
        with client._tracked(attempt):
            client.close()
        assert attempt.cancelled.is_set()
        attempt.cancel()


class Closed(Inner):
    """With a socket that is closed already."""

    def get_extra_info(self, info: str) -> Any:
        import socket

        sock = socket.socket()
        sock.close()
        return sock


def test_cancelling_while_the_connection_is_being_closed() -> None:
    attempt = Attempt()
    with attempt.waiting_on(Closed()):
        attempt.cancel()
    assert attempt.cancelled.is_set()
