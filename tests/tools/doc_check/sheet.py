"""A model of the vendor's page, as little of it as the page has facts, to render and to change."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field

from vendor_example import BODY


@dataclass
class Row:
    name: str
    type: str
    mandatory: bool | None = None
    description: str = ""


@dataclass
class Schema:
    """A table of a response; the body has no name."""

    name: str
    rows: list[Row]


@dataclass
class Sheet:
    method: str = "GET"
    path: str = "/v1/executions/{execution_id}/steps"
    path_parameters: list[Row] = field(default_factory=list[Row])
    query_parameters: list[Row] = field(default_factory=list[Row])
    responses: dict[str, list[Schema]] = field(default_factory=dict[str, list[Schema]])
    examples: dict[str, str] = field(default_factory=dict[str, str])
    statuses: list[str] = field(default_factory=list[str])

    def schema(self, status: str, name: str) -> Schema:
        return next(schema for schema in self.responses[status] if schema.name == name)


def pair(name: str) -> Schema:
    return Schema(name, [Row("key", "String"), Row("value", "String")])


TODAY = Sheet(
    path_parameters=[Row("execution_id", "String", mandatory=True)],
    query_parameters=[
        Row("limit", "Integer", mandatory=False),
        Row("offset", "Long", mandatory=False),
        Row("execution_step_id_list", "Array of strings", mandatory=False),
    ],
    responses={
        "200": [
            Schema(
                "",
                [
                    Row("error_code", "String"),
                    Row("error_msg", "String"),
                    Row("data", "Array of ExecutionStep objects"),
                    Row("total", "Long"),
                ],
            ),
            Schema(
                "ExecutionStep",
                [
                    Row("execution_step_id", "String"),
                    Row("action", "String"),
                    Row("start_time", "Long"),
                    Row("end_time", "Long"),
                    Row("message", "String"),
                    Row("name", "String"),
                    Row("status", "String"),
                    Row("inputs", "Array of inputs objects"),
                    Row("outputs", "Array of outputs objects"),
                    Row("properties", "Map<String,String>"),
                ],
            ),
            pair("inputs"),
            pair("outputs"),
        ],
        "400": [Schema("", [Row("error_code", "String"), Row("error_msg", "String")])],
    },
    examples={"200": json.dumps(BODY, indent=2)},
    statuses=["200", "400"],
)


def today() -> Sheet:
    """The page as it is: what openapi.yaml was written from."""
    return copy.deepcopy(TODAY)
