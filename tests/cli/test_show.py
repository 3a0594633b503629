"""``coc-steps show``: everything about one step, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps.mock import serve

from .terminal import in_terminal, without_escapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from click.testing import Result
    from coc_steps.mock import MockServer

    from .conftest import Run

_STEP: dict[str, Any] = {
    "id": 10576,
    "execution_step_id": "EXS1",
    "name": "检查磁盘空间",
    "action": "hwc:runbook:scripts@1.0.0",
    "status": "Failed",
    "start_time": 1_750_781_821_019,
    "end_time": 1_750_781_825_219,
    "message": "exit code 1\nstderr:\tdisk\x1b[2J full",
    "inputs": [
        {"key": "region", "value": "cn-north-4"},
        {"key": "body", "value": '{"server": {"id": 1, "名": []}}'},
        {"key": "list", "value": "[1, 2]"},
        {"key": "twice", "value": "1"},
        {"key": "twice", "value": None},
        {"key": "odd", "value": "{not JSON}"},
        {"key": "more", "value": "v", "secret": False},
    ],
    "outputs": [],
    "properties": {"fixed_ip": "192.0.2.7"},
    "更": {"deep": [True]},
}
_TEXT = """\
✘ Failed  检查磁盘空间

step id    EXS1
record id  10576
action     hwc:runbook:scripts@1.0.0
start      2025-06-25 00:17:01
end        2025-06-25 00:17:05
duration   4.2s
message    exit code 1
           stderr: disk\ufffd[2J full

inputs
  region  cn-north-4
  body    {
            "server": {
              "id": 1,
              "名": []
            }
          }
  list    [
            1,
            2
          ]
  twice   1
  twice   -
  odd     {not JSON}
  more    {
            "value": "v",
            "secret": false
          }

properties
  fixed_ip  192.0.2.7

additional
  更  {
        "deep": [
          true
        ]
      }
"""


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with serve(tickets={"T": [_STEP, {"execution_step_id": "EXS2"}]}) as server:
        yield server


@pytest.fixture
def reach(server: MockServer) -> dict[str, str]:
    """What the environment needs to reach the server of this module."""
    return {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}


def shown(run: Run, reach: dict[str, str], *arguments: str) -> Result:
    return run("show", "T", *arguments, **reach)


def test_json_has_all_and_is_the_default_where_there_is_no_terminal(
    run: Run, reach: dict[str, str]
) -> None:
    result = shown(run, reach, "EXS1")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout_bytes.decode()) == _STEP


def test_a_terminal_gets_text(environment: dict[str, str], reach: dict[str, str]) -> None:
    ended = in_terminal(["show", "T", "EXS1"], environment | reach, columns=60)
    assert ended.code == 0
    assert without_escapes(ended.output) == _TEXT
    assert "\x1b[31m✘ Failed" in ended.output


def test_a_pipe_may_have_text_too(run: Run, reach: dict[str, str]) -> None:
    lines = shown(run, reach, "EXS1", "--output", "text").stdout.splitlines()
    assert without_times(line.rstrip() for line in lines) == without_times(_TEXT.splitlines())


def without_times(lines: Iterable[str]) -> list[str]:
    """Leave out what depends on the time zone of this process."""
    return [line for line in lines if not line.startswith(("start", "end"))]


def test_a_step_of_which_little_is_known(run: Run, reach: dict[str, str]) -> None:
    lines = shown(run, reach, "EXS2", "--output", "text").stdout.splitlines()
    assert [line.split() for line in lines if line] == [
        ["∙", "-", "-"],
        ["step", "id", "EXS2"],
        *([name, "-"] for name in ("action", "start", "end", "duration", "message")),
    ]


def test_a_step_that_is_not_there(run: Run, reach: dict[str, str]) -> None:
    result = shown(run, reach, "EXS3")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: execution 'T' has no step 'EXS3'\n"


def test_json_that_is_nested_too_deeply_to_be_spread(run: Run) -> None:
    deep = "[" * 5_000
    step = {"execution_step_id": "EXS1", "inputs": [{"key": "k", "value": deep}]}
    with serve(tickets={"T": [step]}) as server:
        env = {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
        assert deep in shown(run, env, "EXS1", "--output", "text").stdout
