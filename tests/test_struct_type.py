"""Deriving decoders from classes in the generator's style, such as a later description may give."""

from __future__ import annotations

import datetime  # noqa: TC003 - resolved at run time
from typing import Any

import attrs
import msgspec
import pytest
from coc_steps._json import Json  # noqa: TC002 - resolved at run time, with the rest
from coc_steps._steps import fields as _decoding
from coc_steps._steps.fields import struct_type
from coc_steps_api.types import UNSET, Unset


@attrs.define
class Inner:
    """With a required field whose JSON name is another one."""

    class_: str
    size: int | Unset = UNSET
    additional_properties: dict[str, Any] = attrs.field(init=False, factory=dict[str, Any])

    def to_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {**self.additional_properties, "class": self.class_}
        if self.size is not UNSET:
            found["camelSize"] = self.size
        return found


@attrs.define
class Outer:
    """With required fields of all kinds, and optional ones that may not be null."""

    inner: Inner
    many: list[Inner]
    label: str | None
    flags: dict[str, bool] | Unset = UNSET
    from_: float | Unset = UNSET
    more: list[Inner] | Unset = UNSET
    one: Inner | Unset = UNSET
    free: Any | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "inner": self.inner.to_dict(),
            "Many": [each.to_dict() for each in self.many],
            "label": self.label,
        }
        optional = {"flags": self.flags, "from": self.from_, "free": self.free}
        found |= {name: value for name, value in optional.items() if value is not UNSET}
        if not isinstance(self.more, Unset):
            found["more"] = [each.to_dict() for each in self.more]
        if not isinstance(self.one, Unset):
            found["ONE"] = self.one.to_dict()
        return found


@attrs.define
class Dated:
    at: datetime.datetime | Unset = UNSET


def read(content: bytes) -> Any:
    return msgspec.json.decode(content, type=struct_type(Outer))


def test_fields_have_their_names_in_json() -> None:
    outer = read(
        b'{"inner": {"class": "a", "camelSize": 2}, "Many": [{"class": "b"}], "label": "c",'
        b' "flags": {"d": true}, "from": 1.5, "more": [{"class": "e"}], "ONE": {"class": "f"},'
        b' "free": [1]}'
    )
    assert (outer.inner.class_, outer.inner.size, outer.many[0].class_) == ("a", 2, "b")
    assert (outer.label, outer.flags, outer.from_) == ("c", {"d": True}, 1.5)
    assert (outer.more[0].class_, outer.one.class_, outer.free) == ("e", "f", [1])


def test_what_is_required_may_be_missing_or_null() -> None:
    for content in (b"{}", b'{"inner": null, "Many": null, "from": null, "ONE": null}'):
        outer = read(content)
        assert {getattr(outer, name) for name in outer.__struct_fields__} == {None}


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'{"inner": {"class": 1}}', "$.inner.class"),
        (b'{"Many": [{}, {"camelSize": "1"}]}', "$.Many[1].camelSize"),
        (b'{"from": "1"}', "$.from"),
        (b'{"ONE": []}', "$.ONE"),
        (b'{"flags": {"a": 1}}', "$.flags[...]"),
    ],
)
def test_a_place_is_named_as_in_json(content: bytes, place: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        read(content)
    assert str(caught.value).endswith(f"`{place}`")


def test_a_null_that_is_not_allowed_is_left_out_for_the_generated_class() -> None:
    body: dict[str, Json] = {
        "inner": {"class": "a", "camelSize": None, "unknown": None},
        "Many": [{"class": "b", "camelSize": None}],
        "label": None,
        "from": None,
        "more": [{"class": None}],
        "ONE": None,
        "unknown": None,
    }
    assert _decoding._without_nulls(Outer, body) == {
        "inner": {"class": "a", "unknown": None},
        "Many": [{"class": "b"}],
        "label": None,
        "more": [{}],
        "unknown": None,
    }


def test_a_type_that_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"cannot be decoded: <class 'datetime.datetime'>"):
        struct_type(Dated)
