"""Servers that misbehave, made by composition."""

from collections.abc import Sequence

import httpx
import pytest
from coc_steps.mock import (
    Answer,
    Fault,
    Handler,
    Query,
    Request,
    Service,
    Step,
    fail,
    serve,
    throttle,
)
from vendor_example import EXECUTIONS

from .wire import Wire, ids


def answers(count: int, faults: Sequence[Fault]) -> list[httpx.Response]:
    with serve(tickets={"a": 3}, faults=faults) as mock, Wire(mock) as wire:
        return [wire.get("a") for _ in range(count)]


def test_throttle() -> None:
    got = answers(6, faults=[throttle(3)])
    assert [answer.status_code for answer in got] == [200, 200, 429] * 2
    assert got[2].headers["Retry-After"] == "1"
    assert got[2].json()["error_code"] == "APIGW.0308"
    assert got[2].json()["request_id"] == got[2].headers["X-Request-Id"]


@pytest.mark.parametrize("value", [None, "0", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_retry_after(value: str | None) -> None:
    (answer,) = answers(1, faults=[throttle(1, retry_after=value)])
    assert answer.status_code == 429
    assert answer.headers.get("Retry-After") == value


def test_fail() -> None:
    got = answers(4, faults=[fail(503, 2, 4)])
    assert [answer.status_code for answer in got] == [200, 503, 200, 503]
    assert got[1].json()["error_code"] == "APIGW.0613"
    assert [answer.status_code for answer in answers(2, faults=[fail(520)])] == [520, 520]


def test_the_first_fault_is_the_outermost() -> None:
    got = answers(2, faults=[fail(500, 1), fail(503, 1, 2)])
    assert [answer.status_code for answer in got] == [500, 503]


def test_a_fault_of_ones_own() -> None:
    def without_total(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            answer = handler(request)
            del answer.content["total"]
            for step in answer.content["data"]:
                step["name"] = request.path
            return answer

        return handle

    with serve(tickets={"a": 3}, faults=[without_total]) as mock, Wire(mock) as wire:
        body = wire.get("a", "limit=2").json()
        assert body.keys() == {"data"}
        assert [step["name"] for step in body["data"]] == [f"{EXECUTIONS}/a/steps"] * 2
        assert mock.steps("a")[0]["name"] != f"{EXECUTIONS}/a/steps"


def test_bytes_go_out_as_they_are() -> None:
    def html(handler: Handler) -> Handler:
        return lambda _: Answer(200, b"<html>", {"Content-Type": "text/html"})

    (answer,) = answers(1, faults=[html])
    assert answer.content == b"<html>"
    assert answer.headers["Content-Type"] == "text/html"


def test_a_header_that_is_none_is_left_out() -> None:
    def anonymous(handler: Handler) -> Handler:
        return lambda _: Answer(200, {}, {"X-Request-Id": None, "Content-Type": None, "Via": None})

    (answer,) = answers(1, faults=[anonymous])
    assert set(answer.headers) == {"date", "content-length"}


def test_a_service_with_one_method_replaced() -> None:
    class Backwards(Service):
        def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
            return super().matching(steps, query)[::-1]

    with serve(tickets={"a": 3}, service=Backwards) as mock, Wire(mock) as wire:
        assert wire.page("a", "limit=2") == (ids(mock.steps("a"))[:0:-1], 3)
