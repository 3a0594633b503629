"""Decoding: strict in its types, and the same as the generated layer."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
import yaml
from coc_steps import ResponseFormatError, StepPage
from coc_steps._steps.fields import (
    NESTED,
    TYPES,
    PageFields,
    ParameterFields,
    build_raw,
    decode,
)
from coc_steps._steps.records import as_sent, to_record
from coc_steps._steps.response import Answer, read_page
from coc_steps_api.models import ListExecutionStepsResponse
from coc_steps_api.types import Unset
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from coc_steps._json import Json

text = st.text(st.characters(exclude_categories=["Cs"]))
int64 = st.integers(-(2**63), 2**63 - 1)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def described(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects with any of these fields, some of them null, and with unknown ones."""
    optional = {name: st.none() | values for name, values in fields.items()}
    unknown = st.dictionaries(text.map("x-{}".format), anything, max_size=2)
    known = st.fixed_dictionaries({}, optional=optional)
    return st.tuples(known, unknown).map(lambda both: {**both[0], **both[1]})


parameters = st.lists(described(key=text, value=text), max_size=3)
steps = described(
    id=int64,
    execution_step_id=text,
    action=text,
    name=text,
    status=text,
    message=text,
    start_time=int64,
    end_time=int64,
    inputs=parameters,
    outputs=parameters,
    properties=st.dictionaries(text, st.none() | text, max_size=3),
)
bodies = described(
    error_code=text, error_msg=text, data=st.lists(steps, max_size=3), total=int64
)  # fmt: skip


def fold(value: Any) -> Any:
    return None if isinstance(value, Unset) else value


@given(bodies, st.booleans())
def test_raw_is_what_the_generated_layer_makes(body: dict[str, Any], ascii_only: bool) -> None:
    content = json.dumps(body, ensure_ascii=ascii_only).encode()
    decode(content)
    expected = ListExecutionStepsResponse.from_dict(json.loads(content))
    assert build_raw(content) == expected
    assert build_raw(content).to_dict() == body


def page_of(body: object) -> StepPage:
    content = json.dumps(body).encode()
    return read_page(Answer(200, {}, content, "GET /", 0))


@given(bodies)
def test_what_is_read_is_what_raw_has(body: dict[str, Any]) -> None:
    body["error_code"], total = None, body.get("total")
    body["data"] = body.get("data") or []
    page = page_of(body)
    raw = page.raw
    assert page.total == total == fold(raw.total)
    assert len(page.steps) == len(raw.data or ())
    for step, kept in zip(page.steps, raw.data or (), strict=True):
        assert step.raw == kept
        for ours, theirs in NAMES.items():
            assert getattr(step, ours) == fold(getattr(kept, theirs))
        assert step.properties == (kept.properties.to_dict() if kept.properties else {})
        for read, kept_ones in ((step.inputs, kept.inputs), (step.outputs, kept.outputs)):
            given_keys = {fold(one.key): fold(one.value) for one in kept_ones or ()}
            assert read == {key: value for key, value in given_keys.items() if key is not None}


def test_the_list_of_fields_is_that_of_the_description() -> None:
    """A field that the description gains is one line in fields.py."""
    schemas = yaml.safe_load(Path("openapi.yaml").read_text("utf-8"))["components"]["schemas"]
    kinds = {"string": str | None, "integer": int | None, "number": float | None}
    inputs = schemas["ExecutionStep"]["properties"]["inputs"]["items"]
    listed = {
        inputs["$ref"].rpartition("/")[2]: get_type_hints(ParameterFields),
        "ExecutionStep": {name: kind for name, kind in TYPES.items() if name not in NESTED},
        "ListExecutionStepsResponse": get_type_hints(PageFields) | {"data": None},
    }
    for schema, ours in listed.items():
        described = schemas[schema]["properties"]
        nested = NESTED if schema == "ExecutionStep" else frozenset[str]()
        assert set(ours) | nested == set(described), f"{schema}: edit _steps/fields.py"
        plain = {name: kinds.get(one["type"][0]) for name, one in described.items()}
        assert {name: plain[name] for name in ours} == ours, f"{schema}: edit _steps/fields.py"


WRONG: dict[str, list[Json]] = {
    "str": [3, 1.5, True, [], {}],
    "int": ["3", 1.5, True, [], {}],
    "list": ["x", 3, {}, True],
    "dict": ["x", 3, [], True],
}
CARRIERS = {
    "$.error_code": "str",
    "$.error_msg": "str",
    "$.total": "int",
    "$.data": "list",
    "$.data[3]": "dict",
    "$.data[3].execution_step_id": "str",
}
"""What carries the walk, and what says that an answer is none."""

FIELDS = {
    "$.data[3].id": "int",
    "$.data[3].action": "str",
    "$.data[3].name": "str",
    "$.data[3].status": "str",
    "$.data[3].message": "str",
    "$.data[3].start_time": "int",
    "$.data[3].end_time": "int",
    "$.data[3].properties": "dict",
    "$.data[3].inputs": "list",
    "$.data[3].outputs": "list",
    "$.data[3].inputs[1]": "dict",
    "$.data[3].inputs[1].key": "str",
    "$.data[3].outputs[1].value": "str",
    "$.data[3].properties[...]": "str",
}
"""What is an error where it is read."""

NAMES = {
    "record_id": "id",
    "id": "execution_step_id",
    "action": "action",
    "name": "name",
    "status": "status",
    "message": "message",
}
READ_BY = {"id": "record_id", "start_time": "started_at", "end_time": "ended_at"}
DERIVED = ("started_at", "ended_at", "duration", "is_finished", "is_failed")
PROPERTIES = (*NAMES, *DERIVED, "inputs", "outputs", "properties")


def with_value(place: str, value: Json) -> dict[str, Json]:
    """Return a body that is right but for the value at a place."""
    parts = place.removeprefix("$.").split(".")
    for part in reversed(parts):
        name, _, index = part.removesuffix("]").partition("[")
        if index == "...":
            value = {"key": value}
        elif index:
            value = [*({} for _ in range(int(index))), value]
        value = {name: value}
    assert isinstance(value, dict)
    return value


def wrong(places: dict[str, str]) -> list[tuple[str, Json]]:
    return [(place, value) for place, kind in places.items() for value in WRONG[kind]]


@pytest.mark.parametrize(("place", "value"), wrong(CARRIERS))
def test_a_wrong_type_of_what_carries_the_walk_is_no_page(place: str, value: Json) -> None:
    with pytest.raises(ResponseFormatError) as caught:
        decode(json.dumps(with_value(place, value)).encode())
    assert str(caught.value).endswith(f"`{place}`")


@pytest.mark.parametrize(("place", "value"), wrong(FIELDS))
def test_any_other_wrong_type_is_an_error_where_it_is_read(place: str, value: Json) -> None:
    body = with_value(place, value) | {"total": 4}
    page = page_of(body)
    *rest, step = page.steps
    assert len(rest) == 3
    assert step.id is None
    assert json.loads(as_sent(step)) == body["data"][3]  # type: ignore[index] # a list
    assert step.raw is not None
    field = place.removeprefix("$.data[3].").partition("[")[0].partition(".")[0]
    failing = READ_BY.get(field, field)
    for name in PROPERTIES:
        if name == failing:
            with pytest.raises(ResponseFormatError) as caught:
                getattr(step, name)
            assert str(caught.value).endswith(f"`{place}`")
    assert pickle.loads(pickle.dumps(step)) == step
    assert "?" in repr(step) or field not in ("name", "status", "message")


@given(st.dictionaries(st.sampled_from(sorted(TYPES.keys() - {"execution_step_id"})), anything))
def test_any_json_in_any_field_loses_no_step(values: dict[str, Any]) -> None:
    """Never a wrong value, and never another exception than ResponseFormatError."""
    odd = {"execution_step_id": "b", **values}
    data = [{"execution_step_id": "a", "name": "first"}, odd, {"execution_step_id": "c"}]
    first, step, last = page_of({"data": data, "total": 3}).steps
    assert [first.id, step.id, last.id, first.name] == ["a", "b", "c", "first"]
    assert json.loads(as_sent(step)) == odd
    assert step.raw is not None
    assert to_record(step).keys() == to_record(first).keys()
    for name in PROPERTIES:
        try:
            value = getattr(step, name)
        except ResponseFormatError as error:
            assert "$.data[1]." in str(error)  # noqa: PT017 - whether one comes depends on the value
        else:
            key = NAMES.get(name)
            if key is not None:
                assert value == odd.get(key)
                assert type(value) in (str, int, type(None))
    assert (step == first) is False
    assert copy.deepcopy(step) == step


def test_a_step_that_is_null_is_no_step() -> None:
    with pytest.raises(ResponseFormatError, match=r"\$\.data\[1\]"):
        decode(b'{"data": [{}, null], "total": 2}')


BROKEN = {
    "nothing": b"",
    "cut": b'{"data": [{"name": "pau',
    "html": b"<html><body>502</body></html>",
    "trailing": b'{"data": []} {}',
    "byte order mark": b'\xef\xbb\xbf{"data": []}',
    "not a number": b'{"total": NaN}',
    "not a number, unknown": b'{"x": NaN}',
    "infinite": b'{"total": Infinity}',
    "bad utf-8": b'{"error_msg": "\xff"}',
    "bad utf-8, unknown": b'{"x": "\xff"}',
    "a hundred thousand deep": b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "null": b"null",
    "list": b"[]",
    "text": b'"data"',
    "number": b"1",
    "true": b"true",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=list(BROKEN))
def test_what_is_no_page_is_an_error(content: bytes) -> None:
    with pytest.raises(ResponseFormatError) as caught:
        decode(content)
    assert caught.value.__context__ is caught.value.__cause__ is None


@pytest.mark.parametrize("unknown", ["1e999", "9" * 400, "[[[]]]", '"\\ud800"', '"\\ud800\\ud800"'])
def test_whatever_is_unknown_is_kept(unknown: str) -> None:
    content = f'{{"data": [{{"x": {unknown}}}], "total": 1}}'.encode()
    assert decode(content).total == 1
    raw = build_raw(content)
    assert raw.data
    assert raw.data[0].additional_properties == {"x": json.loads(unknown)}
