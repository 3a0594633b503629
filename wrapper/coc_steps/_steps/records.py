"""A step as one flat record, for tables and files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .fields import NESTED, TIMES, TYPES

if TYPE_CHECKING:
    from .model import Step

_ADDITIONAL = "additional"
_BEFORE_ADDITIONAL = list(TYPES).index("properties") + 1
COLUMNS = (*list(TYPES)[:_BEFORE_ADDITIONAL], _ADDITIONAL, *list(TYPES)[_BEFORE_ADDITIONAL:])
"""The keys of a record. New ones come at the end."""

Record = dict[str, str | int | None]


def to_record(step: Step) -> Record:
    """Return a step as a record: always the same keys, and nothing but texts, numbers and None.

    A time of 0 or less is None. A value of a type that the description does not allow is JSON.
    """
    fields = step.raw.to_dict()
    record = {name: _cell(name, fields.pop(name)) if name in fields else None for name in TYPES}
    record[_ADDITIONAL] = to_json(fields) if fields else None
    return {name: record[name] for name in COLUMNS}


def _cell(name: str, value: Any) -> str | int | None:
    if name in NESTED or isinstance(value, bool) or not isinstance(value, str | int | None):
        return to_json(value)
    return None if name in TIMES and isinstance(value, int) and value <= 0 else value


def to_json(value: Any) -> str:
    """Return a value as JSON, in one line and readable in any script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
