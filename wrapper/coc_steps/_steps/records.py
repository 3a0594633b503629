"""A step as one flat record, for tables and files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Step

_PLAIN = (
    "id",
    "execution_step_id",
    "name",
    "action",
    "status",
    "start_time",
    "end_time",
    "message",
)
_NESTED = ("inputs", "outputs", "properties")
_ADDITIONAL = "additional"
COLUMNS = (*_PLAIN, *_NESTED, _ADDITIONAL)
"""The keys of a record. New ones will come at the end."""

Record = dict[str, str | int | None]


def to_record(step: Step) -> Record:
    """Give a step as a record: always the same keys, and nothing but texts, numbers and None."""
    fields = step.raw.to_dict()
    record: Record = {name: fields.pop(name, None) for name in _PLAIN}
    for name in _NESTED:
        record[name] = to_json(fields.pop(name)) if name in fields else None
    record[_ADDITIONAL] = to_json(fields) if fields else None
    return record


def to_json(value: Any) -> str:
    """Give a value as JSON, in one line and readable in any script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
