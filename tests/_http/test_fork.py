"""A forked process leaves the parent's connections, threads and locks alone, and works."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import traceback
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from coc_steps import AsyncClient, Client
from drive import KEYS, AsyncDriver, make
from faults.server import Answer, End, FaultServer, Request

from .servers import listing

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from conftest import Drive
    from drive import Driver

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
    # Python says from 3.12 on that a process with threads is forked, which is what this is about.
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),
]
FORK: Any = multiprocessing.get_context("fork") if hasattr(os, "fork") else None
SECONDS = 15
"""How long a child may take before it counts as one that hangs (seconds)."""
TICKETS = ("EX1", "EX2")
STEPS = 450
PREFETCH = pytest.mark.parametrize("prefetch", [0, 3])


class Child:
    """A forked process that does one thing; what it comes to is asked for, not forever."""

    def __init__(self, work: Callable[[], object]) -> None:
        here, there = FORK.Pipe()
        self._result = here
        self._process = FORK.Process(target=_report, args=(work, there))
        self._process.start()
        there.close()

    def result(self) -> Any:
        try:
            assert self._result.poll(SECONDS), "the forked process hangs"
            good, value = self._result.recv()
            self._process.join(SECONDS)
            assert self._process.exitcode == 0
        finally:
            if self._process.is_alive():
                os.kill(self._process.pid, signal.SIGKILL)
            self._process.join()
            self._result.close()
        if not good:
            pytest.fail(value)
        return value


def _report(work: Callable[[], object], there: Any) -> None:
    try:
        there.send((True, work()))
    except BaseException:  # noqa: BLE001 - the parent tells
        there.send((False, traceback.format_exc()))


def expected(ticket: str) -> list[str]:
    return [f"{ticket}-{place}" for place in range(STEPS)]


def walks(driver: Driver, ticket: str, prefetch: int, times: int = 5) -> int:
    """Walk a ticket; return how many walks were not that of this ticket."""
    wrong = 0
    for _ in range(times):
        walked = driver.walk(ticket, page_size=20, prefetch=prefetch)
        wrong += walked.ids != expected(ticket) or walked.error is not None
    return wrong


@contextmanager
def warmed_up(drive: Drive, prefetch: int) -> Generator[tuple[Driver, FaultServer]]:
    with FaultServer(listing(STEPS)) as server:
        driver = drive(base_url=server.url, timeout=10.0, max_retries=0)
        assert walks(driver, "EX0", prefetch, 1) == 0
        yield driver, server


@PREFETCH
def test_two_children_and_the_parent_at_once(drive: Drive, prefetch: int) -> None:
    with warmed_up(drive, prefetch) as (driver, _):
        children = [
            Child(lambda ticket=ticket: walks(in_child(driver), ticket, prefetch))  # type: ignore[misc]
            for ticket in TICKETS
        ]
        assert walks(driver, "EX3", prefetch) == 0
        assert [child.result() for child in children] == [0, 0]
        assert walks(driver, "EX3", prefetch) == 0


def in_child(driver: Driver) -> Driver:
    """Return the driver with a runner of this process; a loop does not cross a fork."""
    if isinstance(driver, AsyncDriver):
        driver.runner = asyncio.Runner()
    return driver


_shared: list[Driver] = []


def _in_pool(task: tuple[str, int]) -> int:
    return walks(in_child(_shared[0]), *task, times=2)


@PREFETCH
def test_a_pool_of_processes(drive: Drive, prefetch: int) -> None:
    with warmed_up(drive, prefetch) as (driver, _):
        _shared[:] = [driver]
        pool = ProcessPoolExecutor(2, mp_context=FORK)
        try:
            tasks = [(ticket, prefetch) for ticket in TICKETS * 3]
            assert list(pool.map(_in_pool, tasks, timeout=SECONDS)) == [0] * 6
        finally:
            for pid in pool._processes or ():
                os.kill(pid, signal.SIGKILL)
            pool.shutdown()
            _shared.clear()


@PREFETCH
def test_a_sync_iterator_is_continued_in_the_child(prefetch: int) -> None:
    with FaultServer(listing(STEPS)) as server:
        client = Client(base_url=server.url, credentials=KEYS)
        steps = client.iter_steps("EX1", page_size=20, prefetch=prefetch)
        first = [next(steps).id for _ in range(50)]

        def rest() -> list[str | None]:
            return [step.id for step in steps]

        child = Child(rest)
        here = rest()
        assert first + here == expected("EX1")
        assert first + child.result() == expected("EX1")
        client.close()


@PREFETCH
def test_an_async_iterator_is_continued_in_the_child(prefetch: int) -> None:
    with FaultServer(listing(STEPS)) as server:
        client = AsyncClient(base_url=server.url, credentials=KEYS)
        steps = client.iter_steps("EX1", page_size=20, prefetch=prefetch)

        async def some() -> list[str | None]:
            return [(await anext(steps)).id for _ in range(50)]

        async def rest() -> list[str | None]:
            return [step.id async for step in steps]

        first = asyncio.run(some())
        child = Child(lambda: asyncio.run(rest()))
        assert first + child.result() == expected("EX1")
        assert first + asyncio.run(rest()) == expected("EX1")
        asyncio.run(client.aclose())


@PREFETCH
def test_a_fork_while_requests_are_in_flight(prefetch: int) -> None:
    """Locks that another thread holds at that moment stay held in the child."""
    with FaultServer(listing(STEPS)) as server:
        client = Client(base_url=server.url, credentials=KEYS)

        def walk(ticket: str) -> bool:
            steps = client.iter_steps(ticket, page_size=20, prefetch=prefetch)
            return [step.id for step in steps] == expected(ticket)

        steps = client.iter_steps("EX1", page_size=20, prefetch=8)
        for count in range(10):
            next(steps)
            child = Child(lambda: walk("EX2"))
            assert child.result() is True, count
        client.close()


def test_closing_in_the_child_leaves_the_parent_alone(drive: Drive) -> None:
    with warmed_up(drive, 3) as (driver, server):
        accepted = server.accepted

        def close() -> str:
            there = in_child(driver)
            there.finish()
            with pytest.raises(RuntimeError, match="was closed"):
                there.get_page("EX1")
            return "closed"

        assert Child(close).result() == "closed"
        assert len(driver.get_page("EX1", limit=20).steps) == 20
        assert server.accepted == accepted  # its connections are still the same
        assert walks(driver, "EX1", 3) == 0


def test_closing_in_the_child_while_the_parent_waits() -> None:
    import threading

    asked, go = threading.Event(), threading.Event()

    def script(request: Request) -> Answer:
        asked.set()
        go.wait(SECONDS)
        return listing(STEPS)(request)

    with FaultServer(script) as server:
        client = Client(base_url=server.url, credentials=KEYS, max_retries=0)
        pages: list[Any] = []
        waiting = threading.Thread(target=lambda: pages.append(client.get_page("EX1")))
        waiting.start()
        assert asked.wait(SECONDS)

        def close() -> bool:
            client.close()
            return True

        assert Child(close).result() is True
        go.set()
        waiting.join(SECONDS)
        assert len(pages) == 1
        client.close()


PLAIN: dict[str, Any] = {"sync": httpx.HTTPTransport, "async": httpx.AsyncHTTPTransport}


@PREFETCH
@pytest.mark.parametrize("used", [True, False])
def test_a_client_passed_in_says_what_to_do(kind: str, prefetch: int, used: bool) -> None:
    with FaultServer(listing(STEPS)) as server:
        driver = make(kind, PLAIN[kind](), base_url=server.url, max_retries=0)
        if used:
            driver.walk("EX1", prefetch=prefetch)

        def walk() -> str:
            with pytest.raises(RuntimeError) as caught:
                in_child(driver).walk("EX1", prefetch=prefetch)
            return str(caught.value)

        assert Child(walk).result() == (
            "this process was forked from the one that made this client with an http_client, whose "
            "connections it must not use: make the client and its http_client in each process"
        )
        assert driver.walk("EX1", page_size=20, prefetch=prefetch).ids == expected("EX1")
        driver.close()


def test_a_child_that_never_gets_an_answer_times_out(drive: Drive) -> None:
    """The guard of these tests: a child that hangs is a failure, and killed."""
    with FaultServer(lambda _: [End.HANG]) as server:
        driver = drive(base_url=server.url, timeout=0.3, max_retries=0)
        said = Child(lambda: str(in_child(driver).walk("EX1").error)).result()
        assert "no complete answer within 0.3 s" in said
