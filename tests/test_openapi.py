"""openapi.yaml marks whatever it adds to the vendor's page; doc-check compares the rest."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from coc_steps._json import Json
from coc_steps.mock import serve
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from vendor_example import BODY, EXECUTIONS, STEP

ROOT = Path(__file__).parents[1]
DESCRIPTION: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
GET: dict[str, Any] = DESCRIPTION["paths"][f"{EXECUTIONS}/{{execution_id}}/steps"]["get"]
PARAMETERS = {parameter["name"]: parameter for parameter in GET["parameters"]}
COMPONENTS: dict[str, Any] = DESCRIPTION["components"]
SCHEMAS: dict[str, Any] = COMPONENTS["schemas"]
GATEWAY_STATUSES = ("401", "403", "404", "405", "429", "500", "502", "503", "504")


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """The node that a reference within the description points to."""
    while "$ref" in node:
        pointer = node["$ref"].removeprefix("#/")
        node = DESCRIPTION
        for key in pointer.split("/"):
            node = node[key]
    return node


def is_valid(schema_name: str, instance: Json) -> bool:
    document = Resource.from_contents(DESCRIPTION, default_specification=DRAFT202012)
    registry = Registry[Any]().with_resource("urn:description", document)
    reference = {"$ref": f"urn:description#/components/schemas/{schema_name}"}
    validator = Draft202012Validator(reference, registry=registry)
    # The stub of jsonschema leaves a parameter open.
    return validator.is_valid(instance)  # pyright: ignore[reportUnknownMemberType]


def properties() -> Iterator[Any]:
    """Every property of every schema, successes and errors alike."""
    for schema_name, schema in SCHEMAS.items():
        for name, prop in schema["properties"].items():
            yield pytest.param(schema_name, name, prop, id=f"{schema_name}.{name}")


def nodes(node: Json) -> Iterator[dict[str, Any]]:
    """The node and all the objects in it."""
    if isinstance(node, dict):
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from nodes(child)


class TestDescription:
    def test_is_valid_openapi(self) -> None:
        assert [str(error) for error in OpenAPIV31SpecValidator(DESCRIPTION).iter_errors()] == []

    def test_keeps_the_names_that_code_relies_on(self) -> None:
        assert DESCRIPTION["openapi"].startswith("3.1.")
        assert GET["operationId"] == "listExecutionSteps"
        assert GET["tags"] == ["executions"]
        assert set(SCHEMAS) >= {"ListExecutionStepsResponse", "ExecutionStep", "Error"}

    def test_only_reads(self) -> None:
        assert {method for path in DESCRIPTION["paths"].values() for method in path} == {"get"}


class TestVendorExample:
    def test_is_the_one_in_the_description(self) -> None:
        media = GET["responses"]["200"]["content"]["application/json"]
        assert media["examples"]["vendor"]["value"] == BODY

    def test_is_valid(self) -> None:
        assert is_valid("ListExecutionStepsResponse", BODY)

    @pytest.mark.parametrize(
        ("place", "value"), [("execution_step_id", 1), ("inputs", [{"key": 1}]), ("id", "10576")]
    )
    def test_would_be_refused_if_it_were_wrong(self, place: str, value: Json) -> None:
        wrong: dict[str, Json] = {**BODY, "data": [{**STEP, place: value}]}
        assert not is_valid("ListExecutionStepsResponse", wrong)


class TestResponses:
    def test_require_nothing(self) -> None:
        assert not any("required" in node for node in nodes(SCHEMAS))
        assert not any("required" in node for node in nodes(COMPONENTS["responses"]))

    @pytest.mark.parametrize(("schema_name", "name", "prop"), list(properties()))
    def test_properties_may_be_null_or_absent(
        self, schema_name: str, name: str, prop: dict[str, Any]
    ) -> None:
        assert "null" in prop["type"]
        assert is_valid(schema_name, {name: None})
        assert is_valid(schema_name, {})

    def test_values_of_the_properties_map_may_be_null(self) -> None:
        assert is_valid("ExecutionStep", {"properties": {"fixed_ip": None}})

    def test_error_statuses_have_the_error_schema(self) -> None:
        for status, response in GET["responses"].items():
            schema = resolve(response)["content"]["application/json"]["schema"]
            expected = "ListExecutionStepsResponse" if status == "200" else "Error"
            assert schema == {"$ref": f"#/components/schemas/{expected}"}

    def test_carry_the_request_id_header(self) -> None:
        for response in GET["responses"].values():
            assert "X-Request-Id" in resolve(response)["headers"]


class TestNumbers:
    def test_bounds_are_said_by_the_format_alone(self) -> None:
        """Written out, those of an int64 break generators, and others show them rounded."""
        found = [node for node in nodes(DESCRIPTION) if str(node.get("format")).startswith("int")]
        integers = [node for node in nodes(SCHEMAS) if "integer" in node.get("type", ())]
        assert all(node in found for node in integers)
        assert not any("maximum" in node for node in found)
        assert all(node.get("minimum", 0) in {0, 1} for node in found)

    def test_limit_has_no_default(self) -> None:
        schema = PARAMETERS["limit"]["schema"]
        assert "default" not in schema
        assert schema["format"] == "int32"

    def test_offset_has_no_default_in_its_schema(self) -> None:
        schema = PARAMETERS["offset"]["schema"]
        assert "default" not in schema
        assert "starts at 0" in schema["description"]


def test_id_filter_is_a_repeated_key() -> None:
    parameter = PARAMETERS["execution_step_id_list"]
    assert (parameter["style"], parameter["explode"]) == ("form", True)


class TestAdditions:
    """What the page does not say is marked, and says why."""

    @pytest.mark.parametrize("name", ["execution_id", "limit", "offset"])
    def test_smallest_parameter_values(self, name: str) -> None:
        schema = PARAMETERS[name]["schema"]
        smallest = {
            "execution_id": ("minLength", 1),
            "limit": ("minimum", 1),
            "offset": ("minimum", 0),
        }
        keyword, value = smallest[name]
        assert schema[keyword] == value
        assert schema["x-assumption"].startswith(keyword)

    def test_smallest_step_id(self) -> None:
        items = PARAMETERS["execution_step_id_list"]["schema"]["items"]
        assert items["minLength"] == 1
        assert items["x-assumption"].startswith("minLength")

    def test_statuses_of_the_gateway(self) -> None:
        assert set(GET["responses"]) == {"200", "400", *GATEWAY_STATUSES}
        for status in GATEWAY_STATUSES:
            assert resolve(GET["responses"][status])["x-assumption"]
        assert "x-assumption" not in GET["responses"]["200"]
        assert "x-assumption" not in GET["responses"]["400"]

    def test_request_id_header(self) -> None:
        assert COMPONENTS["headers"]["XRequestId"]["x-assumption"]

    def test_security_schemes(self) -> None:
        schemes = COMPONENTS["securitySchemes"]
        assert all(scheme["x-assumption"] for scheme in schemes.values())
        assert {scheme["name"] for scheme in schemes.values()} == {"X-Auth-Token", "Authorization"}
        assert DESCRIPTION["security"] == [{name: []} for name in schemes]

    def test_servers(self) -> None:
        assert len(DESCRIPTION["servers"]) == 3
        assert all(server["x-assumption"] for server in DESCRIPTION["servers"])

    def test_marked_properties(self) -> None:
        marked = {
            f"{schema_name}.{name}"
            for schema_name, schema in SCHEMAS.items()
            for name, prop in schema["properties"].items()
            if "x-assumption" in prop
        }
        assert marked == {
            "ExecutionStep.id",
            "Error.request_id",
            "Error.encoded_authorization_message",
        }

    def test_every_mark_says_why(self) -> None:
        marks = [node["x-assumption"] for node in nodes(DESCRIPTION) if "x-assumption" in node]
        assert all(isinstance(mark, str) and len(mark) > 20 for mark in marks)


@pytest.mark.source
def test_plain_schemathesis_finds_nothing_in_the_mock(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("schemathesis")), "--no-color"]
    command += ["--config-file", str(ROOT / "schemathesis.toml"), "run", str(ROOT / "openapi.yaml")]
    with serve() as mock:
        token = f"X-Auth-Token: {mock.token}"
        command += ["--url", mock.base_url, "-H", token, "--seed", "1"]
        command += ["--include-operation-id", "listExecutionSteps"]  # the mock has no other
        result = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
        )
        asked = {request.status for request in mock.requests}
    assert (result.returncode, "No issues found" in result.stdout) == (0, True), result.stdout
    assert asked | {400} == {200, 400, 401, 404, 405}  # 400 is a matter of luck
