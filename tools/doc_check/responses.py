"""Understand the tables of a response: its body, and the schemas that its fields refer to."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from . import words
from .model import Fact
from .outline import fact_of
from .words import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .outline import Located


def response_facts(place: str, tables: list[Located]) -> Iterator[tuple[str, Fact]]:
    """Return the headers of a response, the fields of its body and whatever is nested in it."""
    headers = [table for table in tables if words.place(table.caption) == "header"]
    for row in (row for table in headers for row in table.rows):
        yield f"{place} header {row[Column.NAME]}", fact_of(row)
    schemas = [table for table in tables if table not in headers]
    if not schemas:
        return
    yield place, Fact("a body", "body")
    nested = Nested(schemas[1:])
    yield from _fields(place, schemas[0], nested)
    for table in nested.unclaimed:
        name = table.caption or ", ".join(row[Column.NAME] for row in table.rows)
        yield f"{place} table {name}", Fact("a table that no field refers to", "table")


class Nested:
    """The tables of nested schemas, found by caption, or else in the order of the references."""

    def __init__(self, tables: list[Located]) -> None:
        self.unclaimed = tables
        self._claimed: dict[str, Located] = {}

    def claim(self, name: str) -> Located | None:
        """Return the table of a schema, the same one each time; None if there is none."""
        if name not in self._claimed:
            named = (table for table in self.unclaimed if table.caption == name)
            unnamed = (table for table in self.unclaimed if not table.caption)
            table = next(named, None) or next(unnamed, None)
            if table is None:
                return None
            self.unclaimed.remove(table)
            self._claimed[name] = table
        return self._claimed[name]


def _fields(place: str, body: Located, nested: Nested) -> Iterator[tuple[str, Fact]]:
    """Return the fields level by level, which is the order of the tables that have no caption."""
    queue = deque([(place, body, frozenset[str]())])
    while queue:
        place, table, within = queue.popleft()
        for row in table.rows:
            where = f"{place}.{row[Column.NAME]}"
            kind, schema = words.kind(row[Column.TYPE])
            yield where, fact_of(row)
            inner = nested.claim(schema) if schema and schema not in within else None
            if schema and inner:
                suffix = "[]" * kind.count("array of ")
                queue.append((where + suffix, inner, within | {schema}))
