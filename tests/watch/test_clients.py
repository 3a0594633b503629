"""``watch`` of both clients, over HTTP as far as httpx goes, on a clock of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from coc_steps import (
    ApiError,
    AsyncClient,
    AuthenticationError,
    AuthToken,
    Client,
    PaginationError,
    ServerError,
    TransportError,
    WatchTimeoutError,
)
from coc_steps._client.clock import Clock as MachineClock
from coc_steps.mock import serve
from drive import KEYS, TICKET, URL, Recorder, body, in_turn, lister, refusal

if TYPE_CHECKING:
    from coc_steps.mock import Answer, Handler, Request
    from conftest import Clock, Drive


PATIENCE = 20  # seconds, of what comes at once unless something is wrong


def steps(*statuses: str) -> httpx.Response:
    data = [
        {"execution_step_id": str(place), "status": status} for place, status in enumerate(statuses)
    ]
    return httpx.Response(200, json={"data": data, "total": len(data)})


def done(_request: httpx.Request) -> httpx.Response:
    return steps("Succeed", "Failed")


def test_a_ticket_from_its_first_step_to_its_last(drive: Drive, clock: Clock) -> None:
    answers = (steps(), steps("Pending"), steps("Running", "Pending"), steps("Succeed", "Running"))
    transport = Recorder(in_turn(*answers, then=done))
    changes = drive(transport).watch(TICKET, interval=3.0, settle=7.0)
    assert [(change.step.id, change.kind, change.previous_status) for change in changes] == [
        ("0", "appeared", None),
        ("0", "changed", "Pending"),
        ("1", "appeared", None),
        ("0", "finished", "Running"),
        ("1", "changed", "Pending"),
        ("1", "finished", "Running"),
    ]
    assert [change.step.status for change in changes[-2:]] == ["Running", "Failed"]
    assert clock.waits == [3.0] * 4 + [3.0, 3.0, 1.0]
    assert transport.targets[0].endswith("/steps?limit=100&offset=0")


def test_a_dropped_connection_and_throttling_are_survived(drive: Drive, clock: Clock) -> None:
    throttled = refusal(429, {"Retry-After": "7"}, error_code="APIGW.0308")
    faults: list[httpx.Response | Exception] = [
        httpx.ConnectError("refused"),
        throttled,
        httpx.ReadError("reset"),
        refusal(503),
    ]
    transport = Recorder(in_turn(steps("Running"), *faults, then=done))
    changes = drive(transport, max_retries=0).watch(TICKET, settle=0.0)
    assert [change.kind for change in changes] == ["appeared", "finished", "appeared", "finished"]
    interval, first, asked, third, fourth = clock.waits
    assert (interval, asked) == (2.0, 7.0)
    for wait, backoff in ((first, 0.5), (third, 2.0), (fourth, 4.0)):
        assert backoff <= wait <= backoff + 0.5


@pytest.mark.parametrize(
    ("status", "retry_after", "tries"),
    [(503, "0", 3), (429, "60", 3), (429, "61", 1), (501, "0", 1), (400, "0", 1)],
)
def test_one_policy_for_client_and_watch(
    drive: Drive, clock: Clock, status: int, retry_after: str, tries: int
) -> None:
    transport = Recorder(lambda _request: refusal(status, {"Retry-After": retry_after}))
    driver = drive(transport, max_retry_seconds=150)
    with pytest.raises(ApiError):
        driver.get_page(TICKET)
    assert len(transport.requests) == tries
    with pytest.raises(ApiError):
        driver.watch(TICKET)
    assert len(transport.requests) == 2 * tries


def test_max_retry_seconds_bounds_a_watch_until_it_is_answered(drive: Drive, clock: Clock) -> None:
    transport = Recorder(lambda _request: refusal(503, {"Retry-After": "40"}))
    with pytest.raises(ServerError):
        drive(transport, max_retries=99, max_retry_seconds=100).watch(TICKET)
    assert clock.waits == [40.0, 40.0]


def test_an_outage_is_waited_out_for_five_minutes(drive: Drive, clock: Clock) -> None:
    transport = Recorder(in_turn(steps("Running"), then=lambda _request: refusal(503)))
    with pytest.raises(ServerError):
        drive(transport, max_retries=0, max_retry_seconds=0).watch(TICKET)
    interval, *waits = clock.waits
    assert interval == 2.0
    backoffs = [0.5, 1, 2, 4, 8, 16] + [30] * (len(waits) - 6)
    assert all(
        backoff <= wait <= backoff + 0.5 for backoff, wait in zip(backoffs, waits, strict=True)
    )
    assert 300 - 30.5 <= sum(waits) < 300


def test_a_long_list_is_looked_at_less_often(drive: Drive, clock: Clock) -> None:
    transport = Recorder(lister(350))
    with pytest.raises(WatchTimeoutError, match="350 of 350 steps were not"):
        drive(transport).watch(TICKET, interval=2.0, timeout=20.0)
    assert clock.waits == [8.0, 8.0, 4.0]
    assert [target.partition("offset=")[2] for target in transport.targets] == [
        *["0", "99", "198", "297"] * 3
    ]


def test_a_list_that_can_never_be_walked_is_an_error_after_five_minutes(
    drive: Drive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    full = [str(place) for place in range(100)]
    transport = Recorder(lambda _request: httpx.Response(200, json=body(full, 500)))
    with pytest.raises(PaginationError, match="ignores the offset"):
        drive(transport).watch(TICKET, interval=50.0)
    assert clock.waits == [50.0] * 6
    warned = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warned) == 6
    assert all("ignores the offset" in record.getMessage() for record in warned)


def test_what_is_tried_again_is_counted(
    drive: Drive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "coc_steps")
    faults = [refusal(503), refusal(502)]
    transport = Recorder(in_turn(steps("Running"), *faults, then=done))
    drive(transport).watch(TICKET, settle=0.0)
    tries = [record.getMessage().rpartition("try ")[2] for record in caplog.records]
    retries = [vars(record) for record in caplog.records if record.levelno == logging.WARNING]
    assert [tries[place] for place in (0, 1, 3, 5)] == ["1", "1", "2", "3"]
    assert [about["coc_try"] for about in retries] == [1, 2]
    assert [about["coc_wait"] for about in retries] == pytest.approx(clock.waits[1:])


def test_each_try_is_signed_afresh(drive: Drive, clock: Clock) -> None:
    transport = Recorder(in_turn(steps("Running"), then=done))
    asked: list[int] = []

    def token() -> AuthToken:
        asked.append(1)
        return AuthToken(f"t{len(asked)}")

    drive(transport, credentials=token).watch(TICKET, settle=0.0)
    assert [request.headers["X-Auth-Token"] for request in transport.requests] == ["t1", "t2"]


def test_no_answer_at_all_is_an_error_after_the_retries(drive: Drive, clock: Clock) -> None:
    def refused(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    transport = Recorder(refused)
    with pytest.raises(TransportError):
        drive(transport, max_retries=2).watch(TICKET)
    assert len(transport.requests) == 3


def test_refused_credentials_end_it(drive: Drive, clock: Clock) -> None:
    transport = Recorder(in_turn(steps("Running"), refusal(401)))
    with pytest.raises(AuthenticationError):
        drive(transport).watch(TICKET)
    assert len(transport.requests) == 2


def test_it_ends_with_its_timeout(drive: Drive, clock: Clock) -> None:
    transport = Recorder(lambda _request: steps("Running"))
    with pytest.raises(WatchTimeoutError, match="1 of 1 steps were not"):
        drive(transport).watch(TICKET, interval=2.0, timeout=5.0)
    assert clock.waits == [2.0, 2.0, 1.0]


@pytest.mark.parametrize("max_retries", [0, 2])
def test_the_timeout_ends_a_request_too(drive: Drive, max_retries: int) -> None:
    """The client's own timeout is 30 seconds."""
    over, answered = threading.Event(), threading.Event()

    def stuck(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            over.wait(20)
            answered.set()
            return handler(request)

        return handle

    with serve(tickets={TICKET: 1}, faults=[stuck]) as mock:
        driver = drive(
            base_url=mock.base_url, credentials=AuthToken(mock.token), max_retries=max_retries
        )
        try:
            with pytest.raises(WatchTimeoutError, match=r"watched for 0\.5 s"):
                driver.watch(TICKET, timeout=0.5)
            assert not answered.is_set()
        finally:
            over.set()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"interval": 0}, ValueError),
        ({"interval": "2"}, TypeError),
        ({"settle": -1}, ValueError),
        ({"settle": float("inf")}, ValueError),
        ({"timeout": 0}, ValueError),
        ({"timeout": True}, TypeError),
        ({"execution_id": ".."}, ValueError),
        ({"execution_id": "x" * 8_000}, ValueError),
    ],
)
def test_wrong_arguments_are_refused_at_once(
    drive: Drive, options: dict[str, Any], error: type[Exception]
) -> None:
    transport = Recorder()
    arguments: dict[str, Any] = {"execution_id": TICKET, **options}
    with pytest.raises(error):
        drive(transport).client.watch(**arguments)
    assert not transport.requests


def test_a_closed_client_watches_nothing(drive: Drive) -> None:
    driver = drive(Recorder())
    driver.finish()
    with pytest.raises(RuntimeError, match="closed"):
        driver.client.watch(TICKET)


class Waiting(MachineClock):
    """Says when somebody waits, and what ended it."""

    def __init__(self) -> None:
        self.paused = threading.Event()
        self.waits: list[tuple[float, bool]] = []

    def wait(self, seconds: float, cancelled: threading.Event) -> None:
        self.paused.set()
        self.waits.append((seconds, cancelled.wait(PATIENCE)))


def test_closing_the_client_ends_a_pause() -> None:
    transport, clock = Recorder(lambda _request: steps("Running")), Waiting()
    with httpx.Client(transport=transport) as http, ThreadPoolExecutor(1) as threads:
        client = Client(base_url=URL, credentials=KEYS, http_client=http)
        client._clock = clock
        watching = threads.submit(list, client.watch(TICKET))
        assert clock.paused.wait(PATIENCE)
        client.close()
        with pytest.raises(RuntimeError, match="closed"):
            watching.result(PATIENCE)
    ((seconds, cancelled),) = clock.waits
    assert cancelled
    assert 0 < seconds <= 2.0


def test_closing_the_client_ends_a_request_and_nothing_is_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked, over = threading.Event(), threading.Event()

    def stuck(_handler: Handler) -> Handler:
        def handle(_request: Request) -> Answer:
            asked.set()
            over.wait(PATIENCE)
            raise AssertionError("nobody waits for this answer")

        return handle

    with serve(tickets={TICKET: 1}, faults=[stuck]) as mock, ThreadPoolExecutor(1) as threads:
        client = Client(base_url=mock.base_url, credentials=AuthToken(mock.token))
        watching = threads.submit(list, client.watch(TICKET))
        try:
            assert asked.wait(PATIENCE)
            client.close()
            with pytest.raises(RuntimeError, match="closed"):
                watching.result(PATIENCE)
        finally:
            over.set()
    assert not [record for record in caplog.records if "trying again" in record.getMessage()]


def test_a_watch_that_is_left_sends_nothing_more() -> None:
    transport = Recorder(lambda _request: steps("Running"))
    with (
        httpx.Client(transport=transport) as http,
        Client(base_url=URL, credentials=KEYS, http_client=http) as client,
    ):
        for _ in client.watch(TICKET):
            break
    assert len(transport.requests) == 1


def test_two_watches_share_a_loop() -> None:
    async def finished(client: AsyncClient, ticket: str) -> int:
        changes = client.watch(ticket, interval=0.001, settle=0.0)
        return len([change async for change in changes if change.kind == "finished"])

    async def both(base_url: str, token: str) -> int:
        async with AsyncClient(base_url=base_url, credentials=AuthToken(token)) as client:
            return sum(await asyncio.gather(finished(client, "a"), finished(client, "b")))

    with serve(tickets={"a": 3, "b": 4}, live=True) as mock:
        assert asyncio.run(both(mock.base_url, mock.token)) == 7


def test_a_status_of_an_odd_type_ends_no_watch(drive: Drive) -> None:
    """Whoever reads it raises; what else changed is still told."""

    def odd(status: object) -> httpx.Response:
        data = [
            {"execution_step_id": "a", "status": "Running"},
            {"execution_step_id": "b", "status": status},
        ]
        return httpx.Response(200, json={"data": data, "total": 2})

    changes = drive(Recorder(in_turn(odd(7), odd("Pending"), then=done))).watch(TICKET, settle=0)
    seen = [(change.step.id, change.kind, change.previous_status) for change in changes]
    assert seen[:3] == [("a", "appeared", None), ("b", "appeared", None), ("b", "changed", None)]
