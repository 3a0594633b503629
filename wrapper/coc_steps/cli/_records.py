"""Steps for programs: JSON, JSON lines and CSV, in UTF-8 and without loss.

All of them write page by page, so that a pipe has each page as soon as it came.
"""

from __future__ import annotations

import json
import re
import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps import StepPage

_PLAIN_COLUMNS = (
    "id",
    "execution_step_id",
    "name",
    "action",
    "status",
    "start_time",
    "end_time",
    "message",
)
_JSON_COLUMNS = ("inputs", "outputs", "properties")
_ADDITIONAL = "additional"
COLUMNS = (*_PLAIN_COLUMNS, *_JSON_COLUMNS, _ADDITIONAL)
"""The columns of CSV. New ones will come at the end."""

_TO_QUOTE = re.compile(r'[",\r\n]|^\s|\s$|^$')


class Writer(Protocol):
    """Writes steps to stdout."""

    def write(self, page: StepPage) -> None:
        """Write the steps of a page."""
        ...

    def end(self) -> None:
        """Finish after the last page."""
        ...

    def abort(self) -> None:
        """Finish when no more pages can be had."""
        ...


class _Streamed(ABC):
    """What the writers below share: text as UTF-8, and nothing kept back after a page."""

    _opening = ""
    _between = ""
    _closing = ""
    _empty = ""

    def __init__(self) -> None:
        self._stream = sys.stdout.buffer
        self._begun = False

    def write(self, page: StepPage) -> None:
        for step in page.steps:
            before = self._between if self._begun else self._opening
            self._begun = True
            self._put(before + self._text(step.raw.to_dict()))
        self._stream.flush()

    def end(self) -> None:
        self._put(self._closing if self._begun else self._empty)
        self._stream.flush()

    def abort(self) -> None:  # noqa: B027 - no writer has to do more
        """Leave it as it is: nothing may make an incomplete answer look complete."""

    def _put(self, text: str) -> None:
        self._stream.write(text.encode())

    @abstractmethod
    def _text(self, record: dict[str, Any]) -> str: ...


class JsonLinesWriter(_Streamed):
    """A step per line."""

    def _text(self, record: dict[str, Any]) -> str:
        return f"{_json(record)}\n"


class JsonWriter(_Streamed):
    """One document: an array with a step per line."""

    _opening = "[\n"
    _between = ",\n"
    _closing = "\n]\n"
    _empty = "[]\n"

    def _text(self, record: dict[str, Any]) -> str:
        return _json(record)


class CsvWriter(_Streamed):
    """A header and a row per step; None is an empty cell, and an empty text is quoted."""

    _opening = _empty = f"{','.join(COLUMNS)}\n"

    def _text(self, record: dict[str, Any]) -> str:
        return ",".join(map(_cell, _cells(record))) + "\n"


def _cells(record: dict[str, Any]) -> Iterator[Any]:
    yield from (record.pop(name, None) for name in _PLAIN_COLUMNS)
    for name in _JSON_COLUMNS:
        yield _json(record.pop(name)) if name in record else None
    yield _json(record) if record else None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    if not _TO_QUOTE.search(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
