"""When a watch waits, when it gives up, and when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from coc_steps import (
    AuthenticationError,
    BadRequestError,
    CocError,
    PaginationError,
    RateLimitError,
    RequestTimeoutError,
    TransportError,
    WatchTimeoutError,
)
from coc_steps._paging.watch import MAX_INTERVAL, MAX_TROUBLE, Ask, Pause, Watch

from .model import Simulated, make_watch, page, walk_in_vain

if TYPE_CHECKING:
    from coc_steps._paging.walk import Window

DROPPED = TransportError("reset")
RUNNING = [{"execution_step_id": "a", "status": "Running"}]
DONE = [{"execution_step_id": "a", "status": "Succeed"}]


class Retries:
    """Waits a second longer each time, up to so many tries; keeps what it was asked."""

    def __init__(self, most: int = 99) -> None:
        self._most = most
        self.asked: list[tuple[type[Exception], int, float]] = []

    def wait(self, error: Exception, *, tries: int, elapsed: float) -> float | None:
        self.asked.append((type(error), tries, elapsed))
        return float(tries) if tries <= self._most else None


def pause(watch: Watch, now: float) -> float:
    turn = watch.turn(now)
    assert isinstance(turn, Pause)
    return turn.seconds


def ask(watch: Watch, now: float) -> Ask:
    turn = watch.turn(now)
    assert isinstance(turn, Ask)
    return turn


def window(watch: Watch, now: float) -> Window:
    return ask(watch, now).window


def answered(watch: Watch, now: float = 0.0) -> Watch:
    """Let a look go well."""
    ask(watch, now)
    watch.take(page(RUNNING, 1), now)
    return watch


def look(watch: Watch, server: Simulated, now: float) -> None:
    """Let a look at all of a server's pages go well."""
    while isinstance(turn := watch.turn(now), Ask):
        watch.take(server.answer(turn.window), now)


def test_it_waits_between_two_looks() -> None:
    watch = answered(make_watch(interval=3.0))
    assert pause(watch, 1.0) == 2.0
    ask(watch, 3.0)


@pytest.mark.parametrize(
    ("interval", "pages", "waits"),
    [
        (2.0, 1, 2.0),
        (2.0, 5, 10.0),
        (2.0, 15, MAX_INTERVAL),
        (2.0, 40, MAX_INTERVAL),
        (29.0, 2, MAX_INTERVAL),
        (60.0, 1, 60.0),
        (60.0, 40, 60.0),
        (0.001, 40, 0.04),
    ],
)
def test_the_wait_grows_with_the_pages_of_a_look(interval: float, pages: int, waits: float) -> None:
    watch = make_watch(interval=interval, page_size=10)
    server = Simulated(9 * pages)  # each page but the first begins with the last step of another
    look(watch, server, 0.0)
    assert len(server.requests) == pages
    assert pause(watch, 0.0) == pytest.approx(waits)


def test_the_wait_shrinks_with_the_list() -> None:
    watch, server = make_watch(page_size=10), Simulated(45)
    look(watch, server, 0.0)
    assert pause(watch, 0.0) == 10.0
    del server.ids[5:]
    look(watch, server, 10.0)
    assert pause(watch, 10.0) == 2.0


def test_a_ticket_without_steps_is_waited_for() -> None:
    watch = make_watch(settle=0.0)
    for now in (0.0, 2.0, 4.0):
        ask(watch, now)
        assert watch.take(page([], 0), now) == []
    assert pause(watch, 4.0) == 2.0


def test_a_finished_ticket_is_over_once_it_has_settled() -> None:
    watch = make_watch(settle=5.0, interval=3.0)
    looks: list[int] = []
    for now in (0.0, 3.0, 5.0):
        ask(watch, now)
        looks.append(len(watch.take(page(DONE, 1), now)))
    assert looks == [2, 0, 0]
    assert watch.turn(5.0) is None


def test_many_pages_do_not_put_off_the_end() -> None:
    watch, server = make_watch(settle=10.0, page_size=10), Simulated(450)
    for _ in range(2):
        server.advance(server.ids)
    look(watch, server, 0.0)
    assert pause(watch, 0.0) == 10.0
    look(watch, server, 10.0)
    assert watch.turn(10.0) is None


def test_without_settling_one_look_is_enough() -> None:
    watch = make_watch(settle=0.0)
    watch.take(page(DONE, 1), 0.0)
    assert watch.turn(0.0) is None


def test_it_is_not_over_before_the_look_is() -> None:
    watch, server = make_watch(settle=0.0, page_size=10), Simulated(15)
    for _ in range(2):
        server.advance(server.ids)
    watch.take(server.answer(window(watch, 0.0)), 0.0)
    server.history["s3"].append("Running")
    assert window(watch, 0.0).offset == 9
    look(watch, server, 0.0)
    assert watch.turn(0.0) is None


def test_the_time_is_up() -> None:
    watch = answered(make_watch(timeout=5.0, now=100.0), 100.0)
    ask(watch, 104.5)
    with pytest.raises(WatchTimeoutError, match=r"watched for 5 s .* 1 of 1 steps were not"):
        watch.turn(105.0)


def test_the_time_is_up_before_it_has_settled() -> None:
    watch = make_watch(timeout=5.0, settle=9.0)
    watch.take(page(DONE, 1), 0.0)
    with pytest.raises(WatchTimeoutError, match=r"all of its 1 steps were, .* may come for 9 s$"):
        watch.turn(5.0)


def test_a_pause_and_a_request_end_with_the_time() -> None:
    watch = make_watch(timeout=5.0, interval=60.0)
    assert ask(watch, 1.0).within == 4.0
    watch.take(page(RUNNING, 1), 1.0)
    assert pause(watch, 2.0) == 3.0


def test_a_request_that_the_time_has_ended_is_no_fault_of_the_server() -> None:
    watch = make_watch(timeout=5.0, first=Retries(0))
    ask(watch, 1.0)
    cut = RequestTimeoutError("no complete answer within 4 s")
    with pytest.raises(WatchTimeoutError, match="watched for 5 s") as caught:
        watch.fail(cut, 5.0)
    assert caught.value.__cause__ is cut


def test_another_error_is_raised_also_when_the_time_is_up() -> None:
    watch = make_watch(timeout=5.0, first=Retries(0))
    ask(watch, 1.0)
    with pytest.raises(TransportError, match="reset"):
        watch.fail(DROPPED, 5.0)


def test_what_is_over_is_no_timeout() -> None:
    watch = make_watch(timeout=5.0, settle=0.0)
    watch.take(page(DONE, 1), 6.0)
    assert watch.turn(6.0) is None


def test_the_retries_are_told_how_often_and_how_long_nothing_was_answered() -> None:
    later = Retries()
    watch = answered(make_watch(later=later))
    now = 2.0
    for failed in range(3):
        assert ask(watch, now).failed == failed
        now += 0.25  # so long does a try take
        assert watch.fail(DROPPED, now) == pause(watch, now) == failed + 1
        now += failed + 1
    assert later.asked == [
        (TransportError, 1, 0.25),
        (TransportError, 2, 1.5),
        (TransportError, 3, 3.75),
    ]


def test_an_answer_ends_an_outage() -> None:
    later = Retries()
    watch = make_watch(later=later, page_size=10)
    server = Simulated(20)
    for now in (0.0, 100.0, 200.0):
        watch.take(server.answer(window(watch, now)), now)
        assert ask(watch, now).failed == 0  # the next page of the same look
        watch.fail(DROPPED, now + 1)
        assert ask(watch, now + 50).failed == 1
        look(watch, server, now + 50)
    assert later.asked == [(TransportError, 1, 1.0)] * 3


def test_before_the_first_answer_there_are_other_retries_than_after_it() -> None:
    first, later = Retries(2), Retries()
    watch = make_watch(first=first, later=later)
    for now in (0.0, 1.0):
        ask(watch, now)
        watch.fail(DROPPED, now)
    with pytest.raises(TransportError):
        watch.fail(DROPPED, 3.0)
    assert [tries for _, tries, _ in first.asked] == [1, 2, 3]
    assert not later.asked

    watch = answered(make_watch(first=first, later=later))
    watch.fail(DROPPED, 0.0)
    assert len(first.asked) == 3
    assert [tries for _, tries, _ in later.asked] == [1]


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("401", status_code=401),
        BadRequestError("400", status_code=400),
        RateLimitError("429", status_code=429, retry_after=61.0),
        CocError("other"),
    ],
)
def test_what_will_not_pass_is_raised(error: CocError) -> None:
    with pytest.raises(type(error)) as caught:
        answered(make_watch()).fail(error, 0.0)  # by the policy of the client's own
    assert caught.value is error


def test_a_list_that_moves_is_looked_at_again() -> None:
    watch = make_watch(interval=3.0)
    error = walk_in_vain(watch, 0.0)
    assert watch.fail(error, 0.0) == pause(watch, 0.0) == 3.0
    assert window(watch, 3.0).offset == 0
    assert ask(watch, 3.0).failed == 0  # it was answered
    answered(watch, 3.0)
    assert pause(watch, 3.0) == 3.0


def test_a_list_that_moves_for_too_long_is_an_error() -> None:
    watch, began = make_watch(), 1000.0  # nothing moved before that
    answered(watch, began - 2)
    for now in (began, began + 2, began + MAX_TROUBLE - 1):
        assert watch.fail(walk_in_vain(watch, now), now) == 2.0
    error = walk_in_vain(watch, began + MAX_TROUBLE + 1)
    with pytest.raises(PaginationError) as caught:
        watch.fail(error, began + MAX_TROUBLE + 1)
    assert caught.value is error


def test_a_look_that_comes_to_its_end_ends_the_movement() -> None:
    watch = make_watch()
    watch.fail(walk_in_vain(watch, 0.0), 0.0)
    answered(watch, MAX_TROUBLE - 1)
    later = 2 * MAX_TROUBLE
    assert watch.fail(walk_in_vain(watch, later), later) == 2.0


def test_an_interval_longer_than_that_leaves_a_list_its_time_to_rest() -> None:
    watch = answered(make_watch(interval=2 * MAX_TROUBLE))
    now = 2 * MAX_TROUBLE
    assert watch.fail(walk_in_vain(watch, now), now) == 2 * MAX_TROUBLE


def test_the_time_is_up_while_the_list_moves() -> None:
    watch = make_watch(timeout=5.0)
    for now in (0.0, 2.0, 4.0):
        watch.fail(walk_in_vain(watch, now), now)
    assert pause(watch, 4.0) == 1.0
    with pytest.raises(WatchTimeoutError):
        watch.turn(5.0)
