"""When a watch waits, when it gives up, and when it is over."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
from coc_steps import (
    AuthenticationError,
    BadRequestError,
    CocError,
    PaginationError,
    RateLimitError,
    ServerError,
    TransportError,
    WatchTimeoutError,
)
from coc_steps._paging.watch import MAX_TROUBLE, Ask, Pause, Watch

from .model import Simulated, make_watch, page

if TYPE_CHECKING:
    from coc_steps._client.base import PageRequest

DROPPED = TransportError("reset")
RUNNING = [{"execution_step_id": "a", "status": "Running"}]
DONE = [{"execution_step_id": "a", "status": "Succeed"}]


def throttled(retry_after: float | None = None) -> CocError:
    return RateLimitError("throttled", status_code=429, retry_after=retry_after)


def pause(watch: Watch, now: float) -> float:
    turn = watch.turn(now)
    assert isinstance(turn, Pause)
    return turn.seconds


def answered(watch: Watch, now: float = 0.0) -> Watch:
    """Let a look go well."""
    assert isinstance(watch.turn(now), Ask)
    watch.take(page(RUNNING, 1), now)
    return watch


def test_it_waits_between_two_looks() -> None:
    watch = answered(make_watch(interval=3.0))
    assert pause(watch, 1.0) == 2.0
    assert isinstance(watch.turn(3.0), Ask)


def test_a_ticket_without_steps_is_waited_for() -> None:
    watch = make_watch(settle=0.0)
    for now in (0.0, 2.0, 4.0):
        assert isinstance(watch.turn(now), Ask)
        assert watch.take(page([], 0), now) == []
    assert pause(watch, 4.0) == 2.0


def test_a_finished_ticket_is_over_once_it_has_settled() -> None:
    watch = make_watch(settle=5.0, interval=3.0)
    looks: list[int] = []
    for now in (0.0, 3.0, 5.0):
        assert isinstance(watch.turn(now), Ask)
        looks.append(len(watch.take(page(DONE, 1), now)))
    assert looks == [2, 0, 0]
    assert watch.turn(5.0) is None


def test_without_settling_one_look_is_enough() -> None:
    watch = make_watch(settle=0.0)
    watch.take(page(DONE, 1), 0.0)
    assert watch.turn(0.0) is None


def test_the_time_is_up() -> None:
    watch = answered(make_watch(timeout=5.0, now=100.0), 100.0)
    assert isinstance(watch.turn(104.5), Ask)
    with pytest.raises(WatchTimeoutError, match=r"watched for 5 s .* 1 of 1 steps were not"):
        watch.turn(105.0)


def test_the_time_is_up_before_it_has_settled() -> None:
    watch = make_watch(timeout=5.0, settle=9.0)
    watch.take(page(DONE, 1), 0.0)
    with pytest.raises(WatchTimeoutError, match=r"all of its 1 steps were, .* may come for 9 s$"):
        watch.turn(5.0)


def test_a_pause_and_a_request_end_with_the_time() -> None:
    watch = make_watch(timeout=5.0, interval=60.0)
    turn = watch.turn(1.0)
    assert isinstance(turn, Ask)
    assert turn.within == 4.0
    watch.take(page(RUNNING, 1), 1.0)
    assert pause(watch, 2.0) == 3.0


def test_what_is_over_is_no_timeout() -> None:
    watch = make_watch(timeout=5.0, settle=0.0)
    watch.take(page(DONE, 1), 6.0)
    assert watch.turn(6.0) is None


def test_faults_are_waited_out_longer_each_time() -> None:
    watch = answered(make_watch())
    waits: list[float] = []
    for _ in range(8):
        watch.fail(DROPPED, 0.0)
        waits.append(pause(watch, 0.0))
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    watch.take(page(RUNNING, 1), 0.0)
    watch.fail(DROPPED, 0.0)
    assert pause(watch, 0.0) == 0.5


def test_retry_after_is_honoured() -> None:
    watch = answered(make_watch())
    watch.fail(throttled(45.0), 0.0)
    assert pause(watch, 0.0) == 45.0


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("401", status_code=401),
        BadRequestError("400", status_code=400),
        ServerError("501", status_code=501),
        throttled(61.0),
        CocError("other"),
    ],
)
def test_what_will_not_pass_is_raised(error: CocError) -> None:
    with pytest.raises(type(error)):
        answered(make_watch()).fail(error, 0.0)


@pytest.mark.parametrize("max_retries", [0, 2])
def test_before_the_first_answer_there_are_as_many_tries_as_the_client_makes(
    max_retries: int,
) -> None:
    watch = make_watch(max_retries=max_retries)
    for _ in range(max_retries):
        watch.fail(DROPPED, 0.0)
    with pytest.raises(TransportError):
        watch.fail(DROPPED, 0.0)


def test_an_outage_without_end_is_raised() -> None:
    watch = answered(make_watch())
    watch.fail(DROPPED, 100.0)
    watch.fail(DROPPED, 100.0 + MAX_TROUBLE - 1)
    with pytest.raises(TransportError):
        watch.fail(DROPPED, 100.0 + MAX_TROUBLE)


def stuck(watch: Watch, now: float) -> None:
    """Answer all offsets alike, until the walk gives up."""
    full = [{"execution_step_id": f"s{place}", "status": "Running"} for place in range(100)]
    for _ in islice(iter(lambda: watch.turn(now), None), 20):
        if isinstance(watch.turn(now), Pause):
            return
        watch.take(page(full, 500), now)


def test_a_moving_list_is_looked_at_again() -> None:
    watch = make_watch()
    stuck(watch, 0.0)
    assert pause(watch, 0.0) == 0.5
    turn = watch.turn(1.0)
    assert isinstance(turn, Ask)
    assert turn.request.offset == 0
    stuck(watch, 1.0)
    assert pause(watch, 1.0) == 1.0
    answered(watch, 2.0)
    stuck(watch, 4.0)
    assert pause(watch, 4.0) == 0.5


def test_a_list_that_can_never_be_walked_is_an_error() -> None:
    watch = make_watch()
    stuck(watch, 0.0)
    with pytest.raises(PaginationError):
        stuck(watch, MAX_TROUBLE)


def test_the_end_is_said_by_a_whole_look() -> None:
    """A step that was run again behind the back of the partial looks is seen before the end."""
    server, watch = Simulated(250), make_watch(settle=0.0)
    for _ in range(2):
        server.advance(server.ids[:249])
    now = 0.0
    for _ in range(3):
        watch.take(server.answer(ask(watch, now)), now)
    server.history["s3"].append("Running")
    for _ in range(2):
        server.advance(["s249"])
    now = 2.0
    changes = [watch.take(server.answer(ask(watch, now)), now) for _ in range(5)]
    seen = [(change.step.id, change.kind) for some in changes for change in some]
    assert seen == [("s249", "finished"), ("s3", "changed")]
    assert isinstance(watch.turn(now), Pause)
    assert [bool(request.step_ids) for request in server.requests[3:]] == [True, *[False] * 4]


def test_a_server_that_refuses_the_ids_is_asked_for_the_whole_list() -> None:
    server, watch = Simulated(250), make_watch()
    for _ in range(2):
        server.advance(server.ids[:249])
    for _ in range(3):
        watch.take(server.answer(ask(watch, 0.0)), 0.0)
    refused = BadRequestError("400", status_code=400)
    assert ask(watch, 2.0).step_ids
    watch.fail(refused, 2.0)
    for now in (2.0, 4.0):
        for _ in range(3):
            watch.take(server.answer(ask(watch, now)), now)
    assert not any(request.step_ids for request in server.requests)
    with pytest.raises(BadRequestError):
        watch.fail(refused, 6.0)


def test_what_came_elsewhere_is_looked_for_at_once() -> None:
    server, watch = Simulated(250), make_watch()
    for _ in range(2):
        server.advance(server.ids[:249])
    for _ in range(3):
        watch.take(server.answer(ask(watch, 0.0)), 0.0)
    server.insert(0)
    changes = [watch.take(server.answer(ask(watch, 2.0)), 2.0) for _ in range(5)]
    assert [change.step.id for some in changes for change in some] == ["s250"]


def ask(watch: Watch, now: float) -> PageRequest:
    turn = watch.turn(now)
    assert isinstance(turn, Ask)
    return turn.request
