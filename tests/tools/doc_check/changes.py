"""Each way in which the page may come to differ from openapi.yaml, and the line that says so."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import strategies as st
from vendor_example import BODY, EXECUTIONS, STEP

from .sheet import Row, Schema, Sheet, pair, today

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMAS = yaml.safe_load(Path("openapi.yaml").read_text("utf-8"))["components"]["schemas"]
INPUT = SCHEMAS["ExecutionStep"]["properties"]["inputs"]["items"]["$ref"].rpartition("/")[2]
WORDS = {
    "String": "string",
    "Integer": "int32",
    "Long": "int64",
    "Double": "double",
    "Boolean": "boolean",
    "Array of strings": "array of string",
    "Map<String,String>": "map of string",
    "Array of ExecutionStep objects": "array of ExecutionStep",
    "Array of inputs objects": f"array of {INPUT}",
    "Array of outputs objects": f"array of {INPUT}",
}
"""What openapi.yaml says where the page says this."""

NESTED = {
    "": "",
    "ExecutionStep": ".data[]",
    "inputs": ".data[].inputs[]",
    "outputs": ".data[].outputs[]",
}
"""Where the fields of a schema are."""

TYPES = ["String", "Integer", "Long", "Boolean", "Array of strings", "Map<String,String>", "Blob"]


@dataclass
class Change:
    sheet: Sheet
    lines: list[str]


def line(place: str, page: str, openapi: str) -> str:
    return f"{place}: page says {page}, openapi.yaml says {openapi}"


def another_type(draw: st.DrawFn, row: Row) -> str:
    return draw(st.sampled_from([each for each in TYPES if each != row.type]))


def parameter(draw: st.DrawFn, sheet: Sheet) -> tuple[str, list[Row], Row]:
    place = draw(st.sampled_from(["path", "query"]))
    rows = sheet.path_parameters if place == "path" else sheet.query_parameters
    return place, rows, draw(st.sampled_from(rows))


def field(draw: st.DrawFn, sheet: Sheet) -> tuple[str, list[Row], Row]:
    status, schemas = draw(st.sampled_from(list(sheet.responses.items())))
    schema = draw(st.sampled_from(schemas))
    return (
        f"response {status}{NESTED[schema.name]}",
        schema.rows,
        draw(st.sampled_from(schema.rows)),
    )


def drop_tables_without_a_field(sheet: Sheet) -> None:
    for schemas in sheet.responses.values():
        while orphans := [each for each in schemas[1:] if not refers(schemas, each.name)]:
            schemas.remove(orphans[0])


def refers(schemas: list[Schema], name: str) -> bool:
    types = (f"Array of {name} objects", f"{name} object")
    return any(row.type in types for schema in schemas for row in schema.rows)


def said(row: Row, words: str) -> str:
    """What is said of a whole parameter or field."""
    mandatory = {None: "", True: ", mandatory", False: ", optional"}[row.mandatory]
    return words + mandatory


@st.composite
def operation(draw: st.DrawFn) -> Change:
    sheet = today()
    other = sheet.path.replace(EXECUTIONS, "/v9/executions")
    sheet.method, sheet.path = draw(st.sampled_from([("POST", sheet.path), ("GET", other)]))
    old = f"GET {EXECUTIONS}/{{execution_id}}/steps"
    return Change(sheet, [line("operation", f"{sheet.method} {sheet.path}", old)])


@st.composite
def retyped(draw: st.DrawFn, of: Callable[..., tuple[str, list[Row], Row]]) -> Change:
    sheet = today()
    place, _, row = of(draw, sheet)
    old, row.type = row.type, another_type(draw, row)
    drop_tables_without_a_field(sheet)
    return Change(sheet, [line(f"{place}.{row.name}", row.type, WORDS[old])])


@st.composite
def removed(draw: st.DrawFn, of: Callable[..., tuple[str, list[Row], Row]]) -> Change:
    sheet = today()
    place, rows, row = of(draw, sheet)
    rows.remove(row)
    drop_tables_without_a_field(sheet)
    return Change(sheet, [line(f"{place}.{row.name}", "nothing", said(row, WORDS[row.type]))])


@st.composite
def added(draw: st.DrawFn, of: Callable[..., tuple[str, list[Row], Row]]) -> Change:
    sheet = today()
    place, rows, row = of(draw, sheet)
    # A parameter is in the path if the URI names it, whatever its table.
    place = place.replace("path", "query")
    mandatory = None if row.mandatory is None else draw(st.booleans())
    new = Row("sort_key", draw(st.sampled_from(TYPES)), mandatory)
    rows = sheet.query_parameters if place == "query" else rows
    rows.insert(draw(st.integers(0, len(rows))), new)
    return Change(sheet, [line(f"{place}.sort_key", said(new, new.type), "nothing")])


@st.composite
def mandatory(draw: st.DrawFn) -> Change:
    sheet = today()
    place, _, row = parameter(draw, sheet)
    words = ["mandatory", "optional"] if row.mandatory else ["optional", "mandatory"]
    row.mandatory = not row.mandatory
    return Change(sheet, [line(f"{place}.{row.name}", words[1], words[0])])


@st.composite
def renamed_schema(draw: st.DrawFn) -> Change:
    sheet = today()
    old = draw(st.sampled_from(["ExecutionStep", "inputs", "outputs"]))
    sheet.schema("200", old).name = "Stage"
    rows = (row for schema in sheet.responses["200"] for row in schema.rows)
    row = next(row for row in rows if row.type == f"Array of {old} objects")
    before, row.type = row.type, "Array of Stage objects"
    place = "response 200.data" if old == "ExecutionStep" else f"response 200.data[].{old}"
    return Change(sheet, [line(place, row.type, WORDS[before])])


@st.composite
def nested_schema(draw: st.DrawFn) -> Change:
    """A new field with a schema of its own: one line, for the field."""
    sheet = today()
    body = sheet.schema("200", "")
    name = draw(st.sampled_from(["summary", "Summary"]))
    body.rows.append(Row("summary", f"{name} object"))
    sheet.responses["200"].insert(2, Schema(name, pair("").rows))  # in the order of the fields
    return Change(sheet, [line("response 200.summary", f"{name} object", "nothing")])


@st.composite
def unreferred_table(draw: st.DrawFn) -> Change:
    sheet = today()
    status = draw(st.sampled_from(["200", "400"]))
    sheet.responses[status].append(pair("Orphan"))
    place = f"response {status} table Orphan"
    return Change(sheet, [line(place, "a table that no field refers to", "nothing")])


@st.composite
def response(draw: st.DrawFn) -> Change:
    sheet = today()
    status = draw(st.sampled_from(["202", "400", "401"]))
    if status == "400":
        del sheet.responses[status]
        return Change(sheet, [line("response 400", "nothing", "a body")])
    sheet.responses[status] = sheet.responses["400"]
    said = {"202": "nothing", "401": "a body, marked x-assumption"}
    return Change(sheet, [line(f"response {status}", "a body", said[status])])


@st.composite
def status(draw: st.DrawFn) -> Change:
    sheet = today()
    status = draw(st.sampled_from(["200", "400", "202", "409", "401", "503"]))
    if status in sheet.statuses:
        sheet.statuses.remove(status)
        return Change(sheet, [line(f"status {status}", "nothing", "listed")])
    sheet.statuses.append(status)
    ours = "listed, marked x-assumption" if status in {"401", "503"} else "nothing"
    return Change(sheet, [line(f"status {status}", "listed", ours)])


@st.composite
def stated_assumption(draw: st.DrawFn) -> Change:
    """What openapi.yaml had to guess, the page now says."""
    sheet = today()
    sheet.schema("200", "ExecutionStep").rows.append(Row("id", draw(st.sampled_from(TYPES))))
    said = sheet.schema("200", "ExecutionStep").rows[-1].type
    ours = "int64, marked x-assumption"
    return Change(sheet, [line("response 200.data[].id", said, ours)])


def with_example(edit: Callable[[dict[str, Any]], None]) -> Sheet:
    sheet, example = today(), copy.deepcopy(BODY)
    edit(example)
    sheet.examples["200"] = json.dumps(example, indent=2, ensure_ascii=False)
    return sheet


@st.composite
def unknown_in_example(draw: st.DrawFn) -> Change:
    value = draw(st.sampled_from([None, 1, "中", {"a": 1}, [{"a": 1}]]))
    inner = draw(st.booleans())
    sheet = with_example(lambda body: (body["data"][0] if inner else body).update(retries=value))
    place = "example 200.data[0].retries" if inner else "example 200.retries"
    words = f"{json.dumps(value, ensure_ascii=False)} in the example, and no table lists it"
    return Change(sheet, [line(place, words, "nothing")])


@st.composite
def invalid_example(draw: st.DrawFn) -> Change:
    name = draw(st.sampled_from(["execution_step_id", "status", "message"]))
    value = draw(st.integers(-9, 9) | st.booleans())
    sheet = with_example(lambda body: body["data"][0].update({name: value}))
    place, shown = f"example 200.data[0].{name}", json.dumps(value)
    return Change(sheet, [line(place, f"{shown} in the example", 'type ["string", "null"]')])


@st.composite
def changed_example(draw: st.DrawFn) -> Change:
    name, value = draw(
        st.sampled_from([("status", "Running"), ("start_time", 1), ("id", 2), ("name", "停")])
    )
    sheet = with_example(lambda body: body["data"][0].update({name: value}))
    shown = json.dumps(value, ensure_ascii=False)
    ours = json.dumps(STEP[name])
    place = f"example 200.data[0].{name}"
    return Change(sheet, [line(place, f"{shown} in the example", f"{ours} in its example")])


@st.composite
def example(draw: st.DrawFn) -> Change:
    """An example that comes or goes, or loses a field."""
    which = draw(st.sampled_from(["goes", "comes", "shrinks"]))
    sheet = today()
    if which == "goes":
        del sheet.examples["200"]
        return Change(sheet, [line("example 200", "nothing", "an example")])
    if which == "comes":
        sheet.examples["400"] = '{"error_code": "COC.1"}'
        return Change(sheet, [line("example 400", "an example", "nothing")])
    sheet = with_example(lambda body: body.pop("total"))
    return Change(sheet, [line("example 200.total", "nothing in the example", "1 in its example")])


CHANGES: dict[str, st.SearchStrategy[Change]] = {
    "operation": operation(),
    "parameter retyped": retyped(parameter),
    "parameter removed": removed(parameter),
    "parameter added": added(parameter),
    "mandatory": mandatory(),
    "field retyped": retyped(field),
    "field removed": removed(field),
    "field added": added(field),
    "schema renamed": renamed_schema(),
    "nested schema": nested_schema(),
    "table without a field": unreferred_table(),
    "response": response(),
    "status": status(),
    "assumption": stated_assumption(),
    "field only in the example": unknown_in_example(),
    "invalid example": invalid_example(),
    "changed example": changed_example(),
    "example": example(),
}
