"""Texts in another code, told from texts that look so by what else the field holds."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from coc_steps.conformance import Exchange
from coc_steps.conformance._texts import escaped_texts, readable_texts
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NAMES = ("restart <nginx> & wait", 'check "disk"', "暂停 café", "reboot-ecs")

ESCAPES: dict[str, Callable[[str], str]] = {
    "HTML": html.escape,
    "URL": quote,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "bytes": lambda text: repr(text.encode()),
}


WRONG_CODES: dict[str, Callable[[str], str]] = {
    "latin-1": lambda text: text.encode().decode("latin-1"),
    "cp1252": lambda text: text.encode().decode("cp1252", "replace"),
    "gbk": lambda text: text.encode().decode("gbk", "replace"),
    "ascii": lambda text: text.encode().decode("ascii", "replace"),
}


def found(field: str, texts: Sequence[str | None]) -> list[str]:
    """Give what is found escaped where each text came in an answer of its own."""
    return [finding.place for finding in escaped_texts(answers(field, texts))]


def unreadable(texts: Sequence[str | None], field: str = "name") -> list[str]:
    """Give what is found decoded wrongly."""
    return [finding.place for finding in readable_texts(answers(field, texts))]


def answers(field: str, texts: Sequence[str | None]) -> list[Exchange]:
    pages = ({"data": [{field: text}], "total": len(texts)} for text in texts)
    url = "http://127.0.0.1/v1/executions/EX1/steps"
    return [Exchange("GET", url, {}, 200, {}, json.dumps(page).encode()) for page in pages]


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES)
def test_escaped_names_are_found(escape: Callable[[str], str]) -> None:
    assert found("name", [escape(name) for name in NAMES]) == ["$.data[].name"]


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES)
def test_an_escaped_name_among_plain_ones_is_a_name(escape: Callable[[str], str]) -> None:
    assert found("name", [*NAMES, escape(NAMES[0]), escape(NAMES[2])]) == []


@pytest.mark.parametrize("word", ["None", "null", "undefined"])
def test_a_word_for_null(word: str) -> None:
    assert found("message", [word, "done"]) == ["$.data[].message"]
    assert found("message", [word, "done", None]) == []
    assert found("message", [word, ""]) == []
    assert found("message", [f"{word} was left"]) == []


def test_code_in_a_message_is_meant() -> None:
    assert found("message", ["see http://h/?a=1&amp;b=%E6%9A%82", r'{"msg": "\u5931"}']) == []


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1))
def test_words_are_not_escaped(words: list[str]) -> None:
    assert found("name", words) == []


@pytest.mark.parametrize("misread", WRONG_CODES.values(), ids=WRONG_CODES)
@given(st.lists(st.text("执行脚本回滚一中备份数据库", min_size=1), min_size=1))
def test_names_that_were_decoded_wrongly(misread: Callable[[str], str], names: list[str]) -> None:
    assert unreadable([misread(name) for name in names]) == ["$.data[].name"]
    assert unreadable(names) == []


@pytest.mark.parametrize("misread", WRONG_CODES.values(), ids=WRONG_CODES)
def test_one_among_others_came_so_from_somewhere_else(misread: Callable[[str], str]) -> None:
    assert unreadable([*NAMES, "über", misread("café 执行")]) == []


def test_a_script_may_have_written_one_message() -> None:
    assert unreadable(["caf\N{REPLACEMENT CHARACTER}", "done"], "message") == []
    assert unreadable(["Ã©chec", "terminÃ©"], "message") == ["$.data[].message"]


def test_half_a_letter() -> None:
    assert unreadable(["done \ud83d"]) == ["$.data[].name"]


@given(st.lists(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1)))
def test_chinese_is_readable(names: list[str]) -> None:
    assert unreadable(names) == []
