"""Steps for programs: JSON, JSON lines and CSV, in UTF-8 and without loss.

All of them write page by page, so that a pipe has each page as soon as it came.
"""

from __future__ import annotations

import re
import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

from coc_steps._steps.records import COLUMNS, to_json, to_record

if TYPE_CHECKING:
    from coc_steps import Step, StepPage

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
            self._put(before + self._text(step))
        self._stream.flush()

    def end(self) -> None:
        self._put(self._closing if self._begun else self._empty)
        self._stream.flush()

    def abort(self) -> None:  # noqa: B027 - no writer has to do more
        """Leave it as it is: nothing may make an incomplete answer look complete."""

    def _put(self, text: str) -> None:
        self._stream.write(text.encode())

    @abstractmethod
    def _text(self, step: Step) -> str: ...


class JsonLinesWriter(_Streamed):
    """A step per line."""

    def _text(self, step: Step) -> str:
        return f"{to_json(step.raw.to_dict())}\n"


class JsonWriter(_Streamed):
    """One document: an array with a step per line."""

    _opening = "[\n"
    _between = ",\n"
    _closing = "\n]\n"
    _empty = "[]\n"

    def _text(self, step: Step) -> str:
        return to_json(step.raw.to_dict())


class CsvWriter(_Streamed):
    """A header and a row per step; None is an empty cell, and an empty text is quoted."""

    _opening = _empty = f"{','.join(COLUMNS)}\n"

    def _text(self, step: Step) -> str:
        return ",".join(map(_cell, to_record(step).values())) + "\n"


def _cell(value: str | int | None) -> str:
    if value is None:
        return ""
    text = str(value)
    if not _TO_QUOTE.search(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
