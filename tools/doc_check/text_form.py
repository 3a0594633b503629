"""Reads the text of a page as it is saved with every cell of a table on a line of its own.

A cell ends with ``|``, a row may begin with a line that is only that, and a line such as
``|---|---|`` parts the header from the rest and tells how many cells a row has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .blocks import Block, Table, Text, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

SEPARATOR = re.compile(r"\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)+\|?")


def read(text: str) -> list[Block]:
    """Reads the text and the tables of a page, in their order."""
    lines = [line.strip() for line in text.splitlines()]
    separators = [number for number, line in enumerate(lines) if SEPARATOR.fullmatch(line)]
    return list(_blocks(lines, separators))


def _blocks(lines: list[str], separators: list[int]) -> Iterator[Block]:
    starts = [_header_start(lines, separator) for separator in separators]
    limits = [*starts, len(lines)][1:]
    done = 0
    for start, separator, limit in zip(starts, separators, limits, strict=True):
        yield from map(Text, lines[done:start])
        width = lines[separator].strip("|").count("|") + 1
        header = [line.removesuffix("|").strip() for line in lines[separator - width : separator]]
        rows, done = _rows(lines, separator + 1, limit, width)
        yield Table((tuple(header), *rows))
    yield from map(Text, lines[done:])


def _header_start(lines: list[str], separator: int) -> int:
    """Gives the first line of the header above a separator."""
    start = separator - (lines[separator].strip("|").count("|") + 1)
    return start - 1 if start > 0 and lines[start - 1] == "|" else max(start, 0)


def _rows(
    lines: list[str], start: int, limit: int, width: int
) -> tuple[list[tuple[str, ...]], int]:
    """Reads rows until a line begins none; gives them and where they end."""
    rows: list[tuple[str, ...]] = []
    while True:
        first = start + 1 if start < limit and lines[start] == "|" else start
        if first >= limit or not lines[first].endswith("|"):
            return rows, start
        row: list[str] = []
        start = first
        while len(row) < width and start < limit:
            cell, start = _cell(lines, start, limit)
            row.append(cell)
        rows.append(tuple(row))


def _cell(lines: list[str], start: int, limit: int) -> tuple[str, int]:
    """Reads a cell, which may go over several lines; gives it and where it ends."""
    for end in range(start, limit):
        if lines[end].endswith("|"):
            return plain(" ".join(lines[start : end + 1]).removesuffix("|")), end + 1
    return plain(" ".join(lines[start:limit])), limit
