"""What the three forms have in common: a stream of text and tables, in the order of the page."""

from __future__ import annotations

from typing import TypeAlias

Table: TypeAlias = tuple[tuple[str, ...], ...]
"""Rows of cells, the header first."""

Block: TypeAlias = str | Table
"""A table; or a heading, a caption, a paragraph or code, with lines as they stand."""

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def plain(text: str) -> str:
    """Return a text on one line, without what nobody sees."""
    return " ".join(text.translate(INVISIBLE).split())
