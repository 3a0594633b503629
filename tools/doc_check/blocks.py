"""What the three forms have in common: a stream of text and tables, in the order of the page."""

from __future__ import annotations

from dataclasses import dataclass

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@dataclass(frozen=True, slots=True)
class Text:
    """A heading, a caption, a paragraph or code; lines as they stand."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table as rows of cells, the header first."""

    rows: tuple[tuple[str, ...], ...]


Block = Text | Table


def plain(text: str) -> str:
    """Gives a text on one line, without what nobody sees."""
    return " ".join(text.translate(INVISIBLE).split())
