"""A line for each try, for whoever asks for it."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import httpx
import pytest
from coc_steps import CocError
from drive import TICKET, Recorder, in_turn, lister, refusal

if TYPE_CHECKING:
    from conftest import Clock, Drive

PATH = f"/v1/executions/{TICKET}/steps"
LINE = re.compile(r"(GET) (\S+) -> (\S+) in (\d+) ms, request id (\S+), try (\d+)")


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, ...]]:
    messages = [one.getMessage() for one in caplog.records if one.name == "coc_steps"]
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
    assert {record.levelno for record in caplog.records if record.name == "coc_steps"} == {
        logging.INFO
    }


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
