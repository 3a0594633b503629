"""A ticket that goes on is told from a server that wavers; the lengths of pages from a cap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from coc_steps.conformance import Exchange
from coc_steps.conformance._checks.comparison import Lengths
from coc_steps.conformance._checks.tickets import wavers
from coc_steps.conformance._session.probe import Listing, Page, Window

if TYPE_CHECKING:
    from coc_steps._json import Json


def step(name: str, status: str = "Succeed", **changes: Any) -> dict[str, Any]:
    return {"execution_step_id": name, "status": status, **changes}


def reading(*steps: Json, total: int | None = None) -> Listing:
    count = len(steps) if total is None else total
    return Listing("EX1", list(steps), count, frozenset({count}), complete=True)


RUNNING = reading(step("a"), step("b", "Running"), step("c", "Pending"))


@pytest.mark.parametrize(
    "history",
    [
        [RUNNING],
        [RUNNING, RUNNING],
        [RUNNING, reading(step("a"), step("b"), step("c", "Running"))],
        [RUNNING, reading(step("a"), step("b", "Running"), step("c", "Pending"), step("d"))],
        # One that is sorted by the time of the last change.
        [RUNNING, reading(step("b"), step("a"), step("c", "Pending"))],
        # A step was taken out.
        [RUNNING, reading(step("a"), step("c", "Pending"))],
        [reading(), RUNNING],
    ],
)
def test_tickets_that_go_on(history: list[Listing]) -> None:
    assert wavers(history) is None


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        ([RUNNING, reading(step("a")), RUNNING], "returned to what it was"),
        ([RUNNING, reading(*reversed(RUNNING.steps))], "the order, or the total, changed"),
        ([RUNNING, reading(*RUNNING.steps, total=4)], "the order, or the total, changed"),
        ([RUNNING, reading(step("a", "Failed"), *RUNNING.steps[1:])], "the finished step a"),
        ([RUNNING, reading(step("x"), step("y"))], "none of its steps"),
        (
            [reading(step("a", "odd", end_time=5)), reading(step("a", "odd", end_time=6))],
            "the finished step a",
        ),
    ],
)
def test_servers_that_waver(history: list[Listing], reason: str) -> None:
    assert reason in str(wavers(history))


def lengths(*pages: tuple[int | None, int, int]) -> list[str]:
    """Judge pages: the limit, how many steps were left, and how many came."""
    collected = Lengths()
    exchange = Exchange("GET", "http://h", {}, 200, {}, b"")
    for limit, left, got in pages:
        collected.add(Window(limit=limit), left, Page([{}] * got, left, exchange))
    return [finding.check for finding in collected.mismatches()]


@pytest.mark.parametrize(
    "pages",
    [
        [],
        [(10, 100, 10), (10, 7, 7), (100, 100, 100)],
        [(10, 100, 10), (100, 100, 50), (100, 30, 30), (60, 60, 50), (None, 100, 20)],
        [(1, 5, 1), (5, 5, 1)],
        [(None, 100, 10), (None, 4, 4), (50, 100, 50)],
    ],
)
def test_a_cap_is_honest(pages: list[tuple[int | None, int, int]]) -> None:
    assert lengths(*pages) == []


@pytest.mark.parametrize(
    "pages",
    [
        [(10, 100, 9), (20, 100, 19)],
        [(100, 100, 50), (100, 100, 49)],
        [(10, 100, 10), (10, 7, 6)],
        [(None, 100, 10), (None, 100, 9)],
    ],
)
def test_other_short_pages_are_not(pages: list[tuple[int | None, int, int]]) -> None:
    assert lengths(*pages) == ["page-lengths"]
