"""The views: a step and a page of steps."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps._steps.response import Answer, read_page
from coc_steps_api.models import ListExecutionStepsResponse

if TYPE_CHECKING:
    from coc_steps import Step, StepPage

VIEW = {
    "id": "record_id",
    "execution_step_id": "id",
    "action": "action",
    "name": "name",
    "status": "status",
    "message": "message",
    "start_time": "started_at",
    "end_time": "ended_at",
    "inputs": "inputs",
    "outputs": "outputs",
    "properties": "properties",
}
"""Which property of a step shows which field of the generated class."""


def read(*steps: dict[str, Any], **fields: Any) -> StepPage:
    content = json.dumps({"data": steps, "total": len(steps)} | fields).encode()
    return read_page(Answer(200, {"x-request-id": "r1"}, content, "GET /", offset=7))


def step(**fields: Any) -> Step:
    return read(fields).steps[0]


SAMPLES: dict[str, tuple[Any, Any]] = {
    "id": (10576, 10576),
    "execution_step_id": ("EXS1", "EXS1"),
    "action": ("hwc:runbook:suspend@1.0.0", "hwc:runbook:suspend@1.0.0"),
    "name": ("pause", "pause"),
    "status": ("Pending", "Pending"),
    "message": ("说明 ✅", "说明 ✅"),
    "start_time": (1_750_782_000_123, datetime(2025, 6, 24, 16, 20, 0, 123_000, UTC)),
    "end_time": (1, datetime(1970, 1, 1, 0, 0, 0, 1_000, UTC)),
    "inputs": ([{"key": "a", "value": "1"}], {"a": "1"}),
    "outputs": ([{"key": "a", "value": "1"}], {"a": "1"}),
    "properties": (
        {"fixed_ip": "192.0.2.1", "zone": None},
        {"fixed_ip": "192.0.2.1", "zone": None},
    ),
}


def shown(one: Step) -> dict[str, Any]:
    return {name: getattr(one, name) for name in VIEW.values()}


@pytest.mark.parametrize("field", VIEW)
def test_each_field_is_shown_where_it_belongs_and_nowhere_else(field: str) -> None:
    sent, seen = SAMPLES[field]
    empty = shown(step())
    assert shown(step(**{field: sent})) == {**empty, VIEW[field]: seen}
    assert shown(step(**{field: None})) == empty


def test_what_is_not_there_is_none_and_no_parameters() -> None:
    mappings: dict[str, Any] = {"inputs": {}, "outputs": {}, "properties": {}}
    assert shown(step()) == {**dict.fromkeys(VIEW.values()), **mappings}


@pytest.mark.parametrize("field", ["start_time", "end_time"])
@pytest.mark.parametrize("milliseconds", [0, -1, 2**63 - 1, -(2**63), 253_402_300_800_000, 10**400])
def test_a_time_that_is_none_yet_or_that_no_datetime_can_hold_is_none(
    field: str, milliseconds: int
) -> None:
    one = step(**{field: milliseconds})
    assert getattr(one, VIEW[field]) is None
    assert not one.is_finished
    assert getattr(one.raw, field) == milliseconds


def test_the_first_and_last_times_that_there_are() -> None:
    one = step(start_time=1, end_time=253_402_300_799_999)
    assert one.started_at == datetime(1970, 1, 1, 0, 0, 0, 1_000, UTC)
    assert one.ended_at == datetime.max.replace(microsecond=999_000, tzinfo=UTC)
    assert one.started_at is not None
    assert one.started_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("start", "end", "duration"),
    [
        (1000, 2500, timedelta(seconds=1.5)),
        (5, 5, timedelta(0)),
        (0, 1, None),
        (1, 0, None),
        (1, -1, None),
        (2, 1, timedelta(milliseconds=-1)),
        (None, 1, None),
        (1, None, None),
        (1, 2**63 - 1, None),
    ],
)
def test_duration(start: int | None, end: int | None, duration: timedelta | None) -> None:
    assert step(start_time=start, end_time=end).duration == duration


@pytest.mark.parametrize(
    ("status", "finished", "failed"),
    [
        ("Succeed", True, False),
        ("Failed", True, True),
        ("Canceled", True, True),
        ("Timeout", True, True),
        ("Pending", False, False),
        ("Running", False, False),
        ("Canceling", False, False),
        ("succeed", False, False),
        ("Unheard-of", False, False),
        (None, False, False),
    ],
)
def test_finished_and_failed(status: str | None, finished: bool, failed: bool) -> None:
    assert step(status=status).is_finished is finished
    assert step(status=status).is_failed is failed
    assert step(status=status, end_time=0).is_finished is finished
    ended = step(status=status, end_time=1)
    assert ended.is_finished is (status not in ("Pending", "Running", "Canceling"))
    assert ended.is_failed is failed


@pytest.mark.parametrize("name", ["inputs", "outputs"])
def test_parameters_fold(name: str) -> None:
    sent = [
        {"key": "a", "value": "first"},
        {"key": "b", "value": None},
        {"key": "a", "value": "last"},
        {"key": "c"},
        {"value": "without a key"},
        {"key": None, "value": "without a key"},
        {"key": "", "value": ""},
    ]
    one = step(**{name: sent})
    assert getattr(one, name) == {"a": "last", "b": None, "c": None, "": ""}
    assert [each.to_dict() for each in getattr(one.raw, name)] == sent


def test_a_view_cannot_be_used_to_change_what_the_next_one_shows() -> None:
    one = step(properties={"a": "b"})
    dict.clear(one.properties)  # type: ignore[arg-type] # it is one, at run time
    assert one.properties == {"a": "b"}


def test_equality_and_hash() -> None:
    one, same = step(execution_step_id="a", name="x"), step(name="x", execution_step_id="a")
    assert one == same
    assert hash(one) == hash(same)
    assert len({one, same, step(execution_step_id="a", name="y"), step()}) == 3
    assert one != step(execution_step_id="a", name="x", id=1)
    assert one != "a"


def test_repr() -> None:
    one = step(execution_step_id="EXS1", name="pause", status="Pending", message="private")
    assert repr(one) == "Step(id='EXS1', name='pause', status='Pending', message='private')"
    long = step(message="x" * 61, name="y" * 60)
    assert repr(long) == f"Step(id=None, name={'y' * 60!r}, status=None, message={'x' * 60!r}...)"
    assert repr(read({}, {}, total=9)) == "StepPage(offset=7, steps=2, total=9)"


def test_a_page() -> None:
    sent: list[dict[str, Any]] = [
        {"execution_step_id": "a", "x": [1]},
        {"execution_step_id": "b", "id": 5},
    ]
    page = read(*sent, total=9, unknown={"y": None})
    assert (page.total, page.offset, page.request_id) == (9, 7, "r1")
    assert [one.id for one in page.steps] == ["a", "b"]
    assert page.raw == ListExecutionStepsResponse.from_dict(
        {"data": sent, "total": 9, "unknown": {"y": None}}
    )
    assert [one.raw.to_dict() for one in page.steps] == sent
    assert page.raw is page.raw
    assert page.steps[1].raw is (page.raw.data or [])[1]


def test_a_part_of_a_page_keeps_the_rest() -> None:
    page = read({"name": "a"}, {"name": "b"})
    part = page.with_steps(page.steps[1:])
    assert [one.name for one in part.steps] == ["b"]
    assert (part.total, part.offset, part.request_id) == (2, 7, "r1")
    assert part.raw is page.raw
    assert part.steps[0].raw.name == "b"
