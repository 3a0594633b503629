"""Which steps a small screen shows."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from coc_steps import StepChange
from coc_steps._responses import Answer, read_page
from coc_steps.cli._terminal.board import Board


def change(
    name: str | None, status: str, kind: Literal["appeared", "changed"] = "appeared"
) -> StepChange:
    content = json.dumps({"data": [{"execution_step_id": name, "status": status}], "total": 1})
    (step,) = read_page(Answer(200, {}, content.encode(), "GET", 0)).steps
    return StepChange(step, kind, None)


@pytest.fixture
def seen() -> Board:
    seen = Board()
    for name, status in [
        ("a", "Succeed"),
        ("b", "Running"),
        ("c", "Failed"),
        ("d", "Pending"),
        ("e", "Succeed"),
        ("f", "Pending"),
    ]:
        seen.take(change(name, status))
    return seen


@pytest.mark.parametrize(
    ("most", "names"),
    [(0, ""), (1, "c"), (2, "bc"), (3, "bce"), (4, "abce"), (5, "abcef"), (9, "abcdef")],
)
def test_failed_running_and_latest_ones_first_in_the_order_of_the_list(
    seen: Board, most: int, names: str
) -> None:
    assert [step.id for step in seen.worth_showing(most)] == list(names)


def test_what_changed_last_is_the_latest(seen: Board) -> None:
    seen.take(change("b", "Succeed", "changed"))
    assert [step.id for step in seen.worth_showing(2)] == ["b", "c"]
    seen.take(change("a", "Succeed", "changed"))
    assert [step.id for step in seen.worth_showing(2)] == ["a", "c"]
    assert seen.statuses == {"Succeed": 3, "Failed": 1, "Pending": 2}
    assert [step.id for step in seen.failed] == ["c"]


def test_steps_without_an_id_do_not_replace_each_other() -> None:
    seen = Board()
    for status in ("Failed", "Running", "Succeed"):
        seen.take(change(None, status))
    assert (len(seen.failed), seen.statuses.total()) == (1, 3)
