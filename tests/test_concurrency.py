"""One client in many threads or tasks: no page is mixed up with another's."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from coc_steps import AkSk, AsyncClient, Client
from coc_steps.mock import MockServer, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = [0, 1, 7, 9, 10, 11, 19, 20, 21, 30, 31, 32, 33, 34, 35, 36]
TICKETS = {f"EX{place}": size for place, size in enumerate(SIZES)}
PAGE_SIZE = 10


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with serve(tickets=TICKETS) as server:
        yield server


def sent(mock: MockServer, ticket: str) -> list[str | None]:
    return [step["execution_step_id"] for step in mock.steps(ticket)]


def requests(size: int) -> int:
    """How many requests a walk takes: pages overlap by one, and a full last one asks on."""
    return 1 if size < PAGE_SIZE else 1 + -(-(size - PAGE_SIZE + 1) // (PAGE_SIZE - 1))


@pytest.mark.parametrize("prefetch", [0, 3])
def test_one_client_in_16_threads(mock: MockServer, prefetch: int) -> None:
    barrier = Barrier(len(TICKETS))
    keys = AkSk(mock.access_key, mock.secret_key)

    with Client(base_url=mock.base_url, credentials=keys) as client:

        def walk(ticket: str) -> list[list[str | None]]:
            barrier.wait(30)
            return [
                [
                    step.id
                    for step in client.iter_steps(ticket, page_size=PAGE_SIZE, prefetch=prefetch)
                ]
                for _ in range(2)
            ]

        with ThreadPoolExecutor(len(TICKETS)) as threads:
            walks = dict(zip(TICKETS, threads.map(walk, TICKETS), strict=True))
    for ticket, size in TICKETS.items():
        assert walks[ticket] == [sent(mock, ticket)] * 2
        assert len(walks[ticket][0]) == size


@pytest.mark.parametrize("prefetch", [0, 3])
def test_one_client_in_200_tasks(mock: MockServer, prefetch: int) -> None:
    tickets = [list(TICKETS)[number % len(TICKETS)] for number in range(200)]
    seen = len(mock.requests)

    async def main() -> list[list[str | None]]:
        keys = AkSk(mock.access_key, mock.secret_key)
        async with AsyncClient(base_url=mock.base_url, credentials=keys) as client:

            async def walk(ticket: str) -> list[str | None]:
                steps = client.iter_steps(ticket, page_size=PAGE_SIZE, prefetch=prefetch)
                return [step.id async for step in steps]

            return list(await asyncio.gather(*map(walk, tickets)))

    for ticket, ids in zip(tickets, asyncio.run(main()), strict=True):
        assert ids == sent(mock, ticket)
    if not prefetch:
        assert len(mock.requests) - seen == sum(requests(TICKETS[ticket]) for ticket in tickets)
