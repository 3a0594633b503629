"""Steps for programs: JSON, JSON lines and CSV, in UTF-8 and without loss.

All of them are written page by page, so that a pipe has each page as soon as it came.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from coc_steps import ResponseFormatError
from coc_steps._steps.fields import without_marks
from coc_steps._steps.records import COLUMNS, as_sent, to_json, to_record

from ._output import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from coc_steps import Step

    from ._ticket.facts import Facts
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


def json_line(value: object) -> str:
    """Return a value as JSON that is one line for every reader."""
    return _escaped(to_json(value))


def json_document(value: object) -> str:
    """Return a value as a JSON document for people and programs, with a line end."""
    text = without_marks(json.dumps(value, ensure_ascii=False, indent=2))
    return f"{_escaped(text)}\n"


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class RecordWriter:
    """Writes a text per step of a ticket, and what stands before, between and after them."""

    def __init__(
        self,
        text: Callable[[Facts], str],
        opening: str = "",
        between: str = "",
        closing: str = "",
    ) -> None:
        self._text = text
        self._opening = opening
        self._between = between
        self._closing = closing
        self._begun = False

    def write(self, part: Part) -> None:
        """Write steps of a ticket, in one go, so that Ctrl-C leaves no half of a page."""
        if texts := [self._text(each) for each in part.listed]:
            before = self._between if self._begun else self._opening
            write_text(before + self._between.join(texts))
            self._begun = True

    def end(self) -> None:
        """Finish after the last step."""
        write_text(("" if self._begun else self._opening) + self._closing)

    def abort(self) -> None:
        """Leave it as it is: nothing may make an incomplete answer look complete."""


def json_writer(*, tagged: bool) -> RecordWriter:
    """Return a writer of one document: an array with a step per line."""
    return RecordWriter(_json_text(tagged=tagged), "[", ",\n", "]\n")


def jsonl_writer(*, tagged: bool) -> RecordWriter:
    """Return a writer of a line of JSON per step."""
    text = _json_text(tagged=tagged)
    return RecordWriter(lambda facts: f"{text(facts)}\n")


def _json_text(*, tagged: bool) -> Callable[[Facts], str]:
    def text(facts: Facts) -> str:
        sent = _escaped(as_sent(facts.step))
        if not tagged:
            return sent
        more = "" if sent == "{}" else ","
        return f'{{"{TICKET}":{json_line(facts.ticket)}{more}{sent[1:]}'

    return text


def csv_writer(
    columns: Sequence[str] | None = None, *, tagged: bool = False, excel: bool = False
) -> RecordWriter:
    """Return a writer of a row per step; None is an empty cell, and an empty text is quoted.

    For a spreadsheet (``excel``) it begins with a byte order mark, and no text is a formula.
    """
    names = columns or (CSV_COLUMNS if tagged else CSV_COLUMNS[1:])

    def row(facts: Facts) -> str:
        record = {TICKET: facts.ticket, **to_record(facts.step), **_readable(facts.step)}
        values = (record[name] for name in names)
        return ",".join(_cell(_harmless(each) if excel else each) for each in values) + "\n"

    mark = "\N{ZERO WIDTH NO-BREAK SPACE}" if excel else ""
    return RecordWriter(row, f"{mark}{','.join(names)}\n")


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
