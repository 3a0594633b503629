"""Which steps a small screen shows."""

from __future__ import annotations

from typing import Literal

import pytest
from coc_steps import StepChange
from coc_steps.cli._terminal.board import Board

from .made import steps_of


def change(
    name: str | None, status: str, kind: Literal["appeared", "changed"] = "appeared"
) -> StepChange:
    (step,) = steps_of({"execution_step_id": name, "status": status})
    return StepChange(step, kind, None)


def failed(board: Board) -> list[str | None]:
    return [facts.id for facts in board.steps if facts.is_failed]


@pytest.fixture
def board() -> Board:
    board = Board()
    for name, status in [
        ("a", "Succeed"),
        ("b", "Running"),
        ("c", "Failed"),
        ("d", "Pending"),
        ("e", "Succeed"),
        ("f", "Pending"),
    ]:
        board.take(change(name, status))
    return board


@pytest.mark.parametrize(
    ("most", "names"),
    [(0, ""), (1, "c"), (2, "bc"), (3, "bce"), (4, "abce"), (5, "abcef"), (9, "abcdef")],
)
def test_failed_running_and_latest_ones_first_in_the_order_of_the_list(
    board: Board, most: int, names: str
) -> None:
    assert [facts.id for facts in board.worth_showing(most)] == list(names)


def test_what_changed_last_is_the_latest(board: Board) -> None:
    board.take(change("b", "Succeed", "changed"))
    assert [facts.id for facts in board.worth_showing(2)] == ["b", "c"]
    board.take(change("a", "Succeed", "changed"))
    assert [facts.id for facts in board.worth_showing(2)] == ["a", "c"]
    assert board.summary.statuses == {"Succeed": 3, "Failed": 1, "Pending": 2}
    assert failed(board) == ["c"]


def test_steps_without_an_id_do_not_replace_each_other() -> None:
    board = Board()
    for status in ("Failed", "Running", "Succeed"):
        board.take(change(None, status))
    assert (board.summary.failed, board.summary.steps) == (1, 3)
