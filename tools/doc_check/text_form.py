"""Read the text of a page as it is saved with every cell of a table on a line of its own.

A cell ends with ``|``, a row may begin with a line that is only that, and a line such as
``|---|---|`` parts the header from the rest and tells how many cells a row has.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from .blocks import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .blocks import Block

SEPARATOR = re.compile(r"\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)+\|?")


def read(text: str) -> list[Block]:
    """Return the text and the tables of a page, in their order."""
    lines = [line.strip() for line in text.splitlines()]
    separators = [number for number, line in enumerate(lines) if SEPARATOR.fullmatch(line)]
    starts = [_header_start(lines, separator) for separator in separators]
    blocks: list[Block] = [*lines[: starts[0] if starts else None]]
    for start, end in pairwise([*starts, len(lines)]):
        blocks += _table_and_text(lines[start:end])
    return blocks


def _width(separator: str) -> int:
    return separator.strip("|").count("|") + 1


def _header_start(lines: list[str], separator: int) -> int:
    start = max(separator - _width(lines[separator]), 0)
    return start - 1 if start and lines[start - 1] == "|" else start


def _table_and_text(lines: list[str]) -> Iterator[Block]:
    """Read a table from its header on, and the text below it, up to the next table."""
    separator = next(number for number, line in enumerate(lines) if SEPARATOR.fullmatch(line))
    width = _width(lines[separator])
    header = [line.removesuffix("|").strip() for line in lines[separator - width : separator]]
    below = "".join(f"{line}\n" for line in lines[separator + 1 :])
    # The first cell of a row is one line, or no text could follow a table; the others may be more.
    row = re.compile(r"(?:\|\n)?([^\n]*\|\n)" + r"((?s:.*?)(?:\|\n|\Z))" * (width - 1))
    rows = [header]
    while found := row.match(below):
        rows.append([plain(cell.removesuffix("|\n")) for cell in found.groups()])
        below = below[found.end() :]
    yield tuple(map(tuple, rows))
    yield from below.splitlines()
