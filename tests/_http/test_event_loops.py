"""One async client on one event loop after another, and on two at once."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import httpx2
import pytest
from coc_steps import AsyncClient, TransportError
from drive import KEYS, TICKET
from faults.server import Answer, End, FaultServer, Request

from .servers import listing

if TYPE_CHECKING:
    from collections.abc import Iterator

tidy = pytest.mark.usefixtures("no_resource_warning")
PREFETCH = pytest.mark.parametrize("prefetch", [0, 3])


@pytest.fixture
def no_resource_warning() -> Iterator[None]:
    """What is left open is told when it is collected, wherever that happens."""
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(each.message) for each in caught] == []


def client_of(server: FaultServer, **settings: Any) -> AsyncClient:
    return AsyncClient(base_url=server.url, credentials=KEYS, max_retries=0, **settings)


async def walk(client: AsyncClient, prefetch: int, ticket: str = TICKET) -> list[str | None]:
    return [step.id async for step in client.iter_steps(ticket, prefetch=prefetch)]


@tidy
@PREFETCH
def test_one_loop_after_another(prefetch: int) -> None:
    with FaultServer(listing(250)) as server:
        client = client_of(server)
        walks = [asyncio.run(walk(client, prefetch)) for _ in range(4)]
        assert [len(ids) for ids in walks] == [250] * 4
        asyncio.run(client.aclose())
        assert server.settles()


@tidy
def test_a_connection_is_kept_on_its_loop() -> None:
    with FaultServer(listing(250)) as server:
        client = client_of(server)

        async def twice() -> None:
            for _ in range(2):
                await walk(client, 0)

        for _ in range(3):
            asyncio.run(twice())
        assert server.accepted == 3
        asyncio.run(client.aclose())


@tidy
@PREFETCH
def test_an_iterator_that_was_begun_on_another_loop(prefetch: int) -> None:
    with FaultServer(listing(950)) as server:
        client = client_of(server)
        steps = client.iter_steps(TICKET, prefetch=prefetch)

        async def some(count: int) -> list[str | None]:
            return [(await anext(steps)).id for _ in range(count)]

        async def rest() -> list[str | None]:
            return [step.id async for step in steps]

        ids = asyncio.run(some(150)) + asyncio.run(some(150)) + asyncio.run(rest())
        assert ids == [f"{TICKET}-{place}" for place in range(950)]
        asyncio.run(client.aclose())


@tidy
@PREFETCH
def test_two_loops_at_once(prefetch: int) -> None:
    with FaultServer(listing(450)) as server, ThreadPoolExecutor(4) as threads:
        client = client_of(server)
        barrier = threading.Barrier(4)

        def one(ticket: str) -> list[str | None]:
            async def main() -> list[str | None]:
                barrier.wait(10)
                return [
                    *await walk(client, prefetch, ticket),
                    *await walk(client, prefetch, ticket),
                ]

            return asyncio.run(main())

        tickets = [f"EX{number}" for number in range(4)]
        for ticket, ids in zip(tickets, threads.map(one, tickets), strict=True):
            assert ids == [f"{ticket}-{place}" for place in range(450)] * 2
        asyncio.run(client.aclose())
        assert server.settles()


@tidy
@PREFETCH
def test_closing_on_one_loop_ends_what_is_in_flight_on_another(prefetch: int) -> None:
    asked = threading.Event()

    def hanging(_: Request) -> Answer:
        asked.set()
        return [End.HANG]

    with FaultServer(hanging) as server, ThreadPoolExecutor(1) as threads:
        client = client_of(server)
        waiting = threads.submit(asyncio.run, walk(client, prefetch))
        assert asked.wait(10)
        asyncio.run(client.aclose())
        with pytest.raises((RuntimeError, TransportError), match="closed"):
            waiting.result(10)
        assert server.settles()


@pytest.mark.parametrize("library", [httpx, httpx2])
@PREFETCH
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # its own connections of a loop that is over
def test_a_client_passed_in_belongs_to_its_loop(library: Any, prefetch: int) -> None:
    """On another one it works, or says what to do."""
    with FaultServer(listing(250)) as server:
        client = client_of(server, http_client=library.AsyncClient(trust_env=False))
        outcomes: list[object] = []
        for _ in range(3):
            try:
                outcomes.append(len(asyncio.run(walk(client, prefetch))))
            except RuntimeError as error:
                outcomes.append(str(error))
    sentence = (
        "the http_client of this client was used on another event loop: make it on the loop that "
        "uses it, or leave http_client out"
    )
    assert outcomes[0] == 250
    assert sentence in outcomes
    assert set(outcomes) == {250, sentence}
    del client
    gc.collect()  # while the warning is expected, not in some later test
