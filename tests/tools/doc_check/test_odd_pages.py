"""What pages of the vendor's do now and then, and what no page should do."""

from __future__ import annotations

import copy

import pytest
from doc_check import html_form, markdown_form, text_form, words
from doc_check.compare import compare
from doc_check.description import Description
from doc_check.page import understand
from vendor_example import EXECUTIONS

from .render import CHINESE, ENGLISH, FORMS, Style
from .sheet import Row, Schema, today
from .test_differences import OPENAPI, lines


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("String", ("string", None)),
        ("Array of strings", ("array of string", None)),
        ("Array of longs", ("array of int64", None)),
        ("Array of Array of integers", ("array of array of int32", None)),
        ("List<Long>", ("array of int64", None)),
        ("Map<String, Integer>", ("map of int32", None)),
        ("Array of Step objects", ("array of object", "Step")),
        ("Step object", ("object", "Step")),
        ("Object", ("object", None)),
        ("Array of objects", ("array of object", None)),
        ("Date", ("unknown type Date", None)),
    ],
)
def test_types(said: str, understood: tuple[str, str | None]) -> None:
    assert words.kind(said) == understood


def test_html_that_parts_a_cell_and_hides_characters() -> None:
    page = (
        "<p>a<b>b</b><div>c</div>d</p><!-- no --><table><tr><th>Na\u200bme</th></tr>"
        "<tr><td><ul><li>x</li><li>y</li></ul></td></tr></table><pre>{\n  1 }</pre>"
    )
    assert html_form.read(page) == [
        "ab",
        "c",
        "d",
        (("Name",), ("x y",)),
        "{\n  1 }",
    ]


def test_markdown_of_a_cell() -> None:
    page = r"""caption
| A\_b | B |
|---|---|
| [x\_y](z#q) | Map<String,String> |
| **Map**\<a\> | one<br>two `c` \| d |
"""
    assert markdown_form.read(page) == [
        "caption",
        (
            ("A_b", "B"),
            ("x_y", "Map<String,String>"),
            ("Map<a>", "one two c | d"),
        ),
    ]


def test_text_with_cells_that_are_empty_or_go_over_lines() -> None:
    page = "Before\n|\nA |\nB |\n|---|---|\n|\na |\n|\n|\nb |\nover\ntwo |\nAfter\n"
    assert text_form.read(page) == [
        "Before",
        (("A", "B"), ("a", ""), ("b", "over two")),
        "After",
    ]


def test_a_type_or_column_that_nobody_knows_is_said() -> None:
    sheet = today()
    sheet.query_parameters[0].type = "Duration"
    page = FORMS["markdown"](sheet, {**ENGLISH, "mandatory": "Needed"}, Style())
    found = lines(sheet, "markdown", "english", Style())
    assert found == ["query.limit: page says Duration, openapi.yaml says int32"]
    assert "query.limit" in understand(markdown_form.read(page)).facts


def test_a_table_of_unknown_columns_is_said() -> None:
    page = FORMS["markdown"](today(), {**CHINESE, "type": "别的"}, Style())
    with_types = FORMS["markdown"](today(), CHINESE, Style())
    facts = understand(markdown_form.read(page + "\n\n" + with_types)).facts
    assert str(facts["table 路径参数"]) == "a table of 参数, 是否必选, 别的, 描述"


def test_a_schema_within_itself_ends() -> None:
    sheet = today()
    sheet.schema("200", "ExecutionStep").rows.append(Row("steps", "Array of ExecutionStep objects"))
    ours = "openapi.yaml says nothing"
    assert lines(sheet, "html", "english", Style()) == [
        f"response 200.data[].steps: page says Array of ExecutionStep objects, {ours}"
    ]


def test_a_header_of_a_response_that_was_an_addition() -> None:
    sheet = today()
    sheet.responses["200"].append(
        Schema("Response header parameters", [Row("X-Request-Id", "String")])
    )
    assert lines(sheet, "html", "english", Style()) == [
        "response 200 header X-Request-Id: page says String, "
        "openapi.yaml says string, marked x-assumption"
    ]


def test_an_example_that_is_not_json() -> None:
    sheet = today()
    sheet.examples["200"] = sheet.examples["200"].replace(",", "", 1)
    for form in FORMS:
        (line,) = lines(sheet, form, "english", Style())
        assert line.startswith("example 200: page says what is not JSON: Expecting ',' delimiter")


def test_captions_find_nested_tables_in_any_order() -> None:
    sheet = today()
    sheet.responses["200"].sort(key=lambda schema: schema.name, reverse=True)
    sheet.responses["200"].insert(0, sheet.responses["200"].pop())
    names = [schema.name for schema in sheet.responses["200"]]
    assert names == ["", *sorted(names[1:], reverse=True)]
    assert len(names) > 3
    assert lines(sheet, "html", "english", Style()) == []


def test_html_with_blocks_in_inline_elements() -> None:
    page = "<span><div>a</div><table><tr><th>A</th></tr><tr><td>1</td></tr></table></span>"
    found = html_form.read(page)
    assert found == ["a", (("A",), ("1",))]


def test_markdown_with_a_tag_on_the_line_before_a_table() -> None:
    page = '<a name="t"></a>\n\n<div>\n| A | B |\n|---|---|\n| 1 | 2 |\n'
    assert (("A", "B"), ("1", "2")) in markdown_form.read(page)


def test_sample_code_below_the_examples_is_no_example() -> None:
    page = FORMS["markdown"](today(), CHINESE, Style())
    page = page.replace(
        "#### 状态码", '状态码\uff1a400\n\n#### SDK代码示例\n\n```\n{ "a": }\n```\n\n#### 状态码'
    )
    assert "SDK" in page
    assert [str(each) for each in compare(understand(markdown_form.read(page)), OPENAPI)] == []


def test_another_operation_of_the_description_is_none_of_this_page() -> None:
    document = copy.deepcopy(OPENAPI.document)
    other = {"get": {"operationId": "showExecution", "responses": {"202": {"description": "?"}}}}
    document["paths"] = {f"{EXECUTIONS}/{{execution_id}}": other, **document["paths"]}
    page = understand(markdown_form.read(FORMS["markdown"](today(), CHINESE, Style())))
    assert compare(page, Description(document)) == []
