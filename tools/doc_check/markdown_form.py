"""Read the vendor's Markdown, as the HTML that it stands for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from . import html_form
from .text_form import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

    from .blocks import Block

BAR = re.compile(r"(?<!\\)\|")
# `<br>` is a tag, but the `<String>` of `Map<String>` is part of a type.
TAG = re.compile(r"</?(a|b|br|code|em|i|p|span|strong|sub|sup)\b[^>]*>", re.IGNORECASE)


def _inline(
    _: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    said = tokens[index].content
    return said if TAG.fullmatch(said) else said.replace("<", "&lt;")


# As a block, raw HTML would swallow the table that follows its line.
PARSER = MarkdownIt("commonmark", {"breaks": True}).enable("table").disable("html_block")
PARSER.add_render_rule("html_inline", _inline)


def read(text: str) -> list[Block]:
    """Return the text and the tables of a page, in their order."""
    return html_form.read(PARSER.render("\n".join(_with_blank_lines(text.splitlines()))))


def _with_blank_lines(lines: list[str]) -> Iterator[str]:
    """Part each table from what is above and below it.

    On the vendor's pages the next caption follows the last row of a table directly, and Markdown
    takes whatever follows a row directly for another row.
    """
    for above, line, below in zip(["", *lines], lines, [*lines[1:], ""], strict=False):
        is_header = SEPARATOR.fullmatch(below.strip())
        if is_header or bool(BAR.search(above)) != bool(BAR.search(line)):
            yield ""
        # Some tables belong to an item of a list; on their own they need no indentation.
        yield line.lstrip() if line.lstrip().startswith("|") else line
