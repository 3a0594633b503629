"""Renders a sheet in each form and language in which the vendor publishes the page."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .sheet import Row, Sheet

ENGLISH = {
    "function": "Function",
    "uri": "URI",
    "request": "Request Parameters",
    "response": "Response Parameters",
    "request example": "Example Requests",
    "response example": "Example Responses",
    "statuses": "Status Codes",
    "errors": "Error Codes",
    "none": "None",
    "status": "Status code: ",
    "table": "Table ",
    "path table": "Path Parameters",
    "query table": "Query Parameters",
    "body table": "Response body parameters",
    "parameter": "Parameter",
    "mandatory": "Mandatory",
    "type": "Type",
    "description": "Description",
    "code": "Status Code",
    "yes": "Yes",
    "no": "No",
}
CHINESE = {
    "function": "功能介绍",
    "uri": "URI",
    "request": "请求参数",
    "response": "响应参数",
    "request example": "请求示例",
    "response example": "响应示例",
    "statuses": "状态码",
    "errors": "错误码",
    "none": "无",
    "status": "状态码\uff1a",
    "table": "表",
    "path table": "路径参数",
    "query table": "Query参数",
    "body table": "响应Body参数",
    "parameter": "参数",
    "mandatory": "是否必选",
    "type": "参数类型",
    "description": "描述",
    "code": "状态码",
    "yes": "是",
    "no": "否",
}
LANGUAGES = {"english": ENGLISH, "chinese": CHINESE}


@dataclass(frozen=True)
class Item:
    """A heading, text, code, caption or table, before it takes a form."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def items(sheet: Sheet, words: dict[str, str]) -> Iterator[Item]:
    """Lays a page out, in a language."""
    yield Item("heading", words["function"])
    yield Item("text", "Lists things.")
    yield Item(
        "table", rows=(("Action", "Access Level"), ("coc:execution:listExecutionStep", "Read"))
    )
    yield Item("heading", words["uri"])
    yield Item("text", f"{sheet.method} {sheet.path}")
    yield from table(words, words["path table"], sheet.path_parameters)
    yield from table(words, words["query table"], sheet.query_parameters)
    yield Item("heading", words["request"])
    yield Item("text", words["none"])
    yield Item("heading", words["response"])
    for status, schemas in sheet.responses.items():
        yield Item("text", words["status"] + status)
        for schema in schemas:
            yield from table(words, schema.name or words["body table"], schema.rows)
    yield from examples(sheet, words)
    yield Item("heading", words["statuses"])
    listed = [(status, "It is so.") for status in sheet.statuses]
    yield Item("table", rows=((words["code"], words["description"]), *listed))
    yield Item("heading", words["errors"])
    yield Item("text", words["errors"] + ".")


def table(words: dict[str, str], caption: str, rows: list[Row]) -> Iterator[Item]:
    """Lays a table of parameters or fields out; only parameters may be mandatory."""
    if not rows:
        return
    yield Item("caption", caption)
    if rows[0].mandatory is None:
        header = [words[column] for column in ("parameter", "type", "description")]
        cells = [(row.name, row.type, row.description) for row in rows]
        yield Item("table", rows=(tuple(header), *cells))
    else:
        header = [words[column] for column in ("parameter", "mandatory", "type", "description")]
        said = [words["yes" if row.mandatory else "no"] for row in rows]
        full = [
            (row.name, yes, row.type, row.description) for row, yes in zip(rows, said, strict=True)
        ]
        yield Item("table", rows=(tuple(header), *full))


def examples(sheet: Sheet, words: dict[str, str]) -> Iterator[Item]:
    yield Item("heading", words["request example"])
    yield Item("code", f"{sheet.method} https://{{Endpoint}}{sheet.path}")
    yield Item("heading", words["response example"])
    for status, example in sheet.examples.items():
        yield Item("text", words["status"] + status)
        yield Item("text", "It is so.")
        yield Item("code", example)


@dataclass(frozen=True)
class Style:
    """What differs between two copies of a page that say the same."""

    captions: bool = True
    leading_bar: bool = True
    links: bool = True
    bold: bool = True
    numbered_code: bool = True


def as_text(sheet: Sheet, words: dict[str, str], style: Style) -> str:
    """Every cell on a line of its own; indentation is lost."""
    lines: list[str] = []
    number = 0
    for item in items(sheet, words):
        number += item.kind == "caption"
        if item.kind == "table":
            bar = ["|"] if style.leading_bar else []
            rows = [[*bar, *(f"{cell} |" for cell in row)] for row in item.rows]
            dashes = "|".join(["---"] * len(item.rows[0]))
            lines += [*rows[0], f"|{dashes}|" if style.leading_bar else dashes]
            lines += [line for row in rows[1:] for line in row]
        elif item.kind == "caption":
            lines += [f"{words['table']}{number} {item.text}"] if style.captions else []
        else:
            lines += [line.strip() for line in item.text.splitlines()]
    return "\n".join(lines)


def as_markdown(sheet: Sheet, words: dict[str, str], style: Style) -> str:
    """Headings, captions, pipe tables with escapes, links and bold in the cells."""
    parts: list[str] = []
    number = 0
    for item in items(sheet, words):
        number += item.kind == "caption"
        mark = "**" if style.bold else ""
        if item.kind == "table":
            header, *rows = ([markdown_cell(cell, style) for cell in row] for row in item.rows)
            lead = "**Definition:**<br>" if style.bold else ""
            rows = [[*row[:-1], lead + row[-1]] for row in rows]
            lines = [header, ["---"] * len(header), *rows]
            parts.append("\n".join(f"|{'|'.join(line)}|" for line in lines))
        elif item.kind == "caption":
            parts.append(f"{mark}{words['table']}{number}{mark} {escape(item.text)}")
        elif item.kind == "code":
            parts.append(f"```\n{item.text}\n```")
        else:
            parts.append(("#### " if item.kind == "heading" else "") + escape(item.text))
    return "\n\n".join(["# A page", '<a name="top"></a>', *parts])


def markdown_cell(cell: str, style: Style) -> str:
    if style.links and (found := re.fullmatch(r"Array of (\w+) objects", cell)):
        return f"Array of [{escape(found[1])}](page.md#{found[1]}) objects"
    return escape(cell)


def escape(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>|])", r"\\\1", text)


def as_html(sheet: Sheet, words: dict[str, str], style: Style) -> str:
    """A whole document, with what surrounds the page, as a browser saves it."""
    parts: list[str] = []
    caption, number = "", 0
    for item in items(sheet, words):
        if item.kind == "table":
            parts.append(html_table(item, caption))
            caption = ""
        elif item.kind == "caption":
            number += 1
            label = f"{words['table']}{number}"
            label = f"<b>{label}</b>" if style.bold else label
            said = f"<caption>{label} {html.escape(item.text)}</caption>"
            caption = said if style.captions else ""
        elif item.kind == "code":
            parts.append(html_code(item.text, style))
        else:
            tag = "h4" if item.kind == "heading" else "p"
            parts.append(f"<{tag}>{html.escape(item.text)}</{tag}>")
    contents = "".join(f"<li><a href='#'>{words[name]}</a></li>" for name in ("uri", "statuses"))
    return (
        "<!DOCTYPE html><html><head><title>GET /v9/other</title><style>p {}</style></head><body>"
        f"<script>if (a < b) {{ GET = '/v9/other' }}</script><ul>{contents}</ul><table><tr><td>"
        f"{''.join(parts)}</td></tr></table><ul>{contents}</ul><p>Was it helpful?</p></body></html>"
    )


def html_table(item: Item, caption: str) -> str:
    header, *rows = item.rows
    head = "".join(f"<th><p>{html.escape(cell)}</p></th>" for cell in header)
    body = "".join(f"<tr>{''.join(map(html_cell, row))}</tr>" for row in rows)
    return f"<div><table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def html_cell(cell: str) -> str:
    if found := re.fullmatch(r"Array of (\w+) objects", cell):
        return f"<td><p>Array of <a href='#x'>{found[1]}</a> objects</p></td>"
    return f"<td><p>{html.escape(cell).replace('_', '_<wbr>')}</p><p></p></td>"


def html_code(code: str, style: Style) -> str:
    pre = f"<pre><span>{html.escape(code)}</span></pre>"
    if not style.numbered_code:
        return pre
    numbers = "\n".join(str(number + 1) for number in range(len(code.splitlines())))
    return f"<table><tr><td><pre>{numbers}</pre></td><td>{pre}</td></tr></table>"


FORMS: dict[str, Callable[[Sheet, dict[str, str], Style], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "html": as_html,
}
