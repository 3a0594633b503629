"""When a request is tried again: a pure function, one for client and watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from coc_steps import (
    ApiError,
    AuthenticationError,
    CocError,
    ConfigurationError,
    RateLimitError,
    RequestTimeoutError,
    ResponseFormatError,
    ServerError,
    TransportError,
)
from coc_steps._http.retry import FIRST_BACKOFF, MAX_RETRY_AFTER, RETRIED_STATUSES, RetryPolicy
from drive import KEYS, TICKET, URL, Recorder, in_turn, lister, refusal
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from conftest import Clock, Drive


def api(status: int, retry_after: float | None = None) -> ApiError:
    return ApiError("refused", status_code=status, retry_after=retry_after)


passing = st.one_of(
    st.sampled_from([TransportError("cut"), RequestTimeoutError("late")]),
    st.builds(
        api,
        st.sampled_from(sorted(RETRIED_STATUSES)),
        st.none() | st.floats(0, MAX_RETRY_AFTER),
    ),
)
lasting = st.one_of(
    st.sampled_from([ConfigurationError("no"), ResponseFormatError("odd")]),
    st.builds(api, st.integers(100, 599).filter(lambda status: status not in RETRIED_STATUSES)),
    st.builds(
        api,
        st.sampled_from(sorted(RETRIED_STATUSES)),
        st.floats(MAX_RETRY_AFTER, 1e9, exclude_min=True),
    ),
)
counts, seconds = st.integers(1, 10_000), st.floats(0, 1e6)


@given(lasting, counts, seconds)
def test_what_stays_is_never_tried_again(error: CocError, tries: int, elapsed: float) -> None:
    assert RetryPolicy(None, 1e12).wait(error, tries=tries, elapsed=elapsed) is None


@given(passing, counts, counts, seconds)
def test_no_more_tries_than_there_may_be(
    error: CocError, tries: int, most: int, elapsed: float
) -> None:
    wait = RetryPolicy(most, 1e12).wait(error, tries=tries, elapsed=elapsed)
    assert (wait is None) == (tries > most)


@given(passing, counts, seconds, seconds)
def test_no_try_begins_after_the_time(
    error: CocError, tries: int, elapsed: float, most: float
) -> None:
    wait = RetryPolicy(None, most).wait(error, tries=tries, elapsed=elapsed)
    assert wait is None or elapsed + wait < most
    if elapsed + max(8 + FIRST_BACKOFF, MAX_RETRY_AFTER) < most:
        assert wait is not None


@given(passing, counts, st.sampled_from([1.0, 8.0, 30.0]))
def test_the_wait_grows_up_to_a_bound_and_is_what_the_server_asks_for(
    error: CocError, tries: int, most: float
) -> None:
    wait = RetryPolicy(None, 1e12, max_backoff=most).wait(error, tries=tries, elapsed=0)
    asked = (isinstance(error, ApiError) and error.retry_after) or 0.0
    least = min(0.5 * 2.0 ** min(tries - 1, 100), most)
    assert wait is not None
    assert max(least, asked) <= wait <= max(least + FIRST_BACKOFF, asked)


def test_chance_spreads_the_waits() -> None:
    policy = RetryPolicy(None, 60)
    waits = {policy.wait(TransportError("cut"), tries=1, elapsed=0) for _ in range(20)}
    assert len(waits) > 1


@pytest.mark.parametrize("error", [AuthenticationError, ServerError, RateLimitError])
def test_a_status_decides_and_not_the_class(error: type[ApiError]) -> None:
    for status, again in ((401, False), (407, False), (501, False), (429, True), (504, True)):
        wait = RetryPolicy(1, 60).wait(error("x", status_code=status), tries=1, elapsed=0)
        assert (wait is not None) == again


def test_a_walk_and_a_watch_share_it(
    drive: Drive, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A walk asks it, and so does a watch, before its first answer and after."""
    asked: list[RetryPolicy] = []

    def wait(self: RetryPolicy, error: Exception, *, tries: int, elapsed: float) -> float:
        asked.append(self)
        return 1.0

    monkeypatch.setattr(RetryPolicy, "wait", wait)
    transport = Recorder(in_turn(refusal(503), then=lister(1)))
    driver = drive(transport, credentials=KEYS, max_retries=5, max_retry_seconds=50)
    driver.walk(TICKET)

    def finished(_: httpx.Request) -> httpx.Response:
        step = {"execution_step_id": "a", "status": "Succeed"}
        return httpx.Response(200, json={"data": [step], "total": 1})

    answers = in_turn(
        refusal(503), finished(httpx.Request("GET", URL)), refusal(503), then=finished
    )
    drive(Recorder(answers), max_retries=5, max_retry_seconds=50).watch(TICKET, settle=5)
    assert [policy.max_retries for policy in asked] == [5, 5, None]
    assert [policy.max_seconds for policy in asked] == [50, 50, 300]
