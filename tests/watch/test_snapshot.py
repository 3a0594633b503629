"""What the looks at a ticket ask for, and what they make of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from coc_steps import PaginationError
from coc_steps._paging.snapshot import Snapshot

from .model import Simulated, page

if TYPE_CHECKING:
    from coc_steps import StepChange


def look(snapshot: Snapshot, server: Simulated) -> list[StepChange]:
    """Look once, and forget the requests before."""
    server.requests.clear()
    changes = snapshot.take(server.answer(snapshot.window()))
    while snapshot.looking:
        changes += snapshot.take(server.answer(snapshot.window()))
    return changes


def kinds(changes: list[StepChange]) -> list[tuple[str | None, str, str | None]]:
    return [(change.step.id, change.kind, change.previous_status) for change in changes]


@pytest.fixture
def server() -> Simulated:
    """A ticket of 250 steps, of which the last ten are not finished."""
    server = Simulated(250)
    for _ in range(2):
        server.advance(server.ids[:240])
    return server


@pytest.fixture
def snapshot(server: Simulated) -> Snapshot:
    snapshot = Snapshot(100)
    look(snapshot, server)
    return snapshot


def test_the_first_look_meets_every_step(server: Simulated) -> None:
    snapshot = Snapshot(100)
    seen = kinds(look(snapshot, server))
    assert [name for name, kind, _ in seen if kind == "appeared"] == server.ids
    assert [name for name, kind, _ in seen if kind == "finished"] == server.ids[:240]
    assert snapshot.listed == server.ids
    assert snapshot.unfinished == server.ids[240:]


@pytest.mark.parametrize(("page_size", "offsets"), [(100, [0, 99, 198]), (300, [0])])
def test_every_look_is_a_whole_one(server: Simulated, page_size: int, offsets: list[int]) -> None:
    snapshot = Snapshot(page_size)
    for _ in range(3):
        look(snapshot, server)
        assert [(window.offset, window.limit) for window in server.requests] == [
            (offset, page_size) for offset in offsets
        ]
        assert snapshot.pages == len(offsets)


def test_what_changed_anywhere_is_seen_by_the_next_look(
    snapshot: Snapshot, server: Simulated
) -> None:
    server.advance(["s245"])
    server.history["s3"].append("Running")
    server.insert(250)
    assert kinds(look(snapshot, server)) == [
        ("s3", "changed", "Succeed"),
        ("s245", "changed", "Pending"),
        ("s250", "appeared", None),
    ]
    assert not look(snapshot, server)


@pytest.mark.parametrize(
    "edit", [("insert", 0, 0), ("delete", 3, 0), ("delete", 249, 0), ("move", 249, 0)]
)
def test_what_came_went_or_moved(
    snapshot: Snapshot, server: Simulated, edit: tuple[str, int, int]
) -> None:
    server.apply([edit])
    changes = look(snapshot, server)
    assert snapshot.listed == server.ids
    new = [("s250", "appeared", None)] if edit[0] == "insert" else []
    assert kinds(changes) == new


def test_between_two_pages_the_list_is_that_of_the_look_before(
    snapshot: Snapshot, server: Simulated
) -> None:
    server.apply([("delete", 249, 0)])
    snapshot.take(server.answer(snapshot.window()))
    assert snapshot.looking
    assert len(snapshot.listed) == 250


def statuses(*pairs: tuple[str | None, str]) -> list[dict[str, Any]]:
    return [{"execution_step_id": name, "status": status} for name, status in pairs]


def test_a_step_that_is_run_again() -> None:
    snapshot = Snapshot(100)
    seen: list[tuple[str | None, str, str | None]] = []
    for status in ("Failed", "Running", "Succeed", "Succeed"):
        seen += kinds(snapshot.take(page(statuses(("a", status)), 1)))
    assert seen == [
        ("a", "appeared", None),
        ("a", "finished", None),
        ("a", "changed", "Failed"),
        ("a", "finished", "Running"),
    ]


def test_a_step_that_has_an_end_is_finished_whatever_its_status() -> None:
    snapshot = Snapshot(100)
    (step,) = statuses(("a", "Paused"))
    snapshot.take(page([step], 1))
    seen = [snapshot.take(page([step | {"end_time": end}], 1)) for end in (1, None, 1)]
    assert [change.kind for changes in seen for change in changes] == [
        "finished",
        "changed",
        "finished",
    ]


def test_steps_without_an_id_are_told_apart_by_their_place() -> None:
    snapshot = Snapshot(100)
    snapshot.take(page(statuses((None, "Running"), ("a", "Running"), ("", "Pending")), 3))
    changes = snapshot.take(page(statuses((None, "Succeed"), ("a", "Running"), ("", "Pending")), 3))
    assert kinds(changes) == [(None, "finished", "Running")]
    assert snapshot.unfinished == ["a", 2]


def test_a_list_that_cannot_be_walked_is_begun_anew() -> None:
    snapshot = Snapshot(100)
    full = statuses(*((f"s{place}", "Running") for place in range(100)))
    assert len(snapshot.take(page(full, 500))) == 100
    for _ in range(2):
        snapshot.take(page(full, 500))
    with pytest.raises(PaginationError):
        snapshot.take(page(full, 500))
    assert not snapshot.looking
    assert snapshot.window().offset == 0
    assert not snapshot.listed  # no look came to its end
    assert snapshot.take(page(full[:3], 3)) == []
    assert snapshot.listed == ["s0", "s1", "s2"]
