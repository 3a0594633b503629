"""Tries: how many, how long apart, each with a signature of its own."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from coc_steps import (
    AkSk,
    ApiError,
    AuthenticationError,
    AuthToken,
    CocError,
    ConfigurationError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    TransportError,
)
from coc_steps._client.clock import Clock as MachineClock
from drive import KEYS, TICKET, Recorder, in_turn, lister, make, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from coc_steps._huawei.credentials import Credentials
    from conftest import Clock, Drive

RETRIED = [429, 500, 502, 503, 504]
BROKEN = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.ReadTimeout("slow"),
    httpx.RemoteProtocolError("cut"),
    httpx.DecodingError("bad gzip"),
]


def faults(count: int, fault: int | Exception, **headers: str) -> list[Any]:
    if isinstance(fault, Exception):
        return [fault] * count
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return [refusal(fault, names) for _ in range(count)]


@pytest.mark.parametrize("fault", [*RETRIED, *BROKEN], ids=str)
@pytest.mark.parametrize("count", [1, 2])
def test_a_fault_that_passes_is_not_noticed(
    drive: Drive, clock: Clock, fault: int | Exception, count: int
) -> None:
    transport = Recorder(in_turn(*faults(count, fault), then=lister(3)))
    assert drive(transport).walk(TICKET).ids == ["0", "1", "2"]
    assert len(clock.waits) == count
    assert len(set(transport.targets)) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (429, RateLimitError),
        (503, ServerError),
        (httpx.ReadError("reset"), TransportError),
        (httpx.ReadTimeout("slow"), RequestTimeoutError),
    ],
)
@pytest.mark.parametrize("retries", [0, 1, 2, 5])
def test_a_fault_that_stays_is_raised_after_so_many_tries(
    drive: Drive, clock: Clock, fault: int | Exception, error: type[CocError], retries: int
) -> None:
    transport = Recorder(in_turn(*faults(9, fault)))
    with pytest.raises(error) as caught:
        drive(transport, max_retries=retries).get_page(TICKET)
    assert type(caught.value) is error
    assert len(transport.requests) == 1 + retries
    assert len(clock.waits) == retries
    notes = [note.partition(" in ")[0] for note in getattr(caught.value, "__notes__", [])]
    assert notes == ([f"tried {1 + retries} times"] if retries else [])


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 405, 408, 418, 494, 499, 501, 520])
def test_other_statuses_are_raised_at_once(drive: Drive, clock: Clock, status: int) -> None:
    transport = Recorder(in_turn(refusal(status)))
    with pytest.raises(ApiError):
        drive(transport).get_page(TICKET)
    assert len(transport.requests) == 1
    assert not clock.waits


def test_a_broken_success_is_raised_at_once(drive: Drive, clock: Clock) -> None:
    transport = Recorder(in_turn(refusal(200), refusal(200, error_code="COC.1")))
    for _ in range(2):
        with pytest.raises(CocError):
            drive(transport).get_page(TICKET)
    assert not clock.waits


def test_a_later_failure_of_another_kind_ends_it(drive: Drive, clock: Clock) -> None:
    transport = Recorder(in_turn(refusal(503), refusal(403)))
    with pytest.raises(ApiError) as caught:
        drive(transport, max_retries=9).get_page(TICKET)
    assert (caught.value.status_code, len(clock.waits)) == (403, 1)


def test_the_waits_grow_up_to_a_bound(drive: Drive, clock: Clock) -> None:
    with pytest.raises(ServerError):
        drive(Recorder(in_turn(*faults(9, 500))), max_retries=7).get_page(TICKET)
    low = [0.5, 1, 2, 4, 8, 8, 8]
    assert all(least <= wait <= least + 0.5 for least, wait in zip(low, clock.waits, strict=True))


def test_the_waits_differ_between_clients(drive: Drive, clock: Clock) -> None:
    for _ in range(5):
        drive(Recorder(in_turn(refusal(500)))).get_page(TICKET)
    assert len(set(clock.waits)) > 1


@pytest.mark.parametrize(
    ("asked", "least", "most"), [("20", 20, 20), ("60", 60, 60), ("0", 0.5, 1)]
)
def test_retry_after_is_waited_for(
    drive: Drive, clock: Clock, asked: str, least: float, most: float
) -> None:
    drive(Recorder(in_turn(*faults(1, 429, retry_after=asked)))).get_page(TICKET)
    (wait,) = clock.waits
    assert least <= wait <= most


def test_retry_after_as_a_date_is_waited_for(drive: Drive, clock: Clock) -> None:
    date = datetime.now(UTC) + timedelta(seconds=45)
    asked = date.strftime("%a, %d %b %Y %H:%M:%S GMT")
    drive(Recorder(in_turn(*faults(1, 503, retry_after=asked)))).get_page(TICKET)
    (wait,) = clock.waits
    assert 30 < wait <= 45


@pytest.mark.parametrize("asked", ["61", "60.001", "999999999999", "Fri, 01 Jan 2999 00:00:00 GMT"])
def test_a_longer_retry_after_raises_at_once(drive: Drive, clock: Clock, asked: str) -> None:
    transport = Recorder(in_turn(*faults(1, 429, retry_after=asked)))
    with pytest.raises(RateLimitError) as caught:
        drive(transport).get_page(TICKET)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 60
    assert len(transport.requests) == 1
    assert not clock.waits


def test_no_try_begins_after_the_time_is_over(drive: Drive, clock: Clock) -> None:
    began: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        began.append(clock.now - 1000)
        clock.now += 10  # so long does a try take
        return refusal(429, {"Retry-After": "30"})

    driver = drive(Recorder(answer), max_retries=99, max_retry_seconds=120)
    with pytest.raises(RateLimitError):
        driver.get_page(TICKET)
    assert began == [0, 40, 80]
    assert clock.now < 1000 + 120


def test_no_time_for_another_try(drive: Drive, clock: Clock) -> None:
    transport = Recorder(in_turn(refusal(500)))
    with pytest.raises(ServerError):
        drive(transport, max_retry_seconds=0).get_page(TICKET)
    assert len(transport.requests) == 1
    assert not clock.waits


def test_each_page_has_its_own_tries(drive: Drive, clock: Clock) -> None:
    failing: set[str] = set()

    def answer(request: httpx.Request) -> httpx.Response:
        target = str(request.url)
        if target in failing:
            return lister(25)(request)
        failing.add(target)
        return refusal(500)

    walked = drive(Recorder(answer), max_retries=1).walk(TICKET, page_size=10)
    assert walked.ids == [str(n) for n in range(25)]
    assert len(clock.waits) == 3


class Moving(datetime):
    """A clock that goes on by a second whenever it is read."""

    seconds = 0

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        cls.seconds += 1
        return datetime(2025, 7, 1, 13, 1, 0, tzinfo=tz) + timedelta(seconds=cls.seconds)


def test_each_try_is_signed_afresh(
    drive: Drive, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coc_steps._http.authentication.datetime", Moving)
    transport = Recorder(in_turn(*faults(2, 503)))
    drive(transport).get_page(TICKET)
    for name in ("X-Sdk-Date", "Authorization"):
        assert len({request.headers[name] for request in transport.requests}) == 3
        assert {len(request.headers.get_list(name)) for request in transport.requests} == {1}


def plain(given: list[Credentials]) -> Callable[[], Any]:
    return lambda: given.pop(0)


def awaited(given: list[Credentials]) -> Callable[[], Any]:
    async def give() -> Credentials:
        return given.pop(0)

    return give


@pytest.mark.parametrize(
    ("kind", "provider"), [("sync", plain), ("async", plain), ("async", awaited)]
)
def test_a_callable_is_asked_before_each_try(drive: Drive, clock: Clock, provider: Any) -> None:
    transport = Recorder(in_turn(*faults(2, 503)))
    given: list[Credentials] = [AuthToken("a"), KEYS, AuthToken("c"), AuthToken("d")]
    driver = drive(transport, credentials=provider(given))
    driver.get_page(TICKET)
    driver.api(TICKET)
    sent = [request.headers.get("X-Auth-Token") for request in transport.requests]
    assert sent == ["a", None, "c", "d"]
    assert not given


def test_what_a_callable_gives_must_be_credentials(drive: Drive) -> None:
    transport = Recorder()
    with pytest.raises(TypeError, match="must be AkSk or AuthToken, not str"):
        drive(transport, credentials=lambda: "cAnArY").get_page(TICKET)
    assert not transport.requests


def given_then_raised(count: int, error: Exception) -> Callable[[], Credentials]:
    """Return a callable that gives credentials so many times, and then raises."""
    given = [KEYS] * count

    def provide() -> Credentials:
        if not given:
            raise error
        return given.pop()

    return provide


@pytest.mark.parametrize("prefetch", [0, 3])
@pytest.mark.parametrize("error", [LookupError("cAnArY"), OSError(5, "cAnArY"), KeyError("cAnArY")])
def test_what_a_callable_raises_is_the_cause_of_an_error_with_the_offset(
    drive: Drive, clock: Clock, error: Exception, prefetch: int
) -> None:
    transport = Recorder(lister(100))
    driver = drive(transport, credentials=given_then_raised(1, error))
    walked = driver.walk(TICKET, page_size=10, prefetch=prefetch)
    assert walked.ids == [str(place) for place in range(10)]
    assert isinstance(walked.error, ConfigurationError)
    assert walked.error.__cause__ is error
    assert walked.error.offset == walked.offset == 10
    assert type(error).__name__ in str(walked.error)
    assert "cAnArY" not in str(walked.error)  # it may hold a secret
    assert len(transport.requests) == 1
    assert not clock.waits


def test_what_a_callable_raises_for_a_single_request(drive: Drive, clock: Clock) -> None:
    error = LookupError("the vault is sealed")
    transport = Recorder()
    driver = drive(transport, credentials=given_then_raised(0, error))
    for call in (driver.get_page, driver.api, driver.watch):
        with pytest.raises(ConfigurationError) as caught:
            call(TICKET)
        assert caught.value.__cause__ is error
    assert not transport.requests
    assert not clock.waits


def test_an_error_of_ours_that_a_callable_raises_passes_as_it_is(
    drive: Drive, clock: Clock
) -> None:
    error = PermissionDeniedError("the agency may not be assumed", status_code=403)
    driver = drive(Recorder(lister(100)), credentials=given_then_raised(1, error))
    walked = driver.walk(TICKET, page_size=10)
    assert walked.error is error
    assert error.offset == 10
    assert not clock.waits


def test_a_coroutine_that_raises_is_told_in_the_same_way(clock: Clock) -> None:
    error = LookupError("the vault is sealed")

    async def broken() -> AkSk:
        raise error

    driver = make("async", Recorder(), credentials=broken)
    walked = driver.walk(TICKET)
    driver.close()
    assert isinstance(walked.error, ConfigurationError)
    assert walked.error.__cause__ is error


def test_401_is_final_for_these_credentials_only(drive: Drive, clock: Clock) -> None:
    current: list[Credentials] = [AkSk("AccessKey", "wrong")]

    def answer(request: httpx.Request) -> httpx.Response:
        if "X-Auth-Token" in request.headers:
            return lister(1)(request)
        return refusal(401, error_code="APIGW.0301", error_msg="bad", request_id="r")

    transport = Recorder(answer)
    driver = drive(transport, credentials=lambda: current[0])
    first = driver.walk(TICKET)
    assert isinstance(first.error, AuthenticationError)
    current[0] = AkSk("AccessKey", "wrong")  # an equal one is the same one
    for _ in range(3):
        with pytest.raises(AuthenticationError, match=r"^nothing was sent") as caught:
            driver.get_page(TICKET)
        error = caught.value
        assert (error.status_code, error.error_code, error.request_id) == (401, "APIGW.0301", "r")
        assert error.error_msg == "bad"
    assert len(transport.requests) == 1
    current[0] = AuthToken("renewed")
    assert driver.walk(TICKET).ids == ["0"]
    assert not clock.waits


def test_a_wait_ends_where_the_try_is_cancelled() -> None:
    cancelled = threading.Event()
    cancelled.set()
    MachineClock().wait(3600, cancelled)
