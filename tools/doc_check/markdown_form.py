"""Reads the vendor's Markdown: captions, pipe tables, links, bold and escapes in cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from .blocks import Block, Table, Text, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

# As a block, raw HTML would swallow the table that follows its line.
PARSER = MarkdownIt("commonmark").enable("table").disable("html_block")
# `<br>` is a tag, but the `<String>` of `Map<String>` is part of a type.
TAG = re.compile(r"</?(a|b|br|code|em|i|p|span|strong|sub|sup)\b[^>]*>", re.IGNORECASE)


def read(text: str) -> list[Block]:
    """Reads the text and the tables of a page, in their order."""
    return list(_blocks(SyntaxTreeNode(PARSER.parse(text))))


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    if node.type == "table":
        yield Table(tuple(_row(row) for part in node.children for row in part.children))
    elif node.type in {"fence", "code_block"}:
        yield Text(node.content)
    elif node.type == "inline":
        yield Text(_inline(node))
    else:
        for child in node.children:
            yield from _blocks(child)


def _row(row: SyntaxTreeNode) -> tuple[str, ...]:
    return tuple(plain("".join(map(_inline, cell.children))) for cell in row.children)


def _inline(node: SyntaxTreeNode) -> str:
    if node.type == "html_inline":
        return " " if node.content.casefold().startswith("<br") else TAG.sub("", node.content)
    if node.type in {"softbreak", "hardbreak"}:
        return "\n"
    if node.children:
        return "".join(map(_inline, node.children))
    return node.content
