"""Clients of httpx2 as ``http_client``: taken for what they offer, not for their class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import httpx2
import pytest
from coc_steps import (
    AsyncClient,
    AuthenticationError,
    Client,
    RequestTimeoutError,
    ServerError,
    TransportError,
)
from coc_steps_api.models import ListExecutionStepsResponse
from drive import KEYS, TICKET, URL, make
from faults.server import Answer, End, FaultServer

from .servers import listing, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drive import Driver

    Two = Callable[..., Driver]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"


@pytest.fixture
def two(kind: str) -> Iterator[Two]:
    """Make clients that send with a client of httpx2."""
    made: list[tuple[Any, Any]] = []

    def one(url: str, **settings: Any) -> Driver:
        http = {"sync": httpx2.Client, "async": httpx2.AsyncClient}[kind](trust_env=False)
        driver: Any = make(kind, None, base_url=url, http_client=http, **settings)
        made.append((driver, http))
        return driver  # type: ignore[no-any-return]

    yield one
    for driver, http in made:
        if kind == "sync":
            http.close()
        else:
            driver.runner.run(http.aclose())
        driver.close()


@pytest.mark.parametrize("prefetch", [0, 3])
def test_a_walk(two: Two, prefetch: int) -> None:
    with FaultServer(listing(250)) as server:
        ids = two(server.url).walk(TICKET, prefetch=prefetch).ids
        assert ids == [f"{TICKET}-{place}" for place in range(250)]
        assert all("signature=" in r.headers["authorization"].lower() for r in server.requests)


def test_the_raw_layer(two: Two) -> None:
    with FaultServer(listing(3)) as server:
        answer = two(server.url).api(TICKET, limit=2)
        assert isinstance(answer.parsed, ListExecutionStepsResponse)
        assert (answer.status_code, answer.parsed.total) == (200, 3)


def test_an_error_of_the_server(two: Two) -> None:
    refusal = whole({"error_code": "X.1"}, status=b"503 Busy")
    with FaultServer(lambda _: [refusal]) as server, pytest.raises(ServerError, match=r"X\.1"):
        two(server.url, max_retries=0).get_page(TICKET)


@pytest.mark.parametrize("answer", [[End.HANG], [HEAD, End.HANG]], ids=["head", "body"])
def test_its_timeouts_are_ours(two: Two, answer: Answer) -> None:
    with FaultServer(lambda _: answer) as server, pytest.raises(RequestTimeoutError):
        two(server.url, timeout=0.3, max_retries=0).get_page(TICKET)


@pytest.mark.parametrize("answer", [[End.CLOSE], [End.RESET], [HEAD, End.CLOSE]])
def test_its_errors_are_ours(two: Two, answer: Answer) -> None:
    with (
        FaultServer(lambda _: answer) as server,
        pytest.raises(TransportError, match="no complete answer came") as caught,
    ):
        two(server.url, max_retries=0).get_page(TICKET)
    assert not isinstance(caught.value, RequestTimeoutError)
    assert caught.value.__context__ is None  # it would keep the request's headers


def test_a_refusal_is_remembered(two: Two) -> None:
    refusal = whole({"error_code": "APIGW.0301"}, status=b"401 Unauthorized")
    with FaultServer(lambda _: [refusal]) as server:
        driver = two(server.url)
        for _ in range(2):
            with pytest.raises(AuthenticationError):
                driver.get_page(TICKET)
        with pytest.raises(AuthenticationError, match="nothing was sent"):
            driver.api(TICKET)
        assert len(server.requests) == 1


class Half:
    """Offers a half of what it has to."""

    def send(self) -> None:
        raise AssertionError


WRONG: list[Any] = [object(), Half(), httpx, "client", 5]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_what_does_not_offer_it_is_refused(client: Any, wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"^http_client must be an httpx\.(Async)?Client, or what"):
        client(base_url=URL, credentials=KEYS, http_client=wrong)


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_one_of_the_other_kind_is_refused(library: Any) -> None:
    http: Any = library.Client()
    with http, pytest.raises(TypeError, match=r"must be an httpx\.AsyncClient.*not Client$"):
        AsyncClient(base_url=URL, credentials=KEYS, http_client=http)
    other: Any = library.AsyncClient()
    with pytest.raises(TypeError, match=r"must be an httpx\.Client.*not AsyncClient$"):
        Client(base_url=URL, credentials=KEYS, http_client=other)
