"""``coc-steps list`` in this process: what it asks for, and what it refuses."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete
from coc_steps import Client
from coc_steps._steps.request import REGIONS
from coc_steps.cli._app import app
from coc_steps.cli._commands.list import list_command
from coc_steps.cli._commands.watch import watch_command

if TYPE_CHECKING:
    from collections.abc import Callable

    import click
    from coc_steps.mock import MockServer

    from .conftest import Run


def test_json_is_the_default_where_there_is_no_terminal(run: Run, ticket: str) -> None:
    result = run("list", ticket)
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(json.loads(result.stdout)) == 250


def test_the_options_reach_the_requests(run: Run, mock: MockServer, ticket: str) -> None:
    before = len(mock.requests)
    result = run("list", ticket, "--page-size", "40", "--max-items", "100", "--prefetch", "2")
    assert len(json.loads(result.stdout)) == 100
    targets = [request.target for request in mock.requests[before:]]
    assert len(targets) >= 3
    assert all("limit=40" in target for target in targets)


def test_steps_can_be_chosen(run: Run, mock: MockServer, ticket: str) -> None:
    chosen = [step["execution_step_id"] for step in mock.steps(ticket)[3:5]]
    result = run("list", ticket, "--step-id", chosen[0], "--step-id", chosen[1])
    assert [step["execution_step_id"] for step in json.loads(result.stdout)] == chosen


def test_the_address_may_be_an_argument(run: Run, mock: MockServer, ticket: str) -> None:
    result = run("list", ticket, "--base-url", mock.base_url, COC_BASE_URL="http://127.0.0.1:9")
    assert result.exit_code == 0


@pytest.mark.parametrize(
    "arguments", [["--help"], ["list", "-h"], ["show", "-h"], ["watch", "-h"], ["mock", "--help"]]
)
def test_help_has_what_one_needs(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 0
    assert "Exit codes" in result.stdout or "Examples" in result.stdout


def test_version(run: Run) -> None:
    from coc_steps import __version__

    assert run("--version").stdout == f"coc-steps {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["lst"], "Did you mean 'list'?"),
        (["list"], "Missing argument 'EXECUTION_ID...'"),
        (["show", "X", "Y", "Z"], "unexpected extra argument (Z)"),
        (["list", "X", "--ouput", "json"], "Did you mean one of: '--output'"),
        (["list", "X", "--output", "xml"], "'table', 'wide', 'json', 'jsonl', 'csv'"),
        (["list", "X", "--page-size", "0"], "Invalid value for '--page-size'"),
        (["list", "X", "--max-items", "many"], "'many' is not a valid integer"),
        (["list", "X", "--prefetch", "65"], "Invalid value for '--prefetch'"),
        (["list", ""], "EXECUTION_ID must not be empty"),
        (["list", "X", "--step-id", ""], "--step-id has an empty id"),
        (["list", "X", "--step-id", "x" * 8_000], "ask for fewer --step-id"),
        (["list", "X", "--base-url", "coc.example"], "--base-url must be like https://host"),
        (["list", "X", "--region", "cn-nort-4"], "known: cn-north-4"),
        (["list", "X", "--region", "a", "--base-url", "b"], "--region or --base-url, not both"),
        (["show"], "Missing argument 'EXECUTION_ID'"),
        (["list", "X", "--timeout", "0"], "Invalid value for '--timeout'"),
        (["list", "X", "--jobs", "0"], "Invalid value for '--jobs'"),
        (["list", "X", "--rate", "0"], "Invalid value for '--rate'"),
        (["list", "X", "--rate", "nan"], "Invalid value for '--rate': nan is not a finite number"),
        (["show", "X", "--timeout", "inf"], "'--timeout': inf is not a finite number"),
        (["list", "X", "--sort", "size"], "'start', 'duration', 'status', 'name'"),
        (["list", "X", "-o", "table", "--columns", "nam"], "no column 'nam'; there are ticket, "),
        (["list", "X", "-o", "csv", "--columns", "duration"], "there are execution_id, id, "),
        (["list", "X", "-o", "json", "--columns", "name"], "--columns is for tables and csv"),
        (["show", "..", "Y"], "EXECUTION_ID must not be empty"),
        (["list", "X" * 8_000], "the EXECUTION_ID is too long"),
        (["show", "X", ""], "Error: STEP_ID has an empty id"),
        (["show", "X", "Y", "--output", "csv"], "'text', 'json', 'html'"),
        (["watch"], "Missing argument 'EXECUTION_ID'"),
        (["watch", ""], "EXECUTION_ID must not be empty"),
        (
            ["watch", "X", "--interval", "0"],
            "--interval must be a finite number of seconds, above 0",
        ),
        (
            ["watch", "X", "--settle", "-1"],
            "--settle must be a finite number of seconds, 0 or more",
        ),
        (["watch", "X", "--timeout", "soon"], "'soon' is not a valid float"),
        (["mock", "--port", "65536"], "Invalid value for '--port'"),
        (["mock", "--seed", "x"], "Invalid value for '--seed'"),
    ],
)
def test_wrong_usage_is_explained(run: Run, arguments: list[str], hint: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert hint in result.stderr
    assert "Usage: coc-steps" in result.stderr


@pytest.mark.parametrize(("begun", "regions"), [("", list(REGIONS)), ("eu", ["eu-west-101"])])
def test_regions_are_completed(begun: str, regions: list[str]) -> None:
    completion = ShellComplete(app, {}, "coc-steps", "_COC_STEPS_COMPLETE")
    found = completion.get_completions(["list", "X", "--region"], begun)
    assert [item.value for item in found] == regions


@pytest.mark.parametrize(
    ("method", "argument", "command", "option"),
    [
        (Client.iter_steps, "page_size", list_command, "page_size"),
        (Client.watch, "interval", watch_command, "interval"),
        (Client.watch, "settle", watch_command, "settle"),
    ],
)
def test_defaults_are_those_of_the_client(
    method: Callable[..., object], argument: str, command: click.Command, option: str
) -> None:
    (parameter,) = (each for each in command.params if each.name == option)
    assert parameter.default == inspect.signature(method).parameters[argument].default


def test_an_address_is_needed(run: Run) -> None:
    result = run("list", "X", COC_BASE_URL=None)
    assert result.exit_code == 2
    assert "pass --region" in result.stderr
    assert "--base-url" in result.stderr
