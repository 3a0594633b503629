"""Take a page apart: which table stands where, and under which status and caption."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import words
from .blocks import plain
from .model import Fact
from .words import Column, Section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .blocks import Block, Table

Row = dict[Column, str]


@dataclass(frozen=True, slots=True)
class Located:
    """A table, and where on the page it stands."""

    section: Section
    status: str
    caption: str
    header: tuple[str, ...]
    rows: list[Row]

    @property
    def is_understood(self) -> bool:
        """Whether its columns are those of parameters, fields or statuses."""
        known = {words.COLUMNS.get(name.casefold()) for name in self.header}
        return {Column.NAME, Column.TYPE} <= known or Column.STATUS in known


@dataclass(slots=True)
class Outline:
    """A page taken apart: its operation, its tables and the text of its examples."""

    operation: str = ""
    tables: list[Located] = field(default_factory=list[Located])
    examples: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    section: Section = Section.REST
    status: str = ""
    caption: str = ""

    def add(self, blocks: Iterable[Block]) -> None:
        """Take the blocks of a page, in their order."""
        for block in blocks:
            if isinstance(block, tuple):
                self._add_table(block)
            else:
                for line in block.splitlines():
                    self._add_line(line)

    def _add_table(self, table: Table) -> None:
        """Take a table, if it stands in a part that says something of the contract."""
        caption, self.caption = self.caption, ""
        if self.section is Section.REST or not table:
            return
        header, *cells = table
        columns = [words.COLUMNS.get(name.casefold(), Column.DESCRIPTION) for name in header]
        missing = [""] * len(columns)
        rows = [dict(zip(columns, [*row, *missing], strict=False)) for row in cells]
        self.tables.append(Located(self.section, self.status, caption, header, rows))

    def _add_line(self, line: str) -> None:
        """Take a line of text: a heading, a status, a caption, or a line of an example."""
        said = plain(line).replace("**", "")  # bold that Markdown does not take for it
        if not self.operation:  # what a browser saves begins with menus, which have the same words
            if found := words.METHOD_AND_PATH.fullmatch(said):
                self.operation, self.section = " ".join(found.groups()), Section.URI
        elif (section := words.section(said)) is not None:
            self.section, self.status = section, ""
        elif found := words.STATUS.fullmatch(said):
            self.status = found[1]
        elif found := words.CAPTION.fullmatch(said):
            self.caption = found[1]
        elif self.section is Section.RESPONSE_EXAMPLE:
            self.examples.setdefault(self.status, []).append(line)


def fact_of(row: Row) -> Fact:
    """Return what a row says of a parameter or a field."""
    said = row[Column.TYPE]
    kind, table = words.kind(said)
    mandatory = row.get(Column.MANDATORY, "")
    mandatory = words.MANDATORY.get(mandatory.casefold(), mandatory)
    # The vendor calls a schema without a name like the field that it is for.
    schema = None if table == row[Column.NAME] else table
    return Fact(said, kind, schema, mandatory)
