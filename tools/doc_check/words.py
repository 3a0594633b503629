"""The vendor's words, in English and in Chinese."""

from __future__ import annotations

import re
from enum import Enum, auto

METHOD_AND_PATH = re.compile(r"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s+(/\S*)")
STATUS = re.compile(r"(?:status code|状态码)\s*[:\uff1a]\s*(\d{3})", re.IGNORECASE)
CAPTION = re.compile(r"(?:table|表)\s*\d+[\s:.\uff1a]*(.*)", re.IGNORECASE)
_PLACE = re.compile(r"(header|body)\s*(?:parameters|参数)$", re.IGNORECASE)
_ARRAY = re.compile(r"(?:array of\s+(?P<items>.+)|list<(?P<arg>.+)>)", re.IGNORECASE)
_MAP = re.compile(r"map<\s*string\s*,\s*(.+)>", re.IGNORECASE)
UNKNOWN = "unknown type "
_OBJECT = re.compile(r"(\S+)\s+objects?", re.IGNORECASE)


class Section(Enum):
    """A part of the page that says something of the contract."""

    URI = auto()
    REQUEST = auto()
    RESPONSE = auto()
    REQUEST_EXAMPLE = auto()
    RESPONSE_EXAMPLE = auto()
    STATUSES = auto()
    REST = auto()


class Column(Enum):
    """What the cells of a column say."""

    NAME = auto()
    MANDATORY = auto()
    TYPE = auto()
    STATUS = auto()
    DESCRIPTION = auto()


HEADINGS = {
    Section.URI: ("uri",),
    Section.REQUEST: ("request parameters", "请求参数"),
    Section.RESPONSE: ("response parameters", "响应参数"),
    Section.REQUEST_EXAMPLE: ("example requests", "example request", "请求示例"),
    Section.RESPONSE_EXAMPLE: ("example responses", "example response", "响应示例"),
    Section.STATUSES: ("status codes", "状态码"),
    Section.REST: ("sdk sample code", "sdk代码示例", "error codes", "错误码"),
}
SECTIONS = {heading: section for section, each in HEADINGS.items() for heading in each}
COLUMNS = {
    **dict.fromkeys(("parameter", "参数"), Column.NAME),
    **dict.fromkeys(("mandatory", "是否必选"), Column.MANDATORY),
    **dict.fromkeys(("type", "参数类型"), Column.TYPE),
    **dict.fromkeys(("status code", "状态码"), Column.STATUS),
    **dict.fromkeys(("description", "描述"), Column.DESCRIPTION),
}
MANDATORY = {"yes": "mandatory", "是": "mandatory", "no": "optional", "否": "optional"}
KINDS = {
    "string": "string",
    "integer": "int32",
    "long": "int64",
    "float": "float",
    "double": "double",
    "boolean": "boolean",
    "object": "object",
}


def section(line: str) -> Section | None:
    """Return the section that a heading opens, or None if the line is no heading of one."""
    return SECTIONS.get(line.casefold())


def headings(section: Section) -> str:
    """Return the headings that open a section, in both languages."""
    return " or ".join(map(repr, HEADINGS[section]))


def place(caption: str) -> str | None:
    """Return ``header`` or ``body`` for a table of what is there, None for one of a schema."""
    found = _PLACE.search(caption)
    return found and found[1].casefold()


def kind(words: str) -> tuple[str, str | None]:
    """Understand a type: its kind, and the name of the table that has its fields, if any."""
    if found := _ARRAY.fullmatch(words):
        items, table = kind(found["items"] or found["arg"])
        return f"array of {items}", table
    if found := _MAP.fullmatch(words):
        return f"map of {kind(found[1])[0]}", None
    scalar = KINDS.get(words.casefold()) or KINDS.get(words.casefold().removesuffix("s"))
    if scalar:
        return scalar, None
    if found := _OBJECT.fullmatch(words):
        return "object", found[1]
    return UNKNOWN + words, None
