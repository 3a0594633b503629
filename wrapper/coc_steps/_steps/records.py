"""A step as one flat record, for tables and files, and as the JSON that it came as."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from .fields import NESTED, TIMES, TYPES, finite, mark, without_marks

if TYPE_CHECKING:
    from coc_steps._json import Json

    from .model import Step

_ADDITIONAL = "additional"
_BEFORE_ADDITIONAL = list(TYPES).index("properties") + 1
COLUMNS = (*list(TYPES)[:_BEFORE_ADDITIONAL], _ADDITIONAL, *list(TYPES)[_BEFORE_ADDITIONAL:])
"""The keys of a record. New ones come at the end."""

Record = dict[str, str | int | None]

_SPACE = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')
_LINE_BREAKS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}


def to_record(step: Step) -> Record:
    """Return a step as a record: always the same keys, and nothing but texts, numbers and None.

    A time of 0 or less is None. A value of a type that the description does not allow is JSON.
    """
    sent = step._body.steps[step._place]
    try:
        fields = {name: _compact(each) for name, each in _decode_object(sent).items()}
    except msgspec.DecodeError:  # a text that msgspec refuses, though JSON allows it
        loaded = json.loads(sent, parse_float=finite)
        fields = {name: to_json(each) for name, each in loaded.items()}
    record = {name: _cell(name, fields.pop(name)) if name in fields else None for name in TYPES}
    rest = ",".join(f"{to_json(name)}:{text}" for name, text in fields.items())
    record[_ADDITIONAL] = f"{{{rest}}}" if rest else None
    return {name: record[name] for name in COLUMNS}


def as_sent(step: Step) -> str:
    """Return a step as JSON, in one line and otherwise as the server sent it."""
    return _compact(step._body.steps[step._place])


def sent_values(step: Step, *, marked: bool = False) -> dict[str, Json]:
    """Return a step as the server sent it; a number that no float can hold is its text.

    Args:
        step: The step.
        marked: Whether all numbers with a fraction are kept for `to_json`, digit by digit.
    """
    parse_float = mark if marked else finite
    values: dict[str, Json] = json.loads(step._body.steps[step._place], parse_float=parse_float)
    return values


def to_json(value: Any) -> str:
    """Return a value as JSON, in one line; characters that are no text are escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return without_marks(text if text.isprintable() else json.dumps(value, separators=(",", ":")))


_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _cell(name: str, text: str) -> str | int | None:
    """Return what a plain field holds, or the JSON of any other value."""
    if name in NESTED:
        return text
    value = json.loads(text, parse_float=finite)
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        return text
    return None if name in TIMES and isinstance(value, int) and value <= 0 else value


def _compact(sent: bytes | msgspec.Raw) -> str:
    """Return JSON in one line, for every reader of lines, and otherwise as it is."""
    return _SPACE.sub(r"\1", bytes(sent).decode()).translate(_LINE_BREAKS)
