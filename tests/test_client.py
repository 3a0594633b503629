"""The two clients: what they read, what they send, and when they are closed."""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import pickle
import weakref
from contextlib import closing
from itertools import repeat
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from coc_steps import (
    AkSk,
    AsyncClient,
    AuthenticationError,
    AuthToken,
    Client,
    StepNotFoundError,
)
from coc_steps._http import library
from coc_steps.mock import MockServer, serve
from coc_steps_api.models import ListExecutionStepsResponse
from drive import KEYS, TICKET, URL, Recorder, body, lister, make, number, refusal
from faults.server import FaultServer
from vendor_example import EXECUTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Drive

PATH = f"{EXECUTIONS}/{TICKET}/steps"


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with serve() as server:
        yield server


def keys(mock: MockServer) -> AkSk:
    return AkSk(mock.access_key, mock.secret_key)


def ticket(mock: MockServer, size: int) -> str:
    return next(name for name, count in mock.tickets.items() if count == size)


@pytest.mark.parametrize("size", [0, 1, 23, 250, 2500])
@pytest.mark.parametrize("prefetch", [0, 3])
def test_all_steps_in_order(drive: Drive, mock: MockServer, size: int, prefetch: int) -> None:
    driver = drive(base_url=mock.base_url, credentials=keys(mock))
    walked = driver.walk(ticket(mock, size), prefetch=prefetch)
    assert walked.ids == [step["execution_step_id"] for step in mock.steps(ticket(mock, size))]
    assert (walked.total, walked.offset, walked.error) == (size, size, None)


def test_a_token_and_a_language(drive: Drive, mock: MockServer) -> None:
    driver = drive(base_url=mock.base_url, credentials=AuthToken(mock.token), language="zh-cn")
    assert driver.get_page(ticket(mock, 23)).total == 23


def test_the_wrapper_reads_what_the_generated_layer_reads(drive: Drive, mock: MockServer) -> None:
    driver = drive(base_url=mock.base_url, credentials=keys(mock))
    for window in ({}, {"limit": 100}, {"limit": 7, "offset": 245}, {"offset": 9999}):
        page = driver.get_page(ticket(mock, 250), **window)
        answer = driver.api(ticket(mock, 250), **window)
        assert isinstance(answer.parsed, ListExecutionStepsResponse)
        assert page.raw == answer.parsed
        assert [step.raw for step in page.steps] == (answer.parsed.data or [])


def test_one_step(drive: Drive, mock: MockServer) -> None:
    driver = drive(base_url=mock.base_url, credentials=keys(mock))
    sent = mock.steps(ticket(mock, 250))[249]
    step = driver.get_step(ticket(mock, 250), sent["execution_step_id"])
    assert step.raw.to_dict() == sent


@pytest.mark.parametrize("others", [[], ["a", None, "bb"]])
def test_a_step_that_is_not_there(drive: Drive, others: list[str | None]) -> None:
    transport = Recorder(lambda _: httpx.Response(200, json=body(others, len(others))))
    with pytest.raises(StepNotFoundError, match=f"execution '{TICKET}' has no step 'b'"):
        drive(transport).get_step(TICKET, "b")


def test_windows_overlap_by_one(drive: Drive) -> None:
    transport = Recorder(lister(25))
    assert drive(transport).walk(TICKET, page_size=10).ids == [str(n) for n in range(25)]
    assert [target.partition("?")[2] for target in transport.targets] == [
        "limit=10&offset=0",
        "limit=10&offset=9",
        "limit=10&offset=18",
    ]


def test_max_items_and_where_to_resume(drive: Drive) -> None:
    transport = Recorder(lister(25))
    driver = drive(transport)
    first = driver.walk(TICKET, max_items=7)
    assert transport.targets == [f"{PATH}?limit=7&offset=0"]
    rest = driver.walk(TICKET, offset=first.offset, page_size=10)
    assert first.ids + rest.ids == [str(n) for n in range(25)]


@pytest.mark.parametrize("stop", range(1, 26))
def test_stopping_anywhere_and_resuming_gives_the_rest(drive: Drive, stop: int) -> None:
    driver = drive(Recorder(lister(25)))
    first = driver.walk(TICKET, page_size=10, stop_after=stop)
    assert first.offset == stop
    rest = driver.walk(TICKET, page_size=4, offset=first.offset)
    assert first.ids + rest.ids == [str(n) for n in range(25)]


@pytest.mark.parametrize("most", [1, 9, 10, 11, 15, 19, 20, 24])
def test_a_walk_that_is_cut_ends_where_the_rest_begins(drive: Drive, most: int) -> None:
    driver = drive(Recorder(lister(25)))
    first = driver.walk(TICKET, page_size=10, max_items=most)
    assert len(first.ids) == first.offset == most
    rest = driver.walk(TICKET, page_size=10, offset=first.offset)
    assert first.ids + rest.ids == [str(n) for n in range(25)]


def test_pages_give_what_is_left_without_repeats(drive: Drive) -> None:
    driver = drive(Recorder(lister(25)))
    pages = driver.pages(TICKET, page_size=10, skip=12)
    assert [[step.id for step in page.steps] for page in pages] == [
        [str(n) for n in range(12, 19)],
        [str(n) for n in range(19, 25)],
    ]
    assert [page.offset for page in pages] == [9, 18]
    assert {page.total for page in pages} == {25}
    assert driver.pages(TICKET, skip=25) == []


def test_verify_reads_the_list_twice(drive: Drive) -> None:
    transport = Recorder(lister(25))
    assert len(drive(transport).walk(TICKET, page_size=10, verify=True).ids) == 25
    assert len(transport.requests) > 3


def test_repr_shows_where_an_iteration_is() -> None:
    client = make("sync", Recorder(lister(3))).client
    assert isinstance(client, Client)
    steps = client.iter_steps(TICKET)
    assert repr(steps) == "StepIterator(offset=0, total=None)"
    next(steps)
    assert repr(steps) == "StepIterator(offset=1, total=3)"
    other = make("async", Recorder()).client
    assert repr(other.iter_steps(TICKET)) == "AsyncStepIterator(offset=0, total=None)"
    assert (repr(client), repr(other)) == (
        f"Client(base_url='{URL}')",
        f"AsyncClient(base_url='{URL}')",
    )


def test_a_closed_iteration_yields_nothing_more() -> None:
    client = make("sync", Recorder(lister(25))).client
    assert isinstance(client, Client)
    with client.iter_steps(TICKET, page_size=10) as steps:
        next(steps)
    assert list(steps) == list(steps.pages()) == []
    assert steps.offset == 1
    steps.close()


def test_a_closed_client_says_so(drive: Drive) -> None:
    transport = Recorder(lister(25))
    driver = drive(transport)
    api = driver.client.api
    driver.finish()
    driver.finish()  # it does no harm
    calls: list[Callable[[], object]] = [
        lambda: driver.client.iter_steps(TICKET),
        lambda: driver.client.api,
        lambda: driver.get_page(TICKET),
        lambda: driver.get_page(TICKET, step_ids=[]),
        lambda: driver.get_step(TICKET, "1"),
        lambda: driver.api(TICKET, client=api),
    ]
    for call in calls:
        with pytest.raises(RuntimeError, match=r"^this client was closed; make a new one$"):
            call()
    assert not transport.requests


@pytest.mark.parametrize("prefetch", [0, 2])
def test_an_iteration_of_a_closed_client_says_so(prefetch: int) -> None:
    client = make("sync", Recorder(lister(25))).client
    assert isinstance(client, Client)
    steps = client.iter_steps(TICKET, page_size=10, prefetch=prefetch)
    next(steps)
    client.close()
    assert [step.id for step in (next(steps) for _ in range(9))][-1] == "9"  # it has these
    with pytest.raises(RuntimeError, match="was closed"):
        next(steps)
    assert steps.offset == 10


@pytest.mark.parametrize("prefetch", [0, 2])
def test_an_iteration_of_a_closed_async_client_says_so(prefetch: int) -> None:
    async def main() -> None:
        client = make("async", Recorder(lister(25))).client
        assert isinstance(client, AsyncClient)
        steps = client.iter_steps(TICKET, page_size=10, prefetch=prefetch)
        await anext(steps)
        await client.aclose()
        with pytest.raises(RuntimeError, match="was closed"):
            [step async for step in steps]
        assert steps.offset == 10

    asyncio.run(main())


@pytest.mark.parametrize("copying", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_cannot_be_pickled_or_copied(drive: Drive, copying: Any) -> None:
    client = drive(Recorder()).client
    with pytest.raises(TypeError, match="cannot be pickled; make one in each process") as caught:
        copying(client)
    assert str(caught.value).startswith(type(client).__name__)


def test_a_connection_pool_that_is_ours_is_closed(drive: Drive) -> None:
    page = json.dumps(body(["a"], 1)).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)
    with FaultServer(lambda _: [answer]) as server:
        driver = drive(base_url=server.url)
        driver.get_page(TICKET)
        driver.finish()
        assert server.settles()  # no connection is left open


def test_own_headers(drive: Drive) -> None:
    transport = Recorder()
    driver = drive(transport, language="zh-cn")
    driver.get_page(TICKET)
    driver.api(TICKET)
    for request in transport.requests:
        assert request.headers["X-Language"] == "zh-cn"
        assert request.headers["Accept"] == "application/json"
        assert request.headers["User-Agent"].startswith("coc-steps/")


def test_the_steps_of_a_failed_page_are_not_lost(drive: Drive) -> None:
    def once(request: httpx.Request) -> httpx.Response:
        if request.url.params["offset"] == "18":
            return refusal(403)
        return lister(25)(request)

    walked = drive(Recorder(once)).walk(TICKET, page_size=10)
    assert walked.ids == [str(n) for n in range(19)]
    assert walked.error is not None
    assert vars(walked.error)["offset"] == walked.offset == 19
    assert KEYS.secrets()[0] not in str(walked.error)


@pytest.mark.parametrize("prefetch", [0, 3])
def test_a_server_without_ids_and_total_that_ignores_the_offset_is_not_walked_for_ever(
    drive: Drive, prefetch: int
) -> None:
    unnamed = [{"name": f"step {place}"} for place in range(10)]
    same = Recorder(lambda _: httpx.Response(200, json={"data": unnamed}))
    walked = drive(same).walk(TICKET, page_size=10, prefetch=prefetch)
    assert "the server ignores the offset" in str(walked.error)
    assert len(same.requests) == 4


def test_steps_without_ids_and_total_come_to_an_end(drive: Drive) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        start, size = number(request, "offset", 0), number(request, "limit", 0)
        alike = [{"name": f"step {place // 25}"} for place in range(95)]
        return httpx.Response(200, json={"data": alike[start : start + size]})

    walked = drive(Recorder(answer)).walk(TICKET, page_size=10)
    assert (walked.error, len(walked.ids)) == (None, 95)


def test_a_refusal_that_is_remembered_keeps_nothing_of_its_caller(drive: Drive) -> None:
    driver = drive(Recorder(lambda _: refusal(401)))

    def ask() -> weakref.ref[Recorder]:
        local = Recorder()
        with pytest.raises(AuthenticationError):
            driver.get_page(TICKET)
        return weakref.ref(local)

    left = ask()
    gc.collect()
    assert left() is None


def test_a_slow_body_is_a_timeout_of_httpx_in_the_raw_layer() -> None:
    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return repeat(b" ")

    transport = Recorder(lambda _: httpx.Response(200, stream=Endless()))
    driver = make("sync", transport, timeout=0.1)
    with closing(driver), pytest.raises(library.httpx.ReadTimeout):
        driver.api(TICKET)
