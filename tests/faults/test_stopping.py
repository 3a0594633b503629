"""Walks that are left, cancelled or closed while pages are in flight."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from coc_steps import AsyncClient, Client, RateLimitError, TransportError

from . import faults
from .pages import EXECUTION_ID, IDS, Page
from .scenarios import PAGE_SIZE, FaultScript, Place, Scenario
from .server import FaultServer
from .walks import CREDENTIALS, WAYS, Stage, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(20)

HANGS = replace(faults.HANGING_BODY, timeout=10.0)
"""A page that hangs for longer than any of these tests may take."""

SOON = 3.0
"""Far less than the page that hangs would take (seconds)."""

each_way = pytest.mark.parametrize("way", WAYS, ids=str)
each_prefetch = pytest.mark.parametrize("prefetch", [0, 4])


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(5)  # those of an iterator end once it is closed, without being waited for
    assert set(threading.enumerate()) == before


@pytest.fixture
def script() -> FaultScript:
    """Hang in the middle page, until it is healed."""
    return FaultScript(Scenario(HANGS, Place.MIDDLE))


@pytest.fixture
def server(no_thread_is_left: None, script: FaultScript) -> Iterator[FaultServer]:
    with FaultServer(script) as server:
        yield server


@each_way
def test_who_stops_early_is_not_held_up_by_a_page_that_hangs(way: Way) -> None:
    with Stage(Scenario(HANGS, Place.LAST), way) as stage:
        started = time.monotonic()
        assert stage.walker.walk(stop_after=3).ids == IDS[:3]
        assert stage.server.rests(), "the page that hangs is still waited for"
        stage.close()
        assert time.monotonic() - started < SOON
        assert stage.script.hits <= 1
        assert stage.server.settles()


@each_way
def test_who_stops_early_gets_no_error_of_a_later_page(way: Way) -> None:
    with Stage(Scenario(faults.REFUSED[0], Place.LAST), way) as stage:
        outcome = stage.walker.walk(stop_after=11)
        assert (outcome.ids, outcome.error) == (IDS[:11], None)


@each_way
def test_an_iterator_left_alone_asks_for_no_more_than_was_in_flight_and_at_hand(way: Way) -> None:
    with Stage(Scenario(faults.HARMLESS[0], Place.EVERY), way) as stage:
        assert stage.walker.abandon(3) == IDS[:3]
        stage.close()
        assert len(stage.server.requests) <= 1 + 2 * way.prefetch
        assert stage.server.settles()


@each_way
def test_an_iterator_left_alone_does_not_hold_up_the_end(way: Way) -> None:
    with Stage(Scenario(HANGS, Place.LAST), way) as stage:
        started = time.monotonic()
        assert stage.walker.abandon(3) == IDS[:3]
        stage.close()
        assert time.monotonic() - started < SOON
        assert stage.server.settles()


@each_way
def test_an_error_does_not_wait_for_the_pages_behind_it(way: Way) -> None:
    refusing = FaultScript(Scenario(faults.REFUSED[0], Place.MIDDLE))
    with Stage(Scenario(HANGS, Place.LAST), way) as stage:
        stage.server.script = lambda request: (
            refusing if Place.MIDDLE.has(Page.asked_by(request)) else stage.script
        )(request)
        started = time.monotonic()
        outcome = stage.walker.walk()
        assert stage.server.rests(), "the page that hangs is still waited for"
        stage.close()
        assert time.monotonic() - started < SOON
        assert outcome.ids == IDS[: Place.MIDDLE.resume]
        assert isinstance(outcome.error, RateLimitError)
        assert stage.server.settles()


@each_prefetch
def test_a_client_closed_by_another_thread_ends_its_walks(
    server: FaultServer, prefetch: int
) -> None:
    client = Client(base_url=server.url, credentials=CREDENTIALS, timeout=HANGS.timeout)
    steps = client.iter_steps(EXECUTION_ID, page_size=PAGE_SIZE, prefetch=prefetch)
    with ThreadPoolExecutor(1) as pool:
        walk = pool.submit(list, steps)
        assert server.sees(Place.MIDDLE.before + 1)
        started = time.monotonic()
        client.close()
        # Which of the two depends on whether the page had been asked for.
        with pytest.raises((RuntimeError, TransportError), match="closed"):
            walk.result(SOON)
        assert time.monotonic() - started < SOON
    assert server.settles()


@each_prefetch
def test_an_async_client_that_is_closed_ends_its_walks(server: FaultServer, prefetch: int) -> None:
    async def close_while_walking() -> None:
        client = _async_client(server)
        walk = asyncio.create_task(_walk(client, prefetch))
        assert await asyncio.to_thread(server.sees, Place.MIDDLE.before + 1)
        await client.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await walk

    started = time.monotonic()
    asyncio.run(close_while_walking())
    assert time.monotonic() - started < SOON
    assert server.settles()


@each_prefetch
def test_a_walk_that_is_cancelled_gives_its_connections_back(
    server: FaultServer, script: FaultScript, prefetch: int
) -> None:
    async def cancel_and_walk_again() -> list[str | None]:
        async with _async_client(server) as client:
            walk = asyncio.create_task(_walk(client, prefetch))
            assert await asyncio.to_thread(server.sees, Place.MIDDLE.before + 1)
            walk.cancel()
            with pytest.raises(asyncio.CancelledError):
                await walk
            assert await asyncio.to_thread(server.rests)
            script.heal()
            return await _walk(client, prefetch)

    assert asyncio.run(cancel_and_walk_again()) == IDS
    assert server.settles()


def _async_client(server: FaultServer) -> AsyncClient:
    return AsyncClient(base_url=server.url, credentials=CREDENTIALS, timeout=HANGS.timeout)


async def _walk(client: AsyncClient, prefetch: int) -> list[str | None]:
    steps = client.iter_steps(EXECUTION_ID, page_size=PAGE_SIZE, prefetch=prefetch)
    return [step.id async for step in steps]
