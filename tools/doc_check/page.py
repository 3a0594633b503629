"""Understand a page, whatever form and language it comes in."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from . import words
from .model import BrokenExample, Contract, Fact
from .outline import Outline, fact_of
from .responses import response_facts
from .words import Column, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .blocks import Block
    from .model import Example
    from .outline import Located


REQUIRED = (Section.URI, Section.RESPONSE, Section.STATUSES)


class NotSuchPageError(Exception):
    """What was read is not a page of the vendor's that describes the operation; says why."""

    def __str__(self) -> str:
        return "; ".join(map(str, self.args))


def understand(blocks: Iterable[Block]) -> Contract:
    """Return what a page says of its operation.

    Raises:
        NotSuchPageError: It has another layout; says what was missing.
    """
    outline = Outline()
    outline.add(blocks)
    if missing := list(_missing(outline)):
        raise NotSuchPageError(*missing)
    contract = Contract({"operation": Fact(outline.operation, outline.operation)})
    for place, fact in _facts(outline):
        contract.facts.setdefault(place, fact)
    for status, lines in outline.examples.items():
        contract.examples |= _example(status, lines)
    return contract


def _missing(outline: Outline) -> Iterator[str]:
    """Say what a page of the vendor's has and this one has not."""
    if not outline.operation:
        yield "it has no line such as GET /v1/..."
    for section in REQUIRED:
        heading = words.headings(section)
        tables = [table for table in outline.tables if table.section is section]
        columns = "Status Code" if section is Section.STATUSES else "Parameter, Type"
        if not tables:
            yield f"it has no table below {heading}"
        elif not any(table.is_understood for table in tables):
            yield f"no table below {heading} has the columns {columns}"
    rows = [row for table in outline.tables for row in table.rows if Column.TYPE in row]
    unknown = [row for row in rows if words.kind(row[Column.TYPE])[0].startswith(words.UNKNOWN)]
    if 2 * len(unknown) > len(rows):
        yield "most of its types are not those of the vendor (String, Integer, Long, ...)"


def _facts(outline: Outline) -> Iterator[tuple[str, Fact]]:
    for number, table in enumerate(outline.tables, 1):
        if not table.is_understood:
            columns = ", ".join(table.header)
            yield f"table {table.caption or number}", Fact(f"a table of {columns}", "table")
    tables = [table for table in outline.tables if table.is_understood]
    for table in tables:
        if table.section in {Section.URI, Section.REQUEST}:
            yield from _parameters(table, outline.operation)
        elif table.section is Section.STATUSES:
            listed = (row[Column.STATUS] for row in table.rows)
            yield from ((f"status {status}", Fact("listed", "listed")) for status in listed)
    responses = [table for table in tables if table.section is Section.RESPONSE]
    for status, group in groupby(responses, key=lambda table: table.status):
        yield from response_facts(f"response {status}".strip(), list(group))


def _parameters(table: Located, operation: str) -> Iterator[tuple[str, Fact]]:
    place = words.place(table.caption)
    for row in table.rows:
        name = row[Column.NAME]
        in_path = "path" if f"{{{name}}}" in operation else "query"
        where = place or ("header" if table.section is Section.REQUEST else in_path)
        yield f"{where}.{name}", fact_of(row)


def _example(status: str, lines: list[str]) -> dict[str, Example]:
    """Return the JSON that begins on a line of its own, if there is any."""
    text = "\n".join(lines)
    starts = [line for line in lines if line.lstrip().startswith(("{", "["))]
    if not starts:
        return {}
    try:
        value, _ = json.JSONDecoder().raw_decode(text[text.index(starts[0]) :].lstrip())
    except json.JSONDecodeError as error:
        return {status: BrokenExample(str(error))}
    return {status: value}
