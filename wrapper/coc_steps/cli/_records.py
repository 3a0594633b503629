"""Steps for programs: JSON, JSON lines and CSV, in UTF-8 and without loss.

All of them write page by page, so that a pipe has each page as soon as it came.
"""

from __future__ import annotations

import json
import re
import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

from coc_steps import ResponseFormatError
from coc_steps._steps.fields import without_marks
from coc_steps._steps.records import COLUMNS, as_sent, to_json, to_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps import Step

    from ._ticket.selection import Part

TICKET = "execution_id"
"""The key that says the ticket of a step, where steps of several tickets are listed."""

READABLE = ("started_at", "ended_at", "duration_seconds")
"""The columns of csv that say times for people: ISO 8601 in UTC, and seconds."""

CSV_COLUMNS = (TICKET, *COLUMNS, *READABLE)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula."""

_TO_QUOTE = re.compile(r'[",\r\n]|^\s|\s$|^$')
# Lone surrogates have no UTF-8, and the others end a line for some readers.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Writer(Protocol):
    """Writes steps to stdout."""

    def write(self, ticket: str, part: Part) -> None:
        """Write steps of a ticket."""
        ...

    def end(self) -> None:
        """Finish after the last step."""
        ...

    def abort(self) -> None:
        """Finish when no more steps can be had."""
        ...


def json_line(value: object) -> str:
    """Return a value as JSON that is one line for every reader."""
    return _escaped(to_json(value))


def json_document(value: object) -> str:
    """Return a value as a JSON document for people and programs, with a line end."""
    text = without_marks(json.dumps(value, ensure_ascii=False, indent=2))
    return f"{_escaped(text)}\n"


def write_text(text: str) -> None:
    """Write a text to stdout, as UTF-8."""
    sys.stdout.buffer.write(text.encode(errors="replace"))
    sys.stdout.buffer.flush()


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class _Streamed(ABC):
    """What the writers below share: nothing is kept back after a page.

    Args:
        tagged: Whether each step says its ticket.
    """

    _opening = ""
    _between = ""
    _closing = ""

    def __init__(self, *, tagged: bool = False) -> None:
        self._tagged = tagged
        self._begun = False

    def write(self, ticket: str, part: Part) -> None:
        # In one go, so that Ctrl-C leaves no half of a page.
        write_text("".join(self._separated(self._text(ticket, step)) for step in part.listed))

    def end(self) -> None:
        write_text(self._closing if self._begun else self._empty())

    def abort(self) -> None:  # noqa: B027 - no writer has to do more
        """Leave it as it is: nothing may make an incomplete answer look complete."""

    def _separated(self, text: str) -> str:
        before = self._between if self._begun else self._opening
        self._begun = True
        return before + text

    def _empty(self) -> str:
        return ""

    @abstractmethod
    def _text(self, ticket: str, step: Step) -> str: ...


class JsonLinesWriter(_Streamed):
    """A step per line."""

    def _text(self, ticket: str, step: Step) -> str:
        return f"{self._json(ticket, step)}\n"

    def _json(self, ticket: str, step: Step) -> str:
        text = _escaped(as_sent(step))
        if not self._tagged:
            return text
        more = "" if text == "{}" else ","
        return f'{{"{TICKET}":{json_line(ticket)}{more}{text[1:]}'


class JsonWriter(JsonLinesWriter):
    """One document: an array with a step per line."""

    _opening = "[\n"
    _between = ",\n"
    _closing = "\n]\n"

    def _text(self, ticket: str, step: Step) -> str:
        return self._json(ticket, step)

    def _empty(self) -> str:
        return "[]\n"


class CsvWriter(_Streamed):
    """A header and a row per step; None is an empty cell, and an empty text is quoted.

    Args:
        columns: The columns; None for all.
        tagged: Whether each row says its ticket.
        excel: Whether a spreadsheet is to open it: with a byte order mark, and no text a formula.
    """

    def __init__(
        self, columns: Sequence[str] | None = None, *, tagged: bool = False, excel: bool = False
    ) -> None:
        super().__init__(tagged=tagged)
        self._columns = columns or (CSV_COLUMNS if tagged else CSV_COLUMNS[1:])
        self._excel = excel
        self._opening = f"{chr(0xFEFF) if excel else ''}{','.join(self._columns)}\n"

    def _text(self, ticket: str, step: Step) -> str:
        record = {TICKET: ticket, **to_record(step), **_readable(step)}
        values = (record[name] for name in self._columns)
        return ",".join(_cell(_harmless(each) if self._excel else each) for each in values) + "\n"

    def _empty(self) -> str:
        return self._opening


def _readable(step: Step) -> dict[str, str | None]:
    """Return the times of a step for people; one that cannot be read is left out."""
    try:
        times, duration = (step.started_at, step.ended_at), step.duration
    except ResponseFormatError:
        return dict.fromkeys(READABLE)
    said = [None if each is None else each.isoformat(timespec="milliseconds") for each in times]
    seconds = None if duration is None else f"{duration.total_seconds():.3f}"
    return dict(zip(READABLE, (*said, seconds), strict=True))


def _harmless(value: str | int | None) -> str | int | None:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _cell(value: str | int | None) -> str:
    if value is None:
        return ""
    text = str(value)
    if not _TO_QUOTE.search(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
