"""Understands a page, whatever form and language it comes in."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from . import words
from .model import BrokenExample, Contract, Fact
from .outline import Outline, fact_of
from .responses import Response
from .words import Column, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .blocks import Block
    from .model import Example
    from .outline import Located


class NotSuchPageError(Exception):
    """What was read is not a page of the vendor's that describes an operation."""


def understand(blocks: Iterable[Block]) -> Contract:
    """Gives what a page says of its operation.

    Raises:
        NotSuchPageError: It names no operation, or has no table of parameters or of a response.
    """
    outline = Outline()
    outline.add(blocks)
    _require(outline)
    contract = Contract({"operation": Fact(outline.operation, outline.operation)})
    for place, fact in _facts(outline):
        contract.facts.setdefault(place, fact)
    for status, lines in outline.examples.items():
        contract.examples |= _example(status, lines)
    return contract


def _require(outline: Outline) -> None:
    if not outline.operation:
        raise NotSuchPageError("it has no line such as GET /v1/...")
    for section, what in ((Section.URI, "parameters"), (Section.RESPONSE, "a response")):
        if not any(table.section is section for table in outline.tables):
            raise NotSuchPageError(f"it has no table of {what}")


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
        yield from Response(f"response {status}".strip(), list(group)).facts()


def _parameters(table: Located, operation: str) -> Iterator[tuple[str, Fact]]:
    place = words.place(table.caption)
    for row in table.rows:
        name = row[Column.NAME]
        in_path = "path" if f"{{{name}}}" in operation else "query"
        where = place or ("header" if table.section is Section.REQUEST else in_path)
        yield f"{where}.{name}", fact_of(row)


def _example(status: str, lines: list[str]) -> dict[str, Example]:
    """Reads the JSON that begins on a line of its own, if there is any."""
    text = "\n".join(lines)
    starts = [line for line in lines if line.lstrip().startswith(("{", "["))]
    if not starts:
        return {}
    try:
        value, _ = json.JSONDecoder().raw_decode(text[text.index(starts[0]) :].lstrip())
    except json.JSONDecodeError as error:
        return {status: BrokenExample(str(error))}
    return {status: value}
