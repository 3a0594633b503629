"""Descriptions of other shapes: the check reads what it needs of listExecutionSteps in any."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps.conformance import Exchange, Kind
from coc_steps.conformance._fuzzing.description import Description, packaged, seen_keys
from coc_steps.conformance._fuzzing.engine import Validator, requests_for
from vendor_example import EXECUTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from coc_steps._json import Json

    Spec = dict[str, Any]

PATH = f"{EXECUTIONS}/{{execution_id}}/steps"


def shaped(change: Callable[[Spec], None]) -> Description:
    """Make a description of another shape."""
    spec: Spec = copy.deepcopy(dict(packaged().spec))
    change(spec)
    return Description(spec)


def parent_step(spec: Spec) -> None:
    """A step has a parent, which is a step: a circle."""
    step = spec["components"]["schemas"]["ExecutionStep"]
    step["properties"]["parent"] = {"$ref": "#/components/schemas/ExecutionStep"}


def described_parent(spec: Spec) -> None:
    """A circle whose reference has words beside it."""
    step = spec["components"]["schemas"]["ExecutionStep"]
    reference = {"$ref": "#/components/schemas/ExecutionStep", "description": "The step above."}
    step["properties"]["parent"] = reference


def all_of(spec: Spec) -> None:
    schemas = spec["components"]["schemas"]
    schemas["Identified"] = {"properties": {"id": schemas["ExecutionStep"]["properties"].pop("id")}}
    schemas["ExecutionStep"] = {
        "allOf": [{"$ref": "#/components/schemas/Identified"}, schemas["ExecutionStep"]]
    }


def one_of(spec: Spec) -> None:
    operation = spec["paths"][PATH]["get"]
    media = operation["responses"]["200"]["content"]["application/json"]
    empty = {"type": "object", "properties": {"nothing": {"type": "null"}}, "required": ["nothing"]}
    media["schema"] = {"oneOf": [media["schema"], empty]}


def charset(spec: Spec) -> None:
    content = spec["paths"][PATH]["get"]["responses"]["200"]["content"]
    content["application/json; charset=utf-8"] = content.pop("application/json")


def another_version(spec: Spec) -> None:
    spec["paths"]["/v2/executions/{execution_id}/steps"] = spec["paths"].pop(PATH)


def second_operation(spec: Spec) -> None:
    other = copy.deepcopy(spec["paths"][PATH]["get"]) | {"operationId": "showExecution"}
    other["responses"]["200"] = {"description": "A ticket."}
    spec["paths"] = {
        f"{EXECUTIONS}/{{execution_id}}": {"get": other},
        PATH: {"post": {"operationId": "addStep", "responses": {}}, **spec["paths"][PATH]},
    }


def shared_parameters(spec: Spec) -> None:
    item = spec["paths"][PATH]
    spec["components"]["parameters"] = {"Id": item["get"]["parameters"].pop(0)}
    item["parameters"] = [{"$ref": "#/components/parameters/Id"}]


def no_bounds(spec: Spec) -> None:
    """The formats alone say how large an integer may be."""

    def strip(node: Json) -> None:
        if isinstance(node, list):
            for item in node:
                strip(item)
        elif isinstance(node, dict):
            for child in node.values():
                strip(child)
            if "format" in node:
                node.pop("minimum", None)
                node.pop("maximum", None)

    strip(spec["components"])
    limits = [each["schema"] for each in spec["paths"][PATH]["get"]["parameters"]]
    for schema in limits:
        schema.pop("maximum", None)


SHAPES = [
    parent_step,
    described_parent,
    all_of,
    one_of,
    charset,
    another_version,
    second_operation,
    shared_parameters,
    no_bounds,
]
STEP: dict[str, Any] = {"id": 1, "execution_step_id": "a", "name": "n", "inputs": []}


def page(**changes: Any) -> Exchange:
    body = json.dumps({"data": [{**STEP, **changes}], "total": 1}).encode()
    headers = {"content-type": "application/json", "x-request-id": "r"}
    return Exchange("GET", f"http://h{PATH}", {}, 200, headers, body)


def unknown(description: Description, answer: Exchange) -> list[str]:
    return description.unknown_keys(200, set(seen_keys(answer.json)))


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_judged_stays(shape: Callable[[Spec], None]) -> None:
    description = shaped(shape)
    assert set(description.parameters) == {
        "execution_id",
        "limit",
        "offset",
        "execution_step_id_list",
    }
    assert {"$.data[].id", "$.data[].inputs[].key", "$.total"} <= set(description.known_keys())
    assert unknown(description, page()) == []
    assert unknown(description, page(colour=1)) == ["$.data[].colour"]
    assert unknown(description, page(properties={"any": "x"})) == []
    assert description.is_assumed(200, ["data", 0, "id"])
    assert not description.is_assumed(200, ["data", 0, "name"])


@pytest.mark.parametrize("shape", [each for each in SHAPES if each is not one_of])
def test_answers_are_held_to_it(shape: Callable[[Spec], None]) -> None:
    validator = Validator(shaped(shape))
    assert list(validator.findings(page())) == []
    found = [(each.kind, each.place) for each in validator.findings(page(name=1))]
    assert found == [(Kind.VIOLATION, "$.data[].name")]
    [large] = validator.findings(page(end_time=2**63))
    assert large.place == "$.data[].end_time"


@pytest.mark.parametrize("shape", [parent_step, another_version, second_operation, no_bounds])
def test_requests_are_for_this_operation_alone(shape: Callable[[Spec], None]) -> None:
    description = shaped(shape)
    made = list(
        requests_for(description, "http://h", {"EX1": ["a"]}, seed=1, count=3, other_methods=False)
    )
    start = "http://h" + description.path.partition("{")[0]
    assert len(made) > 30
    assert {method for method, _ in made} == {"GET"}
    assert all(url.startswith(start) and "/steps" in url for _, url in made)
    assert any("limit=2147483647&" in url for _, url in made)
    assert any("offset=9223372036854775808" in url for _, url in made)


def test_a_circle_of_references_leads_to_nothing() -> None:
    def circle(spec: Spec) -> None:
        schemas = spec["components"]["schemas"]
        schemas["A"] = {"$ref": "#/components/schemas/B"}
        schemas["B"] = {"$ref": "#/components/schemas/A"}
        schemas["ExecutionStep"]["properties"]["odd"] = {"$ref": "#/components/schemas/A"}

    description = shaped(circle)
    assert "$.data[].odd" in set(description.known_keys())
    assert unknown(description, page(odd={"x": 1})) == []


def test_without_the_operation_there_is_nothing_to_check() -> None:
    with pytest.raises(ValueError, match="no operation listExecutionSteps"):
        Description({"paths": {"/x": {"get": {"operationId": "other"}}}})
