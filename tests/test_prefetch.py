"""Pages asked for ahead: in order, bounded, and gone when nobody wants them any more."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from coc_steps import Client, PermissionDeniedError
from drive import KEYS, TICKET, URL, Recorder, body, lister, number, refusal
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from queue import SimpleQueue

    from coc_steps import StepPage
    from coc_steps._client.prefetch import Page
    from conftest import Drive
    from drive import Handler

ALL = [str(place) for place in range(100)]
PATIENCE = 20  # seconds, of what comes at once unless something is wrong


class Gate(httpx.MockTransport):
    """Holds every page but the first back until it is let through, or given up."""

    def __init__(self, answer: Handler | None = None) -> None:
        self._answer = answer or lister(100)
        self._changed = threading.Condition()
        self._open: set[int] = set()
        self.begun: list[int] = []
        self.waiting: set[int] = set()
        self.most = 0
        super().__init__(self._hold)

    def _hold(self, request: httpx.Request) -> httpx.Response:
        offset = number(request, "offset", 0)
        with self._changed:
            self.begun.append(offset)
            self.waiting.add(offset)
            self.most = max(self.most, len(self.waiting))
            self._changed.notify_all()
            if offset:
                assert self._changed.wait_for(lambda: offset in self._open, PATIENCE)
            self.waiting.discard(offset)
            self._changed.notify_all()
        return self._answer(request)

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


def all_gone(before: set[threading.Thread]) -> bool:
    """Wait until only these threads are left."""
    for thread in threads() - before:
        thread.join(PATIENCE)
    return threads() <= before


@contextmanager
def gated(gate: Gate) -> Generator[Client]:
    before = threads()
    with httpx.Client(transport=gate) as http:
        with Client(base_url=URL, credentials=KEYS, http_client=http) as client:
            try:
                yield client
            finally:
                gate.let_all()
        assert all_gone(before)


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


@settings(deadline=None)
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


def test_the_page_behind_a_full_last_one_is_asked_for_along_with_the_others() -> None:
    gate = Gate()
    with gated(gate) as client:
        steps = client.iter_steps(TICKET, page_size=10, prefetch=20)
        next(steps)
        gate.until(lambda: gate.waiting == {*range(9, 100, 9)})
        gate.let_all()
        assert len(list(steps)) == 99
    assert sorted(gate.begun) == [*range(0, 100, 9)]


def test_at_most_so_many_are_in_flight_and_at_hand_and_they_come_in_order() -> None:
    gate = Gate()
    with gated(gate) as client:
        steps = client.iter_steps(TICKET, page_size=10, prefetch=3)
        ids = [next(steps).id for _ in range(10)]
        gate.until(lambda: gate.waiting == {9, 18, 27})
        gate.let(18, 27)  # the later ones come first, and others are asked for in their place
        gate.until(lambda: gate.waiting == {9, 36, 45})
        gate.let(36, 45)
        gate.until(lambda: gate.waiting == {9, 54})
        gate.let(54)
        gate.until(lambda: gate.waiting == {9})  # six are asked for, and none of them was taken
        gate.let(9)
        ids.append(next(steps).id)
        gate.until(lambda: gate.waiting == {63})  # one taken, one asked for
        assert sorted(gate.begun) == [*range(0, 64, 9)]
        gate.let_all()
        assert ids + [step.id for step in steps] == ALL
    assert gate.most == 3


@pytest.mark.parametrize("prefetch", [1, 2, 5, 8])
def test_at_most_twice_as_many_are_asked_for_as_are_kept_in_flight(prefetch: int) -> None:
    gate = Gate()
    gate.let_all()
    with gated(gate) as client:
        steps = client.iter_steps(TICKET, page_size=2, prefetch=prefetch)
        for taken, _ in enumerate(steps, 1):
            pages = max(taken - 1, 1)  # the first page has two steps, each other one brings one
            assert len(gate.begun) <= pages + 2 * prefetch
    assert gate.most <= prefetch


def test_an_iterator_left_alone_stops_when_twice_as_many_are_asked_for() -> None:
    gate = Gate()
    gate.let_all()
    with gated(gate) as client:
        steps = client.iter_steps(TICKET, page_size=2, prefetch=3)
        assert next(steps).id == "0"
        gate.until(lambda: len(gate.begun) == 7 and not gate.waiting)
        assert [step.id for step in client.iter_steps(TICKET, page_size=100)] == ALL
        assert sorted(gate.begun) == [0, 0, 1, 2, 3, 4, 5, 6, 99]
        assert [step.id for step in steps] == ALL[1:]


def test_no_iterator_has_more_than_64_in_flight() -> None:
    gate = Gate(lister(1000))
    with gated(gate) as client:
        steps = client.iter_steps(TICKET, page_size=2, prefetch=1000)
        next(steps)
        gate.until(lambda: len(gate.waiting) == 64)
        gate.let_all()
        assert len([next(steps) for _ in range(999)]) == 999
    assert gate.most == 64


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


def test_what_waits_for_a_thread_is_never_sent() -> None:
    gate = Gate()
    with gated(gate) as client:
        before = threads()
        with client.iter_steps(TICKET, page_size=2, prefetch=2) as steps:
            next(steps)
            gate.until(lambda: len(gate.waiting) == 2)
        gate.let_all()
        assert all_gone(before)
    assert sorted(gate.begun) == [0, 1, 2]


def first_step_gone(request: httpx.Request) -> httpx.Response:
    """Answer as a list does whose first step goes after the first page."""
    start = number(request, "offset", 0)
    left = ALL[1:] if start else ALL
    return httpx.Response(200, json=body(left[start : start + 10], len(left)))


def test_closing_the_client_ends_an_iteration_whose_page_has_not_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page waits for the thread of one that is not wanted any more, since the list moved."""
    gate = Gate(first_step_gone)
    with gated(gate) as client, ThreadPoolExecutor(2) as others:
        steps = client.iter_steps(TICKET, page_size=10, prefetch=1)
        assert [next(steps).id for _ in range(10)] == ALL[:10]
        gate.let(9)
        gate.until(lambda: gate.waiting == {18})
        ahead, taking = steps._ahead, threading.Semaphore(0)
        assert ahead is not None
        take = ahead.take

        def noted() -> StepPage:
            taking.release()
            return take()

        monkeypatch.setattr(ahead, "take", noted)
        consumer = others.submit(next, steps)
        for _ in range(2):  # page 9, which shows that the list moved, and then the first one again
            assert taking.acquire(timeout=PATIENCE)
        closer = others.submit(client.close)
        try:
            with pytest.raises(RuntimeError, match=r"^this client was closed; make a new one$"):
                consumer.result(PATIENCE)
            assert gate.begun == [0, 9, 18]
        finally:
            gate.let_all()
        closer.result(PATIENCE)


@pytest.mark.parametrize("prefetch", [0, 3])
def test_an_iteration_of_a_closed_client_says_so(prefetch: int) -> None:
    gate = Gate()
    gate.let_all()
    with gated(gate) as client:
        steps = client.iter_steps(TICKET, page_size=10, prefetch=prefetch)
        ids = [next(steps).id]
        client.close()
        with pytest.raises(RuntimeError, match=r"^this client was closed; make a new one$"):
            ids += [step.id for step in steps]
        assert steps.offset == 10


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


@pytest.mark.parametrize("how", ["end", "close", "error", "garbage"])
def test_the_threads_go_with_the_iterator(how: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        bad = how == "error" and number(request, "offset", 0) == 18
        return refusal(403) if bad else lister(100)(request)

    gate = Gate(answer)
    gate.let_all()
    with gated(gate) as client:
        before = threads()
        steps = client.iter_steps(TICKET, page_size=10, prefetch=2)
        next(steps)
        assert 0 < len(threads() - before) <= 2
        if how == "end":
            assert len(list(steps)) == 99
        elif how == "close":
            steps.close()
        elif how == "error":
            with pytest.raises(PermissionDeniedError):
                list(steps)
        else:
            del steps
            gc.collect()
        assert all_gone(before)


def test_closing_the_client_waits_for_the_threads_of_all_iterators() -> None:
    gate = Gate()
    with gated(gate) as client:
        before = threads()
        iterators = [client.iter_steps(TICKET, page_size=10, prefetch=2) for _ in range(3)]
        assert [next(steps).id for steps in iterators] == ["0"] * 3
        gate.until(lambda: gate.begun.count(9) == gate.begun.count(18) == 3)
        assert len(threads() - before) == 6
        gate.let_all()
        client.close()
        assert threads() == before


def test_without_prefetch_no_thread_is_made() -> None:
    before = threading.active_count()
    gate = Gate()
    gate.let_all()
    with gated(gate) as client:
        assert len(list(client.iter_steps(TICKET, page_size=10))) == 100
        assert threading.active_count() == before


def test_closing_the_client_while_an_iterator_starts_a_thread() -> None:
    class Closing(dict[threading.Thread, "SimpleQueue[Page | None]"]):
        def __setitem__(self, *noted: Any) -> None:
            super().__setitem__(*noted)
            client.close()  # as another thread may do, before this one has started

    gate = Gate()
    with gated(gate) as client:
        client._threads = Closing()
        with pytest.raises(RuntimeError, match="this client was closed"):
            list(client.iter_steps(TICKET, page_size=10, prefetch=2))
        assert gate.begun == []


def test_closing_the_client_waits_no_longer_than_a_try_for_what_it_cannot_end() -> None:
    gate = Gate()
    with httpx.Client(transport=gate) as http:
        client = Client(base_url=URL, credentials=KEYS, http_client=http, timeout=0.1)
        before = threads()
        steps = client.iter_steps(TICKET, page_size=10, prefetch=2)
        assert next(steps).id == "0"
        gate.until(lambda: gate.waiting == {9, 18})
        client.close()
        assert len(threads() - before) == 2
        gate.let_all()
        assert all_gone(before)
