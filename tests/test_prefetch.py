"""Pages asked for ahead: in order, bounded, and gone when nobody wants them any more."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from coc_steps import Client, CocError, PermissionDeniedError, TransportError
from drive import KEYS, TICKET, URL, Recorder, body, lister, number, refusal
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from conftest import Drive

ALL = [str(place) for place in range(100)]
PATIENCE = 20  # seconds, of what comes at once unless something is wrong


class Gate(httpx.MockTransport):
    """Holds every page but the first back until it is let through, or given up."""

    def __init__(self, count: int = 100) -> None:
        self._list = lister(count)
        self._changed = threading.Condition()
        self._open: set[int] = set()
        self.begun: list[int] = []
        self.waiting: set[int] = set()
        super().__init__(self._hold)

    def _hold(self, request: httpx.Request) -> httpx.Response:
        offset = number(request, "offset", 0)
        with self._changed:
            self.begun.append(offset)
            self.waiting.add(offset)
            self._changed.notify_all()
            if offset:
                assert self._changed.wait_for(lambda: offset in self._open, PATIENCE)
            self.waiting.discard(offset)
            self._changed.notify_all()
        return self._list(request)

    def let(self, *offsets: int) -> None:
        with self._changed:
            self._open.update(offsets)
            self._changed.notify_all()

    def let_all(self) -> None:
        self.let(*range(1000))

    def until(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE)


def threads() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name.startswith("coc-steps_")}


@contextmanager
def gated(gate: Gate) -> Generator[Client]:
    before = threads()
    with httpx.Client(transport=gate) as http:
        with Client(base_url=URL, credentials=KEYS, http_client=http) as client:
            try:
                yield client
            finally:
                gate.let_all()
        assert threads() == before


@pytest.mark.parametrize("prefetch", [1, 2, 5, 64, 200])
@pytest.mark.parametrize("page_size", [2, 7, 10, 100, 101])
def test_the_same_steps_in_the_same_order(drive: Drive, prefetch: int, page_size: int) -> None:
    walked = drive(Recorder(lister(100))).walk(TICKET, page_size=page_size, prefetch=prefetch)
    assert (walked.ids, walked.offset, walked.total) == (ALL, 100, 100)


@pytest.mark.parametrize("prefetch", [0, 1, 3])
def test_no_page_is_asked_for_twice_or_past_the_end(drive: Drive, prefetch: int) -> None:
    transport = Recorder(lister(100))
    drive(transport).walk(TICKET, page_size=10, prefetch=prefetch)
    offsets = [number(request, "offset", -1) for request in transport.requests]
    # The last page is full where 9 x 11 + 1 = 100, so that one more is asked for.
    assert sorted(offsets) == [*range(0, 100, 9)]


@given(
    page_size=st.integers(1, 40),
    max_items=st.integers(0, 110),
    prefetch=st.integers(1, 9),
    cap=st.integers(1, 40),
)
def test_no_page_is_asked_for_that_max_items_leaves_out(
    page_size: int, max_items: int, prefetch: int, cap: int
) -> None:
    def requests(prefetch: int) -> list[str]:
        transport = Recorder(lister(100, cap=cap))
        with (
            httpx.Client(transport=transport) as http,
            Client(base_url=URL, credentials=KEYS, http_client=http) as client,
        ):
            steps = client.iter_steps(
                TICKET, page_size=page_size, max_items=max_items, prefetch=prefetch
            )
            assert [step.id for step in steps] == ALL[:max_items]
        return sorted(transport.targets)

    assert requests(prefetch) == requests(0)


def test_nothing_is_in_flight_before_the_total_is_known() -> None:
    gate = Gate()
    with gated(gate) as client:
        steps = client.iter_steps(TICKET, page_size=10, prefetch=4)
        assert not gate.begun
        assert next(steps).id == "0"
        gate.until(lambda: gate.waiting == {9, 18, 27, 36})
        assert gate.begun[0] == 0


def test_at_most_so_many_are_in_flight_and_they_come_in_order() -> None:
    gate = Gate()
    with gated(gate) as client:
        steps = client.iter_steps(TICKET, page_size=10, prefetch=3)
        ids = [next(steps).id for _ in range(10)]
        gate.until(lambda: gate.waiting == {9, 18, 27})
        assert len(steps._flight) == 3
        gate.let(18, 27)  # the later ones come first
        gate.until(lambda: gate.waiting == {9})
        gate.let(9)
        ids.append(next(steps).id)
        gate.until(lambda: gate.waiting == {36})  # one taken, one asked for
        assert len(steps._flight) == 3
        assert sorted(gate.begun) == [0, 9, 18, 27, 36]
        gate.let_all()
        assert ids + [step.id for step in steps] == ALL


def test_closing_the_iteration_drops_what_is_in_flight() -> None:
    gate = Gate()
    with gated(gate) as client:
        with client.iter_steps(TICKET, page_size=2, prefetch=3) as steps:
            next(steps)
            gate.until(lambda: len(gate.waiting) == 3)
        assert steps.offset == 1
        flight = set(gate.begun)
        gate.let_all()
        # The same client goes on; nothing of the closed iteration is asked for any more.
        assert [step.id for step in client.iter_steps(TICKET, page_size=100)] == ALL
        assert set(gate.begun) - flight <= {99}


def test_what_waits_for_a_thread_is_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coc_steps._client.sync.MAX_THREADS", 2)
    gate = Gate()
    with gated(gate) as client:
        with client.iter_steps(TICKET, page_size=2, prefetch=50) as steps:
            next(steps)
            gate.until(lambda: len(gate.waiting) == 2)
        gate.let_all()
        # What was not dropped would stand before these pages in the queue of the pool.
        assert [step.id for step in client.iter_steps(TICKET, page_size=100, prefetch=1)] == ALL
    assert set(gate.begun) == {0, 1, 2, 99}


def test_closing_the_client_ends_an_iteration_whose_page_has_not_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("coc_steps._client.sync.MAX_THREADS", 1)
    gate = Gate()
    submitted: list[object] = []
    caught: list[Exception] = []

    def consume(steps: Iterator[Any]) -> None:
        try:
            next(steps)
        except (RuntimeError, CocError) as error:
            caught.append(error)

    with gated(gate) as client:
        first = client.iter_steps(TICKET, offset=1, prefetch=1)
        second = client.iter_steps(TICKET, prefetch=1)
        submit = client._submit

        def noting(*arguments: Any) -> Any:
            future = submit(*arguments)
            submitted.append(future)
            with gate._changed:
                gate._changed.notify_all()
            return future

        monkeypatch.setattr(client, "_submit", noting)
        consumers = [threading.Thread(target=consume, args=(each,)) for each in (first, second)]
        consumers[0].start()
        gate.until(lambda: gate.waiting == {1})
        consumers[1].start()
        gate.until(lambda: len(submitted) == 2)
        closer = threading.Thread(target=client.close)
        closer.start()
        consumers[1].join(PATIENCE)
        assert [str(error) for error in caught] == ["this client was closed; make a new one"]
        gate.let_all()
        for thread in (closer, consumers[0]):
            thread.join(PATIENCE)
    assert gate.begun == [1]
    assert [type(error) for error in caught] == [RuntimeError, TransportError]


@pytest.mark.parametrize("prefetch", [1, 3, 8])
def test_what_was_asked_for_of_a_list_that_moved_is_asked_for_again(
    drive: Drive, prefetch: int
) -> None:
    steps = list(ALL)
    lock = threading.Lock()

    def answer(request: httpx.Request) -> httpx.Response:
        start, limit = number(request, "offset", 0), number(request, "limit", 0)
        with lock:
            if start == 18 and len(steps) == 100:
                steps[:0] = ["new 1", "new 2"]
            return httpx.Response(200, json=body(steps[start : start + limit], len(steps)))

    walked = drive(Recorder(answer)).walk(TICKET, page_size=10, prefetch=prefetch)
    assert walked.error is None
    assert [name for name in walked.ids if name in ALL] == ALL
    assert len(walked.ids) == len(set(walked.ids))


@pytest.mark.parametrize("prefetch", [0, 1, 4, 50])
@pytest.mark.parametrize("bad", [0, 9, 45, 99])
def test_an_error_comes_where_it_belongs_and_can_be_resumed_from(
    drive: Drive, prefetch: int, bad: int
) -> None:
    broken = [True]

    def answer(request: httpx.Request) -> httpx.Response:
        if broken[0] and number(request, "offset", 0) == bad:
            return refusal(403)
        return lister(100)(request)

    driver = drive(Recorder(answer))
    first = driver.walk(TICKET, page_size=10, prefetch=prefetch)
    assert first.ids == ALL[: bad + 1 if bad else 0]
    assert isinstance(first.error, PermissionDeniedError)
    assert first.error.offset == first.offset == len(first.ids)
    broken.clear()
    broken.append(False)
    rest = driver.walk(TICKET, page_size=10, prefetch=prefetch, offset=first.offset)
    assert first.ids + rest.ids == ALL


def test_an_error_of_a_page_that_nobody_came_to_is_not_raised(drive: Drive) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return lister(100)(request) if number(request, "offset", 0) < 18 else refusal(403)

    walked = drive(Recorder(answer)).walk(TICKET, page_size=10, prefetch=5, stop_after=19)
    assert (walked.ids, walked.error, walked.offset) == (ALL[:19], None, 19)


def test_one_pool_of_threads_for_all_iterations() -> None:
    gate = Gate()
    gate.let_all()
    with gated(gate) as client:
        for _ in range(5):
            assert len(list(client.iter_steps(TICKET, page_size=30, prefetch=2))) == 100
        assert client._threads is not None
        assert client._threads._max_workers == 64


def test_without_prefetch_no_thread_is_made() -> None:
    before = threading.active_count()
    gate = Gate()
    gate.let_all()
    with gated(gate) as client:
        assert len(list(client.iter_steps(TICKET, page_size=10))) == 100
        assert threading.active_count() == before
