"""The same of the async client: nothing is left on the loop."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from coc_steps import AsyncClient, PermissionDeniedError, TransportError
from drive import KEYS, TICKET, URL, Recorder, lister, number, refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ALL = [str(place) for place in range(100)]


class Gate(httpx.MockTransport):
    """Holds every page but the first back until it is let through, or given up."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.waiting: set[int] = set()
        self.cancelled: set[int] = set()
        self.most = 0
        self.changed = asyncio.Condition()
        self.opened: set[int] = set()
        super().__init__(self._hold)

    async def _hold(self, request: httpx.Request) -> httpx.Response:
        offset = number(request, "offset", 0)
        try:
            async with self.changed:
                self.begun.append(offset)
                self.waiting.add(offset)
                self.most = max(self.most, len(self.waiting))
                self.changed.notify_all()
                if offset:
                    await self.changed.wait_for(lambda: offset in self.opened)
        except asyncio.CancelledError:
            self.cancelled.add(offset)
            raise
        finally:
            self.waiting.discard(offset)
        async with self.changed:
            self.changed.notify_all()
        return lister(100)(request)

    async def let(self, *offsets: int) -> None:
        async with self.changed:
            self.opened.update(offsets)
            self.changed.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(condition)


def run(body: Callable[[Gate, AsyncClient], Awaitable[Any]]) -> None:
    async def main() -> None:
        gate = Gate()
        async with httpx.AsyncClient(transport=gate) as http:
            client = AsyncClient(base_url=URL, credentials=KEYS, http_client=http)
            async with client:
                await body(gate, client)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left

    asyncio.run(main())


def test_at_most_so_many_are_in_flight_and_at_hand_and_they_come_in_order() -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        steps = client.iter_steps(TICKET, page_size=10, prefetch=3)
        assert not gate.begun
        ids = [(await anext(steps)).id for _ in range(10)]
        await gate.until(lambda: gate.waiting == {9, 18, 27})
        await gate.let(18, 27)  # the later ones come first, and others are asked for in their place
        await gate.until(lambda: gate.waiting == {9, 36, 45})
        await gate.let(36, 45)
        await gate.until(lambda: gate.waiting == {9, 54})
        await gate.let(54)
        await gate.until(lambda: gate.waiting == {9})  # six are asked for; none of them was taken
        await gate.let(9)
        ids.append((await anext(steps)).id)
        await gate.until(lambda: gate.waiting == {63})  # one taken, one asked for
        assert gate.begun == [*range(0, 64, 9)]
        await gate.let(*range(200))
        assert ids + [step.id async for step in steps] == ALL
        assert gate.most == 3

    run(body)


@pytest.mark.parametrize("prefetch", [1, 2, 5, 8])
def test_at_most_twice_as_many_are_asked_for_as_are_kept_in_flight(prefetch: int) -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        await gate.let(*range(200))
        taken = 0
        async for _ in client.iter_steps(TICKET, page_size=2, prefetch=prefetch):
            taken += 1
            pages = max(taken - 1, 1)  # the first page has two steps, each other one brings one
            assert len(gate.begun) <= pages + 2 * prefetch
        assert taken == 100
        assert gate.most <= prefetch

    run(body)


def test_an_iterator_left_alone_stops_when_twice_as_many_are_asked_for() -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        await gate.let(*range(200))
        steps = client.iter_steps(TICKET, page_size=2, prefetch=3)
        assert (await anext(steps)).id == "0"
        await gate.until(lambda: len(gate.begun) == 7 and not gate.waiting)
        others = client.iter_steps(TICKET, page_size=100)
        assert [step.id async for step in others] == ALL
        assert sorted(gate.begun) == [0, 0, 1, 2, 3, 4, 5, 6, 99]
        assert [step.id async for step in steps] == ALL[1:]

    run(body)


def test_an_iteration_of_a_closed_client_says_so() -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        await gate.let(*range(200))
        steps = client.iter_steps(TICKET, page_size=10, prefetch=3)
        assert (await anext(steps)).id == "0"
        await client.aclose()
        with pytest.raises(RuntimeError, match=r"^this client was closed; make a new one$"):
            _ = [step.id async for step in steps]
        assert steps.offset == 10

    run(body)


@pytest.mark.parametrize("how", ["leave", "aclose", "client"])
def test_what_is_in_flight_is_cancelled(how: str) -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        async with client.iter_steps(TICKET, page_size=2, prefetch=3) as steps:
            await anext(steps)
            await gate.until(lambda: gate.waiting == {1, 2, 3})
            if how == "aclose":
                await steps.aclose()
            elif how == "client":
                await client.aclose()
        assert gate.cancelled == {1, 2, 3}
        assert not gate.waiting
        assert steps.offset == 1
        assert gate.begun == [0, 1, 2, 3]

    run(body)


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ("iterator", TransportError, "the request was cancelled"),
        ("client", RuntimeError, "this client was closed"),
    ],
)
def test_a_task_that_waits_for_a_page_is_told_who_closed(
    how: str, error: type[Exception], said: str
) -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        steps = client.iter_steps(TICKET, page_size=2, prefetch=1)
        await anext(steps)
        await anext(steps)
        waiting = asyncio.ensure_future(anext(steps))
        await gate.until(lambda: gate.waiting == {1})
        await (steps if how == "iterator" else client).aclose()
        with pytest.raises(error, match=said):
            await waiting

    run(body)


def test_what_is_left_without_a_with_ends_with_the_client() -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        async for _ in client.iter_steps(TICKET, page_size=2, prefetch=3):
            break
        await gate.until(lambda: gate.waiting == {1, 2, 3})

    run(body)  # looks for tasks


def test_an_error_cancels_what_was_to_come_after_it() -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        async def answer(request: httpx.Request) -> httpx.Response:
            if number(request, "offset", 0) == 9:
                await gate.until(lambda: gate.waiting == {18, 27})
                return refusal(403)
            return await gate._hold(request)

        gate.handler = answer
        steps = client.iter_steps(TICKET, page_size=10, prefetch=3)
        assert [(await anext(steps)).id for _ in range(10)] == ALL[:10]
        with pytest.raises(PermissionDeniedError) as caught:
            await anext(steps)
        assert caught.value.offset == steps.offset == 10
        assert not gate.waiting
        assert {18, 27} <= gate.cancelled <= {18, 27, 36}  # one may begin in the place of page 9

    run(body)


def test_an_error_that_nobody_came_to_is_not_complained_about() -> None:
    complaints: list[dict[str, Any]] = []

    async def body(gate: Gate, client: AsyncClient) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about))
        gate.handler = lambda request: (
            refusal(403) if number(request, "offset", 0) else lister(100)(request)
        )
        steps = client.iter_steps(TICKET, page_size=10, prefetch=3)
        await anext(steps)
        await asyncio.wait(client._tasks)
        del steps
        gc.collect()  # a task says so when it goes

    run(body)
    assert not complaints


@pytest.mark.parametrize("prefetch", [0, 3])
def test_a_consumer_that_is_cancelled_leaves_nothing_and_can_be_resumed(prefetch: int) -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        steps = client.iter_steps(TICKET, page_size=10, prefetch=prefetch)

        async def consume() -> None:
            async for _ in steps:
                pass

        consumer = asyncio.create_task(consume())
        await gate.until(lambda: len(gate.waiting) == max(prefetch, 1))
        consumer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await consumer
        await steps.aclose()
        assert gate.cancelled >= {9}
        assert steps.offset == 10
        await gate.let(*range(200))
        rest = client.iter_steps(TICKET, page_size=10, offset=steps.offset)
        assert [step.id async for step in rest] == ALL[10:]

    run(body)


def test_closing_the_client_does_not_look_like_a_cancelled_consumer() -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        steps = client.iter_steps(TICKET, page_size=10, prefetch=3)

        async def consume() -> None:
            async for _ in steps:
                pass

        consumer = asyncio.create_task(consume())
        await gate.until(lambda: gate.waiting == {9, 18, 27})
        await client.aclose()
        with pytest.raises(RuntimeError, match="was closed"):
            await consumer
        assert not consumer.cancelled()

    run(body)


@pytest.mark.parametrize("prefetch", [0, 3])
def test_a_timeout_around_a_walk_works(prefetch: int) -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        async def consume() -> None:
            async with asyncio.timeout(None) as limit:
                async for _ in client.iter_steps(TICKET, page_size=10, prefetch=prefetch):
                    limit.reschedule(0)

        with pytest.raises(TimeoutError):
            await consume()

    run(body)


def test_closing_the_client_ends_what_is_in_flight_in_a_client_that_was_passed_in() -> None:
    async def body(gate: Gate, client: AsyncClient) -> None:
        asking = asyncio.ensure_future(client.get_page(TICKET, offset=1))
        await gate.until(lambda: gate.waiting == {1})
        await client.aclose()
        with pytest.raises(RuntimeError, match="this client was closed"):
            await asking
        assert gate.cancelled == {1}

    run(body)


@pytest.mark.parametrize("watching", [False, True])
def test_closing_the_client_ends_a_wait_before_the_next_try(watching: bool) -> None:
    async def body() -> None:
        transport = Recorder(lambda _: refusal(503, {"Retry-After": "60"}))
        async with httpx.AsyncClient(transport=transport) as http:
            client = AsyncClient(base_url=URL, credentials=KEYS, http_client=http)
            call = anext(client.watch(TICKET)) if watching else client.get_page(TICKET)
            asking = asyncio.ensure_future(call)
            async with asyncio.timeout(20):
                while not client._tasks:  # noqa: ASYNC110 - nothing tells that a wait began
                    await asyncio.sleep(0)
                await client.aclose()
                with pytest.raises(RuntimeError, match="this client was closed"):
                    await asking

    asyncio.run(body())
