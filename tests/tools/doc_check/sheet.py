"""The vendor's page as it was saved, as a model to render in other forms and to change."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from vendor_example import EXECUTIONS


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
    path: str = f"{EXECUTIONS}/{{execution_id}}/steps"
    path_parameters: list[Row] = field(default_factory=list[Row])
    query_parameters: list[Row] = field(default_factory=list[Row])
    responses: dict[str, list[Schema]] = field(default_factory=dict[str, list[Schema]])
    examples: dict[str, str] = field(default_factory=dict[str, str])
    statuses: list[str] = field(default_factory=list[str])

    def schema(self, status: str, name: str) -> Schema:
        return next(schema for schema in self.responses[status] if schema.name == name)


def said(definition: str, **more: str) -> str:
    """The description of a parameter, or of a field if nothing is said of constraints."""
    parts = {"Definition": definition, "Value range": "N/A.", **more}
    order = ["Definition", "Constraints", "Value range", "Default value"]
    return " ".join(f"{each}: {parts[each]}" for each in order if each in parts)


def field_of(name: str, kind: str, definition: str, value_range: str = "N/A.") -> Row:
    return Row(name, kind, None, said(definition, **{"Value range": value_range}))


def parameter(name: str, kind: str, definition: str, constraints: str, mandatory: bool) -> Row:
    more = {"Constraints": constraints, "Default value": "N/A."}
    return Row(name, kind, mandatory, said(definition, **more))


def pair(name: str) -> Schema:
    return Schema(
        name,
        [
            field_of("key", "String", "Parameter key."),
            field_of("value", "String", "Parameter value."),
        ],
    )


def error_fields(message: str) -> list[Row]:
    see = "For details, see Error Codes."
    return [
        field_of("error_code", "String", "Error code.", see),
        field_of("error_msg", "String", message, see),
    ]


EXAMPLE = """\
{
  "data" : [ {
    "id" : 10576,
    "execution_step_id" : "EXS20250701210145xxxxxx",
    "action" : "hwc:runbook:suspend@1.0.0",
    "name" : "pause",
    "start_time" : null,
    "end_time" : null,
    "status" : "Pending",
    "message" : null,
    "inputs" : [ ],
    "outputs" : [ ]
  } ],
  "total" : 1
}"""
PROPERTIES = (
    "Additional attributes of a service ticket step, which are stored in map format. "
    "For example, if the internal IP address is displayed, the value is "
    '{"fixed_ip": "192.168.1.xx"}.'
)
STARTS = (
    "The query starts from the next data specified by offset. "
    "If this parameter is not transferred, the preset value 0 is used."
)
TODAY = Sheet(
    path_parameters=[parameter("execution_id", "String", "Ticket ID.", "N/A.", mandatory=True)],
    query_parameters=[
        parameter(
            "limit",
            "Integer",
            "Pagination parameter.",
            "Number of records displayed on each page.",
            mandatory=False,
        ),
        parameter("offset", "Long", "Pagination parameter.", STARTS, mandatory=False),
        parameter(
            "execution_step_id_list", "Array of strings", "Step ID array.", "N/A.", mandatory=False
        ),
    ],
    responses={
        "200": [
            Schema(
                "",
                [
                    *error_fields("Error message."),
                    field_of("data", "Array of ExecutionStep objects", "Return data."),
                    field_of("total", "Long", "Total number."),
                ],
            ),
            Schema(
                "ExecutionStep",
                [
                    field_of("execution_step_id", "String", "Service ticket step ID."),
                    field_of("action", "String", "Atomic capability action."),
                    field_of("start_time", "Long", "Start time of the service ticket step."),
                    field_of("end_time", "Long", "Service ticket step end time."),
                    field_of(
                        "message", "String", "Execution information of the service ticket step."
                    ),
                    field_of("name", "String", "Service ticket step name."),
                    field_of("status", "String", "Execution status of the service ticket step."),
                    field_of("inputs", "Array of inputs objects", "Step input parameter."),
                    field_of("outputs", "Array of outputs objects", "Step output parameter."),
                    field_of("properties", "Map<String,String>", PROPERTIES),
                ],
            ),
            pair("inputs"),
            pair("outputs"),
        ],
        "400": [Schema("", error_fields("Error description."))],
    },
    examples={"200": EXAMPLE},
    statuses=["200", "400"],
)


def today() -> Sheet:
    """The page as it was saved: what openapi.yaml was written from."""
    return copy.deepcopy(TODAY)
