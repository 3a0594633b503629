"""Read the HTML that a browser saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree, html

from .blocks import Block, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

UNSEEN = {"script", "style", "noscript", "template", "head"}
FORMATS = {"b", "em", "font", "i", "mark", "s", "small", "strong", "sub", "sup", "tt", "u"}
INLINE = FORMATS | {"a", "abbr", "cite", "code", "kbd", "q", "samp", "span", "var", "wbr"}
BLOCKS = ".//table | .//pre | .//p | .//div"
ROWS = "./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"


def read(text: str) -> list[Block]:
    """Return the text and the tables of a page, in their order."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError:  # an empty document
        return []
    return [block for block in _blocks(root) if block]


def _blocks(element: HtmlElement) -> Iterator[Block]:
    """Return what is in an element; text that only inline elements part stays together."""
    if element.tag in UNSEEN:
        return
    if element.tag == "table" and _has_data(element):
        yield from (plain(caption.text_content()) for caption in element.iterchildren("caption"))
        rows = (row.iterchildren("th", "td") for row in element.xpath(ROWS))
        yield tuple(tuple(map(_cell, cells)) for cells in rows)
        return
    if element.tag == "pre":
        yield element.text_content()
        return
    text = element.text or ""
    for child in element.iterchildren():
        if child.tag in INLINE and not child.xpath(BLOCKS):
            text += child.text_content()
        else:
            yield plain(text)
            yield from _blocks(child)
            text = ""
        text += child.tail or ""
    yield plain(text)


def _has_data(table: HtmlElement) -> bool:
    """Whether a table has a header; others lay out the page, or number the lines of code."""
    return bool(table.xpath("./thead | ./tr/th | ./tbody/tr/th"))


def _cell(cell: HtmlElement) -> str:
    return plain(" ".join(block for block in _blocks(cell) if isinstance(block, str)))
