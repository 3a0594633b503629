"""The wire: pace, limits, waiting when told to, and secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from coc_steps import AkSk, AuthToken
from coc_steps.conformance._session.session import Stopped, Wire
from coc_steps.mock import Refusal, serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from coc_steps.mock import Answer, Fault, Handler, Request


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def first(count: int, status: int, headers: dict[str, str]) -> Fault:
    """Refuse the first requests."""

    def fault(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            if request.number <= count:
                return Refusal(status, "APIGW.0308", "Later.", headers).answer(request)
            return handler(request)

        return handle

    return fault


def send(wire: Wire, *faults: Fault, times: int = 1) -> list[int]:
    """Ask for a page; gives the statuses that came through."""
    with serve(faults=faults) as mock, requests.Session() as session:
        wire.credentials = lambda: AuthToken(mock.token)
        url = f"{mock.base_url}/v1/executions/{[*mock.tickets][1]}/steps"
        for _ in range(times):
            session.get(url, auth=wire)
    return [exchange.status for exchange in wire.exchanges]


def nobody() -> AuthToken:
    raise AssertionError


def test_it_keeps_its_pace() -> None:
    clock = Clock()
    wire = Wire(nobody, rate=4, clock=clock, sleep=clock.sleep)
    assert send(wire, times=5) == [200] * 5
    assert clock.now == 1.0


@pytest.mark.parametrize(
    ("status", "headers", "waited"),
    [
        (429, {"Retry-After": "2"}, 6.0),
        (503, {"Retry-After": "0.5"}, 1.5),
        (429, {}, 0.05 + 0.1 + 0.2),
    ],
)
def test_it_waits_and_tries_again(status: int, headers: dict[str, str], waited: float) -> None:
    clock = Clock()
    wire = Wire(nobody, clock=clock, sleep=clock.sleep)
    assert send(wire, first(3, status, headers)) == [200]
    assert clock.now == pytest.approx(waited)
    assert wire.count == 4


@pytest.mark.parametrize(
    ("status", "headers"),
    [(429, {"Retry-After": "31"}), (503, {}), (500, {"Retry-After": "1"}), (429, {})],
)
def test_it_gives_up(status: int, headers: dict[str, str]) -> None:
    clock = Clock()
    wire = Wire(nobody, clock=clock, sleep=clock.sleep)
    assert send(wire, first(9, status, headers)) == [status]
    assert clock.now < 1


def test_it_has_no_patience_without_end() -> None:
    clock = Clock()
    wire = Wire(nobody, clock=clock, sleep=clock.sleep)
    statuses = send(wire, first(100, 503, {"Retry-After": "20"}), times=4)
    assert statuses == [503] * 4
    assert clock.now == 140
    assert wire.count == 4 + 7


def test_it_stops_trying_again_when_all_is_refused() -> None:
    clock = Clock()
    wire = Wire(nobody, clock=clock, sleep=clock.sleep)
    send(wire, first(17, 429, {}), times=6)
    assert [exchange.status for exchange in wire.exchanges] == [429] * 5 + [200]
    assert wire.count == 3 * 5 + 2 + 1


@pytest.mark.parametrize("make", [AuthToken, lambda name: AkSk("ACCESSKEY", name)])
def test_no_secret_is_kept(make: Callable[[str], AuthToken | AkSk]) -> None:
    credentials = make("s3cr3t-of-somebody")
    wire = Wire(lambda: credentials)
    request = requests.Request("GET", "http://127.0.0.1/v1/x", auth=wire).prepare()
    said = str(dict(request.headers))
    exchange = wire.exchange(request, 400, {"X-Echo": said}, said.encode() + b"s3cr3t-of-somebody")
    assert exchange.leaked == ("the body", "the header x-echo")
    shown = f"{exchange!r} {exchange.curl} {exchange.body!r} {dict(exchange.headers)} {wire!r}"
    signature = str(request.headers.get("Authorization", "")).rpartition("=")[2]
    for secret in filter(None, ("s3cr3t-of-somebody", "ACCESSKEY", signature)):
        assert secret not in shown
    assert "***" in exchange.curl


def test_nothing_leaves_after_the_limit() -> None:
    wire = Wire(nobody, max_requests=2)
    with pytest.raises(Stopped, match="the limit of 2 requests"):
        send(wire, times=3)
    assert len(wire.exchanges) == 2
