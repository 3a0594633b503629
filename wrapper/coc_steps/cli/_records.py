"""Steps for programs: JSON, JSON lines and CSV, in UTF-8 and without loss.

All of them write page by page, so that a pipe has each page as soon as it came.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from coc_steps import Step

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

    def write(self, steps: Sequence[Step]) -> None:
        """Write the steps of a page."""
        ...

    def end(self, total: int | None) -> None:
        """Finish after the last page."""
        ...

    def abort(self, total: int | None) -> None:
        """Finish when no more pages can be had."""
        ...


class _Streamed:
    """What the writers below share: text to bytes, and nothing kept back after a page."""

    def __init__(self) -> None:
        self._stream = click.get_binary_stream("stdout")

    def write(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self._put(self._text(step.raw.to_dict()))
        self._stream.flush()

    def end(self, total: int | None) -> None:
        self._stream.flush()

    def abort(self, total: int | None) -> None:
        self._stream.flush()

    def _put(self, text: str) -> None:
        self._stream.write(text.encode())

    def _text(self, record: Mapping[str, Any]) -> str:
        raise NotImplementedError


class JsonLinesWriter(_Streamed):
    """A step per line."""

    def _text(self, record: Mapping[str, Any]) -> str:
        return f"{_json(record)}\n"


class JsonWriter(_Streamed):
    """One document: an array with a step per line. After an abort it is not complete."""

    _before = "[\n"

    def end(self, total: int | None) -> None:
        """Close the array, which may be empty."""
        self._put("[]\n" if self._before == JsonWriter._before else "\n]\n")
        super().end(total)

    def _text(self, record: Mapping[str, Any]) -> str:
        before, self._before = self._before, ",\n"
        return f"{before}{_json(record)}"


class CsvWriter(_Streamed):
    """A header and a row per step; None is an empty cell, and an empty text is quoted."""

    def __init__(self) -> None:
        super().__init__()
        self._put(_row(COLUMNS))

    def _text(self, record: Mapping[str, Any]) -> str:
        return _row(_cells(dict(record)))


def _cells(record: dict[str, Any]) -> Iterator[Any]:
    yield from (record.pop(name, None) for name in _PLAIN_COLUMNS)
    for name in _JSON_COLUMNS:
        yield _json(record.pop(name)) if name in record else None
    yield _json(record) if record else None


def _row(values: Sequence[Any] | Iterator[Any]) -> str:
    return ",".join(map(_cell, values)) + "\n"


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
