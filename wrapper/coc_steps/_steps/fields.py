"""The fields of an answer, with the vendor's names: the one list that everything follows from.

A field that the description gains is one line here; a test compares the list with openapi.yaml. The
body is decoded strictly and fast; where a step has a value of another type, that step alone keeps
its values as they came, and the error waits for whoever reads the field.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, get_args, get_origin, get_type_hints

import msgspec

from coc_steps.errors import ResponseFormatError

if TYPE_CHECKING:
    from coc_steps_api.models import ListExecutionStepsResponse

    from coc_steps._json import Json


class ParameterFields(msgspec.Struct, gc=False):
    """An input or output."""

    key: str | None = None
    value: str | None = None


class StepFields(msgspec.Struct, gc=False):
    """A step. What is nested stays as it came until it is read."""

    id: int | None = None
    execution_step_id: str | None = None
    name: str | None = None
    action: str | None = None
    status: str | None = None
    start_time: int | None = None
    end_time: int | None = None
    message: str | None = None
    inputs: Annotated[msgspec.Raw, list[ParameterFields] | None] = msgspec.Raw(b"null")
    outputs: Annotated[msgspec.Raw, list[ParameterFields] | None] = msgspec.Raw(b"null")
    properties: Annotated[msgspec.Raw, dict[str, str | None] | None] = msgspec.Raw(b"null")


class PageFields(msgspec.Struct, gc=False):
    """A success."""

    error_code: str | None = None
    error_msg: str | None = None
    data: list[StepFields] | None = None
    total: int | None = None


class OddStep:
    """A step of a page with a value of a wrong type: each field is checked when it is read."""

    def __init__(self, values: dict[str, Json], place: int) -> None:
        self._values = values
        self._place = place

    def __getattr__(self, name: str) -> Any:
        if name not in TYPES:
            raise AttributeError(name)
        return convert(self._values.get(name), name, self._place)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OddStep) and self._values == other._values

    __hash__ = None  # type: ignore[assignment] # like a Struct's


_HINTS = get_type_hints(StepFields, include_extras=True)

NESTED = frozenset(name for name, hint in _HINTS.items() if get_origin(hint) is Annotated)
"""The fields that are lists or maps."""

TYPES: dict[str, Any] = {
    name: get_args(hint)[-1] if name in NESTED else hint for name, hint in _HINTS.items()
}
"""The type of each field of a step, by its name."""

TIMES = frozenset(name for name in TYPES if name.endswith("_time"))
"""The fields that are times: milliseconds since 1970 UTC, 0 or less for no time."""

decode_parameters = msgspec.json.Decoder(list[ParameterFields] | None).decode
decode_properties = msgspec.json.Decoder(dict[str, str | None] | None).decode
_decoder = msgspec.json.Decoder(PageFields)
_MARKED = re.compile(r'"(?:\\ue000|\ue000)(-?[0-9][0-9.eE+-]*)"')


def decode(content: bytes) -> PageFields:
    """Return the page in the body of a success.

    Raises:
        ResponseFormatError: It is not JSON, or what carries the walk is of another type than the
            description says: data, total, execution_step_id. The error names the place.
    """
    try:
        if not content.isascii():
            content.decode()  # what is skipped here must be good for whoever reads it later
        return _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = str(error)
    try:
        return _decode_odd(json.loads(content.decode(), parse_constant=_refuse_constant))
    except msgspec.ValidationError as error:
        problem = str(error)
    except (ValueError, RecursionError):
        pass  # it is not JSON at all, and msgspec said where
    raise ResponseFormatError(f"a success has a body that is not a page of steps: {problem}")


def convert_nested(value: object, name: str, place: int) -> Any:
    """Return a nested field of a step that its decoder did not take, checked.

    Raises:
        ResponseFormatError: It is of another type than the description says; names the place.
    """
    if isinstance(value, msgspec.Raw):  # it may have a text that only msgspec refuses
        return convert(json.loads(bytes(value)), name, place)
    return value


def convert(value: Json, name: str, place: int) -> Any:
    """Return a field of a step, checked.

    Args:
        value: The value as it came.
        name: The field.
        place: Where the step stands in its page (count of steps before it).

    Raises:
        ResponseFormatError: It is of another type than the description says; names the place.
    """
    try:
        return msgspec.convert(value, TYPES[name])
    except msgspec.ValidationError as error:
        problem, _, inner = str(error).partition(" - at `$")
    raise ResponseFormatError(f"{problem} - at `$.data[{place}].{name}{inner.rstrip('`')}`")


def build_raw(content: bytes) -> ListExecutionStepsResponse:
    """Return the generated object for a body that `decode` has accepted."""
    from coc_steps_api.models import ListExecutionStepsResponse

    body: dict[str, Json] = json.loads(content)
    try:
        return ListExecutionStepsResponse.from_dict(body)
    except (TypeError, ValueError, AttributeError, KeyError):
        # A null which the description does not allow: taken as absent.
        return ListExecutionStepsResponse.from_dict(_without_nulls(body))


class _OddPage(msgspec.Struct):
    error_code: str | None = None
    error_msg: str | None = None
    data: list[dict[str, Any]] | None = None
    total: int | None = None


class _StepId(msgspec.Struct):
    execution_step_id: str | None = None


class _StepIds(msgspec.Struct):
    data: list[_StepId] | None = None


def _decode_odd(body: Json) -> PageFields:
    """Return a page that has a value of a wrong type, if what carries the walk is right."""
    msgspec.convert(body, _StepIds)
    page = msgspec.convert(body, _OddPage)
    odd = (OddStep(values, place) for place, values in enumerate(page.data or ()))
    steps: Any = None if page.data is None else list(odd)
    return PageFields(page.error_code, page.error_msg, steps, page.total)


def split_leniently(content: bytes) -> list[bytes]:
    """Return the JSON of each step of a page that only json can read; numbers stay as they are."""
    page = json.loads(content, parse_float=mark)
    return [without_marks(json.dumps(step)).encode() for step in page["data"]]


def mark(number: str) -> str:
    """Return a number for `json.dumps` to write, which `without_marks` makes one again."""
    return f"\ue000{number}"


def without_marks(text: str) -> str:
    """Return JSON with the numbers that were marked, digit by digit as they came."""
    return _MARKED.sub(r"\1", text)


def finite(text: str) -> float | str:
    """Return a JSON number as a float, or as it stands where no float can hold it."""
    return float(text) if isfinite(float(text)) else text


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _without_nulls(values: dict[str, Json]) -> dict[str, Json]:
    return {key: _clean(value) for key, value in values.items() if value is not None}


def _clean(value: Json) -> Json:
    if isinstance(value, dict):
        return _without_nulls(value)
    return [_clean(each) for each in value] if isinstance(value, list) else value
