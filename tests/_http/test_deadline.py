"""A try is bounded as a whole: the lookup, every address, TLS, the head and the body."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from coc_steps import RequestTimeoutError, TransportError
from drive import TICKET, make
from faults.server import Answer, Drip, End, FaultServer

from .conftest import NAME
from .servers import HOST, Certificates, Relay, black_hole, listing, names, whole

if TYPE_CHECKING:
    from conftest import Clock, Drive
    from drive import Driver

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999999\r\n\r\n"

ENDLESS: dict[str, Answer] = {
    "no head": [End.HANG],
    "dripping head": [b"HTTP/1.1 200 OK\r\nX: ", Drip(b"x" * 100_000)],
    "no body": [HEAD, End.HANG],
    "dripping body": [HEAD, Drip(b" " * 100_000)],
    "dripping chunks": [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        Drip(b"1\r\n \r\n" * 10_000),
    ],
    "dripping gzip": [
        HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"),
        Drip(b"\x1f\x8b\x08\x10" + bytes(6) + b"x" * 100_000),
    ],
}
"""What no timeout between two reads ends, since something comes in time, or what never comes."""

WALKS = {"page": 0, "prefetch": 3}


def late(driver: Driver, prefetch: int = 0) -> None:
    error = driver.walk(TICKET, prefetch=prefetch).error
    assert isinstance(error, RequestTimeoutError)
    assert "no complete answer within" in str(error)


@pytest.mark.parametrize("prefetch", WALKS.values(), ids=list(WALKS))
@pytest.mark.parametrize("answer", ENDLESS.values(), ids=list(ENDLESS))
def test_an_endless_answer_ends_with_the_timeout(
    drive: Drive, answer: Answer, prefetch: int
) -> None:
    with FaultServer(lambda _: answer) as server:
        late(drive(base_url=server.url, timeout=0.3, max_retries=0), prefetch)
        assert server.settles()  # the connection is not kept


def test_each_try_has_the_whole_time_again(drive: Drive, clock: Clock) -> None:
    answers: list[Answer] = [[HEAD, End.HANG], listing_of_one()]
    with FaultServer(lambda _: answers.pop(0)) as server:
        driver = drive(base_url=server.url, timeout=1.5, max_retries=1)
        assert driver.walk(TICKET).ids == ["a"]


def listing_of_one() -> Answer:
    return [whole({"data": [{"execution_step_id": "a"}], "total": 1})]


@pytest.mark.parametrize("holes", [1, 3])
def test_a_dead_address_does_not_use_up_the_time(
    drive: Drive, monkeypatch: pytest.MonkeyPatch, holes: int
) -> None:
    with black_hole() as hole, FaultServer(listing(3)) as server:
        addresses = [hole] * holes + [(HOST, server.port)]
        monkeypatch.setattr(socket, "getaddrinfo", names(NAME, *addresses))
        driver = drive(base_url=f"http://{NAME}:{server.port}", timeout=2.0, max_retries=0)
        assert len(driver.get_page(TICKET).steps) == 3


def test_only_dead_addresses_end_in_time(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    with black_hole() as hole:
        monkeypatch.setattr(socket, "getaddrinfo", names(NAME, hole, hole))
        late(drive(base_url=f"http://{NAME}", timeout=0.3, max_retries=0))


def test_an_address_that_refuses_is_passed_over(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer(listing(3), listening=False) as refusing, FaultServer(listing(3)) as server:
        addresses = [(HOST, refusing.port), (HOST, server.port)]
        monkeypatch.setattr(socket, "getaddrinfo", names(NAME, *addresses))
        driver = drive(base_url=f"http://{NAME}", max_retries=0)
        assert len(driver.get_page(TICKET).steps) == 3


def test_an_address_of_a_kind_that_the_machine_lacks_is_passed_over(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where IPv6 is turned off, and a name has an address of it."""
    with FaultServer(listing(3)) as server:
        known = names(NAME, (HOST, server.port))

        def look_up(*arguments: Any, **options: Any) -> Any:
            found = known(*arguments, **options)
            return [(9999, *found[0][1:]), *found] if arguments[0] == NAME else found

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        driver = drive(base_url=f"http://{NAME}", max_retries=0)
        assert len(driver.get_page(TICKET).steps) == 3


def test_a_lookup_that_never_ends_is_bounded(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def look_up(*_: Any, **__: Any) -> Any:
        over.wait()
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    try:
        for prefetch in WALKS.values():
            late(drive(base_url=f"http://{NAME}", timeout=0.3, max_retries=0), prefetch)
    finally:
        over.set()


@pytest.mark.parametrize(
    "error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")], ids=repr
)
def test_a_lookup_that_fails_is_told(
    drive: Drive, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def look_up(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(
        TransportError, match=r"no complete answer came: ConnectError: .*(unknown|label)"
    ):
        drive(base_url=f"http://{NAME}", max_retries=0).get_page(TICKET)


def test_a_name_without_an_address_is_told(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names(NAME))
    with pytest.raises(TransportError, match=f"{NAME} has no address"):
        drive(base_url=f"http://{NAME}", max_retries=0).get_page(TICKET)


def test_a_handshake_that_is_never_answered_is_bounded(drive: Drive) -> None:
    with FaultServer(lambda _: [End.HANG]) as server:
        url = server.url.replace("http:", "https:")
        for prefetch in WALKS.values():
            late(drive(base_url=url, timeout=0.5, max_retries=0), prefetch)
        assert server.settles()


@pytest.mark.usefixtures("trusted")
def test_tls(drive: Drive, certificates: Certificates) -> None:
    with FaultServer(listing(250)) as server, Relay(server.port, tls=certificates) as front:
        driver = drive(base_url=f"https://{HOST}:{front.port}", max_retries=0)
        for prefetch in WALKS.values():
            assert len(driver.walk(TICKET, prefetch=prefetch).ids) == 250


@pytest.mark.usefixtures("trusted")
def test_an_endless_answer_over_tls_ends_with_the_timeout(
    drive: Drive, certificates: Certificates
) -> None:
    answers = ENDLESS["dripping body"]
    with FaultServer(lambda _: answers) as server, Relay(server.port, tls=certificates) as front:
        late(drive(base_url=f"https://{HOST}:{front.port}", timeout=0.5, max_retries=0))


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_tls_through_a_proxy(
    drive: Drive, monkeypatch: pytest.MonkeyPatch, certificates: Certificates, scheme: str
) -> None:
    established = b"HTTP/1.1 200 Connection established\r\n\r\n"
    to_proxy = certificates if scheme == "https" else None
    with (
        FaultServer(listing(250)) as server,
        Relay(server.port, tls=certificates) as front,
        Relay(front.port, tls=to_proxy, connect=established) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://me:secret@{HOST}:{proxy.port}")
        driver = drive(base_url=f"https://{NAME}", max_retries=0)
        for prefetch in WALKS.values():
            assert len(driver.walk(TICKET, prefetch=prefetch).ids) == 250
    assert all(head.startswith(b"CONNECT coc.example:443 HTTP/1.1\r\n") for head in proxy.heads)
    assert all(b"\r\nProxy-Authorization: Basic " in head for head in proxy.heads)
    assert all("proxy-authorization" not in request.headers for request in server.requests)


def test_a_proxy_that_never_answers_is_bounded(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer(lambda _: [End.HANG]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = drive(base_url=f"https://{NAME}", timeout=0.3, max_retries=0).walk(TICKET).error
        assert proxy.settles()
    assert isinstance(error, RequestTimeoutError)
    assert f" through the proxy {proxy.url} (HTTPS_PROXY): no complete answer within" in str(error)


PLAIN: dict[str, Any] = {"sync": httpx.HTTPTransport, "async": httpx.AsyncHTTPTransport}


@pytest.mark.parametrize("name", ["no head", "no body", "dripping body", "dripping gzip"])
def test_with_a_client_passed_in_it_is_bounded_too(drive: Drive, kind: str, name: str) -> None:
    with FaultServer(lambda _: ENDLESS[name]) as server:
        late(drive(PLAIN[kind](), base_url=server.url, timeout=0.3, max_retries=0))


def test_an_async_client_passed_in_is_bounded_as_a_whole() -> None:
    """With a sync one, a dripping head takes longer, as its docstring says."""
    with FaultServer(lambda _: ENDLESS["dripping head"]) as server:
        transport: Any = httpx.AsyncHTTPTransport()
        driver = make("async", transport, base_url=server.url, timeout=0.3, max_retries=0)
        late(driver)
        driver.close()
        assert server.settles()
