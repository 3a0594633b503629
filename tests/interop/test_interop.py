"""openapi.yaml in tools that are not in the project's own chain, each in front of the mock.

They come from an environment of their own, since what they need may not fit what the project pins.
"""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest
from coc_steps.mock import MockServer, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv" / "interop" / "bin"
TICKET = "EX20250624161701019xxxx"
PATH = f"/v1/executions/{TICKET}/steps"
pytestmark = [pytest.mark.interop, pytest.mark.source]


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with serve() as server:
        yield server


def run(*command: str | Path) -> str:
    result = subprocess.run(
        [str(BIN / command[0]), *map(str, command[1:])], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def page(mock: MockServer) -> httpx.Response:
    return httpx.get(mock.base_url + PATH, headers={"X-Auth-Token": mock.token})


AIOPENAPI3 = """
import sys, pathlib, aiopenapi3, httpx2
root, url, token, ticket = sys.argv[1:]
loader = aiopenapi3.FileSystemLoader(pathlib.Path(root))
session = lambda *a, **k: httpx2.Client(*a, **k)
session.__annotations__["return"] = httpx2.Client
api = aiopenapi3.OpenAPI.load_file(url, pathlib.Path("openapi.yaml"), loader=loader,
                                   session_factory=session)
api.authenticate(authToken=token)
body = api._.listExecutionSteps(parameters={"execution_id": ticket, "limit": 5})
print(body.total, body.data[0].execution_step_id, body.data[0].start_time)
"""


def test_aiopenapi3_calls_the_mock(mock: MockServer, tmp_path: Path) -> None:
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    text = re.sub(r"- url: https://\S+", f"- url: {mock.base_url}", text)  # it takes any of them
    assert "myhuaweicloud" not in text
    (tmp_path / "openapi.yaml").write_text(text, encoding="utf-8")
    said = run("python", "-c", AIOPENAPI3, tmp_path, mock.base_url, mock.token, TICKET)
    (step,) = page(mock).json()["data"]
    assert said.split() == ["1", step["execution_step_id"], str(step["start_time"])]


OPENAPI_CORE = """
import sys, json
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
root, url, path, body = sys.argv[1:]
api = OpenAPI.from_file_path(root + "/openapi.yaml")
args = {"limit": "5", "offset": "0", "execution_step_id_list": ["a", "b"]}
request = MockRequest("https://coc.myhuaweicloud.com", "get", path, args=args,
                      headers={"X-Auth-Token": "x"})
asked = api.unmarshal_request(request)
answered = api.unmarshal_response(request, MockResponse(body.encode()))
print(json.dumps([[str(each) for each in [*asked.errors, *answered.errors]],
                  asked.parameters.query, asked.parameters.path, answered.data["total"]]))
"""


def test_openapi_core_understands_a_request_and_its_answer(mock: MockServer) -> None:
    said = run("python", "-c", OPENAPI_CORE, ROOT, mock.base_url, PATH, page(mock).text)
    query = {"limit": 5, "offset": 0, "execution_step_id_list": ["a", "b"]}
    assert json.loads(said) == [[], query, {"execution_id": TICKET}, 1]


def test_the_models_of_datamodel_code_generator_read_a_page(
    mock: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "interop_models.py"
    kinds = ["--input-file-type", "openapi", "--output-model-type", "msgspec.Struct"]
    run("datamodel-codegen", "--input", ROOT / "openapi.yaml", *kinds, "--output", models)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    module = importlib.import_module(models.stem)
    answer = page(mock)
    read = msgspec.json.decode(answer.content, type=module.ListExecutionStepsResponse)
    assert read.total == 1
    assert read.data[0].start_time == answer.json()["data"][0]["start_time"]
