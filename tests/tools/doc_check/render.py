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
    "title": "Querying Ticket Step Details",
    "function": "Function",
    "purpose": "This API is used to query details about service ticket execution steps.",
    "authorization": "Authorization Information",
    "account": (
        "Each account has all the permissions required to call all APIs, "
        "but IAM users must be assigned the required permissions."
    ),
    "roles": (
        "If you are using role/policy-based authorization, see Permissions Policies and "
        "Supported Actions for details on the required permissions."
    ),
    "policies": (
        "If you are using identity policy-based authorization, the following identity "
        "policy-based permissions are required."
    ),
    "succeeded": "Request succeeded.",
    "failed": (
        "The contained error information is returned. For more status codes, see Status Codes."
    ),
    "see errors": "See Error Codes.",
    "asked": "Query ticket step details.",
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
    "title": "查询工单步骤详情",
    "function": "功能介绍",
    "purpose": "查询工单步骤详情。",
    "authorization": "授权信息",
    "account": "账号具备所有API的调用权限,如果使用账号下的IAM用户,该IAM用户需具备所需的权限。",
    "roles": "如果使用角色与策略授权,具体权限要求请参见权限和授权项。",
    "policies": "如果使用身份策略授权,需具备如下身份策略权限。",
    "succeeded": "请求成功。",
    "failed": "返回错误信息。更多状态码请参见状态码。",
    "see errors": "请参见错误码。",
    "asked": "查询工单步骤详情。",
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
LABELS = {
    "Definition:": "参数解释\uff1a",
    "Constraints:": "约束限制\uff1a",
    "Value range:": "取值范围\uff1a",
    "Default value:": "默认取值\uff1a",
}
LABEL = re.compile("|".join([*LABELS, *LABELS.values()]))
PERMISSIONS = (
    (
        "Action",
        "Access Level",
        "Resource Type (*: required)",
        "Condition Key",
        "Alias",
        "Dependencies",
    ),
    ("coc:execution:listExecutionStep", "Read", "-", "-", "-", "-"),
)


@dataclass(frozen=True)
class Item:
    """A heading, text, item of a list, code, caption or table, before it takes a form."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def items(sheet: Sheet, words: dict[str, str]) -> Iterator[Item]:
    """Lays a page out, in a language."""
    yield Item("title", words["title"])
    yield Item("heading", words["function"])
    yield Item("text", words["purpose"])
    yield Item("heading", words["authorization"])
    yield Item("text", words["account"])
    yield Item("list", words["roles"])
    yield Item("list", words["policies"], PERMISSIONS)
    yield Item("heading", words["uri"])
    yield Item("text", f"{sheet.method} {sheet.path}")
    yield from table(words, words["path table"], sheet.path_parameters)
    yield from table(words, words["query table"], sheet.query_parameters)
    yield Item("heading", words["request"])
    yield Item("text", words["none"])
    yield Item("heading", words["response"])
    for status, schemas in sheet.responses.items():
        yield Item("status", words["status"] + status)
        for schema in schemas:
            yield from table(words, schema.name or words["body table"], schema.rows)
    yield from examples(sheet, words)
    yield Item("heading", words["statuses"])
    listed = [(each, words["succeeded" if each < "300" else "failed"]) for each in sheet.statuses]
    yield Item("table", rows=((words["code"], words["description"]), *listed))
    yield Item("heading", words["errors"])
    yield Item("text", words["see errors"])


def table(words: dict[str, str], caption: str, rows: list[Row]) -> Iterator[Item]:
    """Lays a table of parameters or fields out; only parameters may be mandatory."""
    if not rows:
        return
    yield Item("caption", caption)
    if rows[0].mandatory is None:
        header = [words[column] for column in ("parameter", "type", "description")]
        cells = [(row.name, row.type, described(row, words)) for row in rows]
        yield Item("table", rows=(tuple(header), *cells))
    else:
        header = [words[column] for column in ("parameter", "mandatory", "type", "description")]
        said = [words["yes" if row.mandatory else "no"] for row in rows]
        full = [
            (row.name, yes, row.type, described(row, words))
            for row, yes in zip(rows, said, strict=True)
        ]
        yield Item("table", rows=(tuple(header), *full))


def described(row: Row, words: dict[str, str]) -> str:
    """A description with its labels in the language of the page."""
    if words is ENGLISH:
        return row.description
    return LABEL.sub(lambda found: LABELS.get(found[0], found[0]), row.description)


def examples(sheet: Sheet, words: dict[str, str]) -> Iterator[Item]:
    yield Item("heading", words["request example"])
    yield Item("text", words["asked"])
    yield Item("code", f"{sheet.method} https://{{Endpoint}}{sheet.path}")
    yield Item("heading", words["response example"])
    for status, example in sheet.examples.items():
        yield Item("status", words["status"] + status)
        yield Item("text", words["succeeded"])
        yield Item("code", example)


@dataclass(frozen=True)
class Style:
    """What differs between two copies of a page that say the same."""

    captions: bool = True
    leading_bar: bool = True
    links: bool = True
    bold: bool = True
    numbered_code: bool = True
    wide_colons: bool = True
    blank_below_tables: bool = False
    blank_below_captions: bool = True
    gap: str = ""
    """What stands between the number of a table and its caption."""

    def caption(self, words: dict[str, str], number: int, text: str) -> str:
        mark = "**" if self.bold else ""
        return f"{mark}{words['table']}{number}{mark}{self.gap}{text}"

    def status(self, text: str) -> str:
        return re.sub("[:\uff1a]", "\uff1a", text) if self.wide_colons else text


def as_text(sheet: Sheet, words: dict[str, str], style: Style) -> str:
    """Every cell on a line of its own; indentation is lost."""
    lines: list[str] = []
    number = 0
    for item in items(sheet, words):
        number += item.kind == "caption"
        if item.kind == "table":
            bar = ["|"] if style.leading_bar else []
            rows = [[*bar, *(f"{cell} |" for cell in row)] for row in item.rows]
            dashes = "|".join(["---"] * len(item.rows[0])) + "|"
            lines += [*rows[0], f"|{dashes}" if style.leading_bar else dashes]
            lines += [line for row in rows[1:] for line in row]
        elif item.kind == "list":
            lines += [f"- {item.text}", *(cell for row in item.rows for cell in row)]
        elif item.kind == "caption":
            lines += [style.caption(words, number, item.text).replace("**", "")] * style.captions
        else:
            text = style.status(item.text) if item.kind == "status" else item.text
            lines += [line.strip() for line in text.splitlines()]
    return "\n".join(lines)


def as_markdown(sheet: Sheet, words: dict[str, str], style: Style) -> str:
    """Headings, captions, pipe tables with escapes, links and bold in the cells."""
    page, number = '<a name="top"></a>\n\n', 0
    for item in items(sheet, words):
        number += item.kind == "caption"
        below = "\n\n"
        if item.kind == "table":
            part = markdown_table(item, style)
            below = "\n\n" if style.blank_below_tables else "\n"
        elif item.kind == "caption":
            part = style.caption(words, number, escape(item.text)) + " "
            below = "\n\n" if style.blank_below_captions else "\n"
            part, below = (part, below) if style.captions else ("", "")
        else:
            part = markdown_part(item, style)
        page += part + below
    return page


def markdown_part(item: Item, style: Style) -> str:
    if item.kind == "code":
        return f"```\n{item.text}\n```"
    if item.kind == "list":
        rows = markdown_table(item, style) if item.rows else ""
        return "\n".join([f"- {escape(item.text)}", *(f"  {row}" for row in rows.splitlines())])
    if item.kind == "status" and style.bold:
        return "**" + style.status(item.text).replace("\uff1a", "\uff1a**", 1)
    marks = {"title": "# ", "heading": "#### "}
    return marks.get(item.kind, "") + escape(style.status(item.text))


def markdown_table(item: Item, style: Style) -> str:
    header, *rows = ([markdown_cell(cell, style) for cell in row] for row in item.rows)
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def markdown_cell(cell: str, style: Style) -> str:
    if style.links and (found := re.fullmatch(r"Array of (\w+) objects", cell)):
        return f"Array of [{escape(found[1])}](page.md#{found[1]}) objects"
    return LABEL.sub(r"<br>**\g<0>**<br>", escape(cell)) if style.bold else escape(cell)


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
            said = html.escape(style.caption(words, number, item.text))
            said = re.sub(r"\*\*(.*)\*\*", r"<b>\1</b>", said)
            caption = f"<caption>{said}</caption>" if style.captions else ""
        elif item.kind == "code":
            parts.append(html_code(item.text, style))
        elif item.kind == "list":
            rows = html_table(item, "") if item.rows else ""
            parts.append(f"<ul><li>{html.escape(item.text)}{rows}</li></ul>")
        else:
            tag = {"title": "h1", "heading": "h4"}.get(item.kind, "p")
            text = style.status(item.text) if item.kind == "status" else item.text
            parts.append(f"<{tag}>{html.escape(text)}</{tag}>")
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
