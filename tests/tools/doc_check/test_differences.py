"""Every kind of difference is found in each form and language, and nothing else is."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from doc_check.__main__ import FORMS as READERS
from doc_check.compare import compare
from doc_check.description import Description
from doc_check.page import understand
from hypothesis import given, settings
from hypothesis import strategies as st

from .changes import CHANGES
from .render import FORMS, LANGUAGES, Style
from .sheet import Sheet, today

ROOT = Path(__file__).parents[3]
OPENAPI = Description.load(ROOT / "openapi.yaml")
flags = (each.name for each in dataclasses.fields(Style) if isinstance(each.default, bool))
gaps = st.sampled_from(["", " ", "\u3000", "\uff1a"])
styles = st.builds(Style, **dict.fromkeys(flags, st.booleans()), gap=gaps)
NEED_CAPTIONS = {"table without a field"}
"""Without captions, tables are told apart by their order alone."""

descriptions = st.sampled_from(
    [
        None,
        "",
        "See Status Codes.",
        "Status code: 404",
        "one | two",
        "GET /v1/other",
        'such as {"fixed_ip": "192.168.1.xx"}',
        "a * b * c_d_e",
        "if a<b>c & d",
        "状态码\uff1a404",
    ]
)


def lines(sheet: Sheet, form: str, language: str, style: Style) -> list[str]:
    page = FORMS[form](sheet, LANGUAGES[language], style)
    return [str(each) for each in compare(understand(READERS[form](page)), OPENAPI)]


def describe(draw: st.DrawFn, sheet: Sheet) -> None:
    """Give the rows other descriptions; none of them may matter."""
    schemas = [schema for each in sheet.responses.values() for schema in each]
    tables = [sheet.path_parameters, sheet.query_parameters, *(schema.rows for schema in schemas)]
    for row in (row for rows in tables for row in rows):
        other = draw(descriptions)
        row.description = row.description if other is None else other


@st.composite
def pages_of_today(draw: st.DrawFn) -> Sheet:
    sheet = today()
    describe(draw, sheet)
    return sheet


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None, max_examples=8)
@given(pages_of_today(), styles)
def test_the_page_of_today_gives_none(form: str, language: str, sheet: Sheet, style: Style) -> None:
    assert lines(sheet, form, language, style) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CHANGES)
@settings(deadline=None, max_examples=3)
@given(st.data())
def test_a_difference_gives_its_line_alone(
    name: str, form: str, language: str, data: st.DataObject
) -> None:
    change, style = data.draw(CHANGES[name]), data.draw(styles)
    if name in NEED_CAPTIONS:
        style = dataclasses.replace(style, captions=True)
    data.draw(st.composite(describe)(change.sheet))
    assert lines(change.sheet, form, language, style) == change.lines
