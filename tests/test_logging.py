"""A line for each try, for whoever asks for it."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest
from coc_steps import CocError
from drive import TICKET, URL, Recorder, in_turn, lister, refusal
from vendor_example import EXECUTIONS

if TYPE_CHECKING:
    from conftest import Clock, Drive

PATH = f"{EXECUTIONS}/{TICKET}/steps"
LINE = re.compile(r"(GET) (\S+) -> (\S+) in (\d+) ms, request id (\S+), try (\d+)")


def ours(caplog: pytest.LogCaptureFixture, level: int) -> list[logging.LogRecord]:
    """Return our records of a level, and none of a level that is not documented."""
    records = [one for one in caplog.records if one.name == "coc_steps"]
    assert {one.levelno for one in records} <= {logging.INFO, logging.WARNING}
    return [one for one in records if one.levelno == level]


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, ...]]:
    messages = [one.getMessage() for one in ours(caplog, logging.INFO)]
    found = [LINE.fullmatch(message) for message in messages]
    assert all(found), messages
    return [one.groups() for one in found if one]


def test_a_line_for_each_try(drive: Drive, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "coc_steps")

    def answer(request: httpx.Request) -> httpx.Response:
        clock.now += 0.25
        page = lister(3)(request)
        page.headers["X-Request-Id"] = "r2"
        return page

    faults: list[httpx.Response | Exception] = [
        refusal(503, {"X-Request-Id": "r1"}),
        httpx.ReadError("reset"),
    ]
    driver = drive(Recorder(in_turn(*faults, then=answer)))
    driver.get_page(TICKET, limit=2)
    driver.get_page(TICKET, step_ids=["é"])
    first = f"{PATH}?limit=2"
    assert lines(caplog) == [
        ("GET", first, "503", "0", "r1", "1"),
        ("GET", first, "TransportError", "0", "None", "2"),
        ("GET", first, "200", "250", "r2", "3"),
        ("GET", f"{PATH}?execution_step_id_list=%C3%A9", "200", "250", "r2", "1"),
    ]


class Retry(NamedTuple):
    """What a warning says in its attributes."""

    number: int
    most: int | None
    reason: str
    wait: float


def retries(caplog: pytest.LogCaptureFixture) -> list[Retry]:
    """Return what was tried again, as the attributes of the warnings say it."""
    found: list[Retry] = []
    for record in ours(caplog, logging.WARNING):
        about = [vars(record)[f"coc_{name}"] for name in ("try", "tries", "reason", "wait")]
        found.append(Retry(*about))
        assert record.getMessage() == f"{about[2]}; trying again in {about[3]:.1f} s"
    return found


def test_a_warning_for_each_try_that_is_followed_by_another(
    drive: Drive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[httpx.Response | Exception] = [
        refusal(503, {"X-Request-Id": "r1", "Retry-After": "7"}),
        httpx.ReadError("reset"),
    ]
    drive(Recorder(in_turn(*faults, then=lister(3))), max_retries=4).get_page(TICKET)
    first, second = retries(caplog)
    assert first == Retry(1, 5, f"GET {PATH}: status 503 (request id r1)", 7.0)
    assert second[:2] == (2, 5)
    assert second.reason == (f"GET {URL}{PATH}: no complete answer came: ReadError: reset")
    assert [first.wait, second.wait] == pytest.approx(clock.waits)


def test_the_last_try_is_not_said_to_be_followed_by_another(
    drive: Drive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    driver = drive(Recorder(lambda _request: refusal(503)), max_retries=2)
    with pytest.raises(CocError):
        driver.get_page(TICKET)
    assert [retry[:2] for retry in retries(caplog)] == [(1, 3), (2, 3)]


def test_what_is_not_tried_again_is_an_error_and_no_warning(
    drive: Drive, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(CocError):
        drive(Recorder(in_turn(refusal(403)))).get_page(TICKET)
    assert not ours(caplog, logging.WARNING)


def test_the_pages_of_a_walk_are_warned_of_each_by_itself(
    drive: Drive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    failed: set[str] = set()

    def answer(request: httpx.Request) -> httpx.Response:
        offset = request.url.params["offset"]
        if offset in failed:
            return lister(25)(request)
        failed.add(offset)
        return refusal(500)

    walked = drive(Recorder(answer)).walk(TICKET, page_size=10, prefetch=2)
    assert walked.ids == [str(place) for place in range(25)]
    assert [retry[:2] for retry in retries(caplog)] == [(1, 3)] * 3


def test_a_watch_counts_on_and_has_no_last_try_once_it_was_answered(
    drive: Drive, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    faults = [refusal(503)] * 4
    transport = Recorder(in_turn(lister(0)(httpx.Request("GET", URL)), *faults, refusal(403)))
    with pytest.raises(CocError):
        drive(transport, max_retries=0).watch(TICKET)
    assert [retry[:2] for retry in retries(caplog)] == [(number, None) for number in (1, 2, 3, 4)]


def test_a_timeout_has_its_name(drive: Drive, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "coc_steps")
    driver = drive(Recorder(in_turn(httpx.ReadTimeout("slow"))), max_retries=0)
    with pytest.raises(CocError):
        driver.get_page(TICKET)
    assert [line[2] for line in lines(caplog)] == ["RequestTimeoutError"]


def test_nothing_by_default(drive: Drive, caplog: pytest.LogCaptureFixture) -> None:
    drive(Recorder(lister(3))).walk(TICKET)
    assert not lines(caplog)


def test_the_logger_leaves_the_decision_to_the_program() -> None:
    logger = logging.getLogger("coc_steps")
    assert logger.level == logging.NOTSET
    assert logger.propagate
    assert [type(handler) for handler in logger.handlers] == [logging.NullHandler]
