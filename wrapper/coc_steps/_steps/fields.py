"""Strict, fast decoding of a page, derived from the generated classes.

Each generated attrs class gives a msgspec Struct with the same fields, so that a regenerated model
needs no edit here. A null stands for an absent field; a wrong type is an error that names its
place; unknown keys are left to the generated object, which is built from the kept bytes when
somebody asks for it.
"""

from __future__ import annotations

import json
import types
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec
from coc_steps_api import models
from coc_steps_api.models import ListExecutionStepsResponse
from coc_steps_api.types import Unset

from coc_steps.errors import ResponseFormatError

if TYPE_CHECKING:
    from coc_steps._json import Json

_PLAIN = (str, int, float, bool, Any)
_EXTRA = "additional_properties"


class DecodedParameter(Protocol):
    """What is read of an input or output."""

    key: str | None
    value: str | None


class DecodedStep(Protocol):
    """What is read of a step."""

    execution_step_id: str | None
    action: str | None
    name: str | None
    status: str | None
    message: str | None
    start_time: int | None
    end_time: int | None
    inputs: list[DecodedParameter] | None
    outputs: list[DecodedParameter] | None
    properties: dict[str, str | None] | None


class DecodedPage(Protocol):
    """What is read of a success."""

    error_code: str | None
    error_msg: str | None
    data: list[DecodedStep] | None
    total: int | None


def decode(content: bytes) -> DecodedPage:
    """Decode the body of a success.

    Raises:
        ResponseFormatError: It is not JSON, or not of the described types; names the place.
    """
    try:
        if not content.isascii():
            content.decode()  # what is skipped here, since it is unknown, must be good for `.raw`
        page: DecodedPage = _decoder().decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = str(error)
    else:
        return page
    raise ResponseFormatError(f"a success has a body that is not a page of steps: {problem}")


def build_raw(content: bytes) -> ListExecutionStepsResponse:
    """Build the generated object from a body that `decode` has accepted."""
    # Not msgspec, which is stricter with what `decode` has skipped, such as a number of 1e999.
    body: dict[str, Json] = json.loads(content)
    return ListExecutionStepsResponse.from_dict(_without_nulls(ListExecutionStepsResponse, body))


@cache
def _decoder() -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(struct_type(ListExecutionStepsResponse))


@cache
def struct_type(model: type[attrs.AttrsInstance]) -> Any:
    """Derive what msgspec decodes from a generated class: a Struct, or a dict for a map.

    Raises:
        TypeError: An annotation is of a kind that is not known here.
    """
    hints = _hints(model)
    if set(hints) == {_EXTRA}:
        return _decodable(hints[_EXTRA])
    fields = [
        (name, _decodable(hint) | None, None) for name, hint in hints.items() if name != _EXTRA
    ]
    return msgspec.defstruct(model.__name__, fields, rename=_json_names(model), gc=False)


@cache
def _hints(model: type[attrs.AttrsInstance]) -> dict[str, Any]:
    hints = get_type_hints(model, localns=vars(models))
    return {field.name: hints[field.name] for field in attrs.fields(model)}


def _decodable(hint: Any) -> Any:
    """Give the type to decode for an annotation of a generated class."""
    if isinstance(hint, types.UnionType) or get_origin(hint) is Union:
        members = [_decodable(arm) for arm in get_args(hint) if arm not in (Unset, type(None))]
        return Union[(*members, None)]
    if hint in _PLAIN:
        return hint
    if get_origin(hint) is list:
        return list[_decodable(*get_args(hint))]  # type: ignore[misc] # made at run time
    if get_origin(hint) is dict:
        return dict[str, _decodable(get_args(hint)[1])]  # type: ignore[misc] # made at run time
    if attrs.has(hint):
        return struct_type(hint)
    raise TypeError(f"a generated model has a field of a type that cannot be decoded: {hint!r}")


@cache
def _json_names(model: type[attrs.AttrsInstance]) -> dict[str, str]:
    """Find the JSON name of each field; only the generated ``to_dict`` knows it."""
    names = [field.name for field in attrs.fields(model) if field.init]
    hints = _hints(model)
    base = _required(model)
    renamed = dict(zip(base, _keys(model, base), strict=True))
    known = set(renamed.values())
    for name in names:
        if name not in renamed:
            (renamed[name],) = set(_keys(model, {**base, name: _probe(hints[name])})) - known
    return renamed


def _keys(model: Any, values: dict[str, Any]) -> list[str]:
    return list(model(**values).to_dict())


def _probe(hint: Any) -> Any:
    """Give a value that ``to_dict`` takes for an annotation."""
    arms = _arms(hint)
    if type(None) in arms:
        return None
    if any(get_origin(arm) is list for arm in arms):
        return []
    model = next((arm for arm in arms if isinstance(arm, type) and attrs.has(arm)), None)
    return None if model is None else model(**_required(model))


def _required(model: type[attrs.AttrsInstance]) -> dict[str, Any]:
    """Give values for the fields without which no object can be made, by name."""
    hints = _hints(model)
    needed = (f.name for f in attrs.fields(model) if f.init and f.default is attrs.NOTHING)
    return {name: _probe(hints[name]) for name in needed}


def _arms(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if isinstance(hint, types.UnionType) else (hint,)


def _without_nulls(model: type[attrs.AttrsInstance], body: dict[str, Json]) -> dict[str, Json]:
    """Leave out the nulls that the description does not allow; the rest is as it came."""
    hints = _hints(model)
    names = {key: name for name, key in _json_names(model).items()}
    return {
        key: _clean(hints[names[key]], value) if key in names else value
        for key, value in body.items()
        if value is not None or key not in names or type(None) in get_args(hints[names[key]])
    }


def _clean(hint: Any, value: Json) -> Json:
    arms = _arms(hint)
    for arm in arms:
        if isinstance(value, list) and get_origin(arm) is list:
            return [_clean(get_args(arm)[0], item) for item in value]
        if isinstance(value, dict) and isinstance(arm, type) and attrs.has(arm):
            return _without_nulls(arm, value)
    return value
