"""What is cancelled leaves no socket, task or thread behind, and the client is as good as new."""

from __future__ import annotations

import asyncio
import gc
import random
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps import AsyncClient, Client, CocError, RequestTimeoutError
from drive import KEYS, TICKET
from faults.server import Answer, End, FaultServer, Request

from .servers import HOST, black_hole, listing, names, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    Meeting = Callable[[socket.socket], None]

STEPS = 450
SECONDS = 15
"""How long what was cancelled may take to end before it counts as hanging (seconds)."""
PREFETCH = pytest.mark.parametrize("prefetch", [0, 3])
OPTIONS: dict[str, Any] = {"credentials": KEYS, "timeout": 60, "max_retries": 0}
NAME = "coc.example"


def sockets() -> int:
    """Count the sockets of this process (Linux)."""
    links = Path("/proc/self/fd").iterdir()
    count = 0
    for link in links:
        with suppress(OSError):  # it is closed already
            count += str(link.readlink()).startswith("socket:")
    return count


def threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name.startswith("coc-steps")]


linux = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="there is no /proc here")


@contextmanager
def nothing_left(server: FaultServer, most: int = 0) -> Generator[None]:
    """Check that there are no more sockets afterwards than before, but for so many idle ones."""
    gc.collect()
    before = sockets()
    yield
    gc.collect()
    assert server.settles(most)
    # The server has a socket of its own for each connection, and may yet accept one that is over.
    assert server.brings(lambda: sockets() <= before + 2 * most)
    for thread in threads():
        thread.join(SECONDS)
    assert threads() == []


def async_client(server: FaultServer, **settings: Any) -> AsyncClient:
    options: dict[str, Any] = {"base_url": server.url, **OPTIONS, **settings}
    return AsyncClient(**options)


async def walk(client: AsyncClient, prefetch: int) -> int:
    return len([step async for step in client.iter_steps(TICKET, page_size=20, prefetch=prefetch)])


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def cancelled(task: asyncio.Task[Any], chance: random.Random) -> None:
    """Cancel a task, some of the time twice, and wait until it is over."""
    task.cancel()
    if chance.random() < 0.5:
        await turns(chance.randrange(4))
        task.cancel()
    await asyncio.wait([task], timeout=SECONDS)
    assert task.done()
    assert task.cancelled() or task.exception() is None


@linux
@PREFETCH
def test_cancelled_walks(prefetch: int) -> None:
    chance = random.Random(12)

    async def main(server: FaultServer) -> None:
        async with async_client(server) as client:
            assert await walk(client, prefetch) == STEPS
            with nothing_left(server, max(prefetch, 1)):
                for _ in range(120):
                    task = asyncio.create_task(walk(client, prefetch))
                    await turns(chance.randrange(400))
                    await cancelled(task, chance)
                assert asyncio.all_tasks() == {asyncio.current_task()}
            assert await walk(client, prefetch) == STEPS

    with FaultServer(listing(STEPS)) as server:
        asyncio.run(main(server))
        assert server.settles()


@linux
@PREFETCH
def test_walks_that_are_stopped_early(prefetch: int) -> None:
    """Left alone after a break, too: what is in flight ends by itself."""
    chance = random.Random(7)

    async def some(client: AsyncClient, tidy: bool) -> None:
        steps = client.iter_steps(TICKET, page_size=20, prefetch=prefetch)
        for _ in range(chance.randrange(1, 60)):
            await anext(steps)
        if tidy:
            await steps.aclose()

    async def main(server: FaultServer) -> None:
        async with async_client(server) as client:
            assert await walk(client, prefetch) == STEPS
            with nothing_left(server, 3 * max(prefetch, 1)):
                for count in range(100):
                    await some(client, tidy=count % 2 == 0)
                rest = asyncio.all_tasks() - {asyncio.current_task()}
                if rest:
                    await asyncio.wait(rest, timeout=SECONDS)
                assert asyncio.all_tasks() == {asyncio.current_task()}
            assert await walk(client, prefetch) == STEPS

    with FaultServer(listing(STEPS)) as server:
        asyncio.run(main(server))
        assert server.settles()


@linux
@PREFETCH
def test_a_timeout_of_asyncio_around_a_walk(prefetch: int) -> None:
    chance = random.Random(3)

    async def main(server: FaultServer) -> None:
        late = 0
        async with async_client(server) as client:
            with nothing_left(server, max(prefetch, 1)):
                for _ in range(60):
                    try:
                        async with asyncio.timeout(chance.uniform(0, 0.05)):
                            await walk(client, prefetch)
                    except TimeoutError:
                        late += 1
                assert asyncio.all_tasks() == {asyncio.current_task()}
            assert late
            assert await walk(client, prefetch) == STEPS

    with FaultServer(listing(STEPS)) as server:
        asyncio.run(main(server))


@linux
@PREFETCH
def test_closing_an_async_client_while_it_walks(prefetch: int) -> None:
    chance = random.Random(5)

    async def main(server: FaultServer) -> None:
        with nothing_left(server):
            for _ in range(60):
                client = async_client(server)
                task = asyncio.create_task(walk(client, prefetch))
                await turns(chance.randrange(300))
                await client.aclose()
                await asyncio.wait([task], timeout=SECONDS)
                assert task.done()
                error = task.exception()
                assert error is None or "was closed" in str(error)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    with FaultServer(listing(STEPS)) as server:
        asyncio.run(main(server))


HANGING: dict[str, Answer] = {
    "head": [End.HANG],
    "body": [b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n ", End.HANG],
}


@linux
@PREFETCH
@pytest.mark.parametrize("answer", HANGING.values(), ids=list(HANGING))
def test_cancelling_what_hangs(prefetch: int, answer: Answer) -> None:
    chance = random.Random(1)

    async def main(server: FaultServer) -> None:
        async with async_client(server) as client:
            with nothing_left(server):
                for count in range(20):
                    task = asyncio.create_task(walk(client, prefetch))
                    seen = await asyncio.to_thread(server.sees, count + 1)
                    assert seen
                    await cancelled(task, chance)
                assert asyncio.all_tasks() == {asyncio.current_task()}

    with FaultServer(lambda _: answer) as server:
        asyncio.run(main(server))


@linux
def test_cancelling_where_no_connection_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(2)

    async def main(server: FaultServer, hole: Any) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", names(NAME, hole, hole))
        async with async_client(server, base_url=f"http://{NAME}") as client:
            with nothing_left(server):
                for _ in range(40):
                    task = asyncio.create_task(walk(client, 0))
                    await turns(chance.randrange(200))
                    await cancelled(task, chance)

    with FaultServer(listing(1)) as server, black_hole() as hole:
        asyncio.run(main(server, hole))


# Sync


def sync_client(url: str) -> Client:
    return Client(base_url=url, **OPTIONS)


@linux
@pytest.mark.parametrize("tidy", [True, False])
def test_sync_walks_that_are_stopped_early(tidy: bool) -> None:
    chance = random.Random(11)
    with FaultServer(listing(STEPS)) as server, sync_client(server.url) as client:
        assert len(list(client.iter_steps(TICKET, prefetch=3))) == STEPS
        with nothing_left(server, 12):
            for _ in range(100):
                steps = client.iter_steps(TICKET, page_size=20, prefetch=3)
                for _ in range(chance.randrange(1, 60)):
                    next(steps)
                if tidy:
                    steps.close()
                del steps
        assert len(list(client.iter_steps(TICKET, prefetch=3))) == STEPS


def connecting(_: socket.socket) -> None:
    """Nobody takes the connection."""


def handshake(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    connection.recv(1)  # of the ClientHello
    _kept.append(connection)


def before_head(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    while not connection.recv(65536).endswith(b"\r\n\r\n"):
        pass
    _kept.append(connection)


def in_body(listener: socket.socket) -> None:
    before_head(listener)
    _kept[-1].sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n ")


_kept: list[socket.socket] = []
STAGES: dict[str, tuple[str, Meeting]] = {
    "connecting": ("http", connecting),
    "TLS": ("https", handshake),
    "head": ("http", before_head),
    "body": ("http", in_body),
}


@contextmanager
def stage(name: str, monkeypatch: pytest.MonkeyPatch) -> Generator[tuple[str, Callable[[], None]]]:
    """Return a URL, and what waits until a request to it is in that stage."""
    scheme, meet = STAGES[name]
    if meet is connecting:
        begun = threading.Event()
        with black_hole() as hole:
            known = names(NAME, hole)

            def look_up(*arguments: Any, **options: Any) -> Any:
                begun.set()
                return known(*arguments, **options)

            def met() -> None:
                assert begun.wait(SECONDS)
                begun.clear()

            monkeypatch.setattr(socket, "getaddrinfo", look_up)
            yield f"http://{NAME}", met
        return
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(SECONDS)
        yield f"{scheme}://{HOST}:{listener.getsockname()[1]}", lambda: meet(listener)
    while _kept:
        _kept.pop().close()


@linux
@PREFETCH
@pytest.mark.parametrize("name", STAGES)
def test_closing_a_client_from_another_thread(
    name: str, prefetch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(client: Client) -> list[Any]:
        return list(client.iter_steps(TICKET, prefetch=prefetch))

    gc.collect()
    with stage(name, monkeypatch) as (url, met), ThreadPoolExecutor(1) as pool:
        before = sockets()
        for _ in range(5):
            client = sync_client(url)
            waiting = pool.submit(ask, client)
            met()
            client.close()
            with pytest.raises((CocError, RuntimeError), match="closed") as caught:
                waiting.result(SECONDS)
            assert not isinstance(caught.value, RequestTimeoutError)
        while _kept:
            _kept.pop().close()
        gc.collect()
        assert sockets() == before
    for thread in threads():
        thread.join(SECONDS)
    assert threads() == []


def test_cancelling_what_is_over_does_no_harm() -> None:
    with FaultServer(listing(1)) as server:
        client = sync_client(server.url)
        client.get_page(TICKET)
        client.close()
        client.close()
        assert server.settles()


INTERRUPTED = """
import asyncio, sys
from coc_steps import AsyncClient, AuthToken, Client

url, kind, prefetch, tidy = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "tidy"
options = dict(base_url=url, credentials=AuthToken("t"), timeout=60)

async def walk():
    client = AsyncClient(**options)
    async for _ in client.iter_steps("EX1", prefetch=prefetch):
        pass

if kind == "async":
    asyncio.run(walk())
elif tidy:
    with Client(**options) as client:
        list(client.iter_steps("EX1", prefetch=prefetch))
else:
    for _ in Client(**options).iter_steps("EX1", prefetch=prefetch):
        pass
"""


IN_THE_LOOP = """
import signal, sys
from coc_steps import AuthToken, Client

client = Client(base_url=sys.argv[1], credentials=AuthToken("t"), timeout=60)
for step in client.iter_steps("EX1", prefetch=3):
    print("first step", flush=True)
    signal.pause()
"""

posix = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")


@contextmanager
def interpreter(*arguments: str) -> Generator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-c", *arguments], stdout=pipe, stderr=pipe, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def interrupt(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == -signal.SIGINT
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert "Exception ignored" not in said
    assert "never awaited" not in said


@posix
@PREFETCH
@pytest.mark.parametrize("how", ["tidy", pytest.param("untidy", marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("name", ["TLS", "head", "body"])
def test_ctrl_c_ends_it_promptly(
    kind: str, name: str, prefetch: int, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        stage(name, monkeypatch) as (url, met),
        interpreter(INTERRUPTED, url, kind, str(prefetch), how) as process,
    ):
        met()
        interrupt(process)


@posix
def test_ctrl_c_between_two_steps_does_not_wait_for_what_is_in_flight() -> None:
    """Nobody closes the client, or the iterator; the pages after the first one never come."""
    page = {"data": [{"execution_step_id": str(place)} for place in range(100)], "total": 999}

    def script(request: Request) -> Answer:
        return [End.HANG] if request.number("offset", 0) else [whole(page)]

    with FaultServer(script) as server, interpreter(IN_THE_LOOP, server.url) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert server.sees(3)
        interrupt(process)
