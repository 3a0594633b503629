"""Decoding: strict in its types, and the same as the generated layer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps import ResponseFormatError
from coc_steps._steps.fields import build_raw, decode
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
    """Give objects with any of these fields, some of them null, and with unknown ones."""
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


@given(bodies)
def test_what_is_read_is_what_raw_has(body: dict[str, Any]) -> None:
    content = json.dumps(body).encode()
    page, raw = decode(content), build_raw(content)
    for name in ("error_code", "error_msg", "total"):
        assert getattr(page, name) == fold(getattr(raw, name))
    assert len(page.data or ()) == len(raw.data or ())
    for step, kept in zip(page.data or (), raw.data or (), strict=True):
        for name in ("id", "execution_step_id", "action", "name", "status", "message"):
            assert getattr(step, name) == fold(getattr(kept, name))
        assert (step.start_time, step.end_time) == (fold(kept.start_time), fold(kept.end_time))
        assert step.properties == (kept.properties.to_dict() if kept.properties else None)
        for read, kept_ones in ((step.inputs, kept.inputs), (step.outputs, kept.outputs)):
            assert [(one.key, one.value) for one in read or ()] == [
                (fold(one.key), fold(one.value)) for one in kept_ones or ()
            ]


WRONG: dict[str, list[Json]] = {
    "str": [3, 1.5, True, [], {}],
    "int": ["3", 1.5, True, [], {}],
    "list": ["x", 3, {}, True],
    "dict": ["x", 3, [], True],
}
FIELDS = {
    "$.error_code": "str",
    "$.error_msg": "str",
    "$.total": "int",
    "$.data": "list",
    "$.data[3]": "dict",
    "$.data[3].id": "int",
    "$.data[3].execution_step_id": "str",
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


def with_value(place: str, value: Json) -> dict[str, Json]:
    """Give a body that is right but for the value at a place."""
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


@pytest.mark.parametrize(
    ("place", "value"),
    [(place, value) for place, kind in FIELDS.items() for value in WRONG[kind]],
)
def test_a_wrong_type_is_an_error_that_names_its_place(place: str, value: Json) -> None:
    with pytest.raises(ResponseFormatError) as caught:
        decode(json.dumps(with_value(place, value)).encode())
    assert str(caught.value).endswith(f"`{place}`")


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
    "lone surrogate": b'{"error_msg": "\\ud800"}',
    "lone surrogate, unknown": b'{"x": "\\ud800"}',
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


@pytest.mark.parametrize("unknown", ["1e999", "9" * 400, "[[[]]]"])
def test_whatever_is_unknown_is_kept(unknown: str) -> None:
    content = f'{{"data": [{{"x": {unknown}}}], "total": 1}}'.encode()
    assert decode(content).total == 1
    raw = build_raw(content)
    assert raw.data
    assert raw.data[0].additional_properties == {"x": json.loads(unknown)}
