"""What ``list`` lists of a ticket, and in which order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps.mock import serve

from .made import step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result
    from coc_steps.mock import MockServer

    from .conftest import Run

_STEPS: list[dict[str, Any]] = [
    step("a", begin=3, end=4),
    step("b", "Failed", begin=2, end=9, message="disk full"),
    step("c", "Running", begin=5),
    step("d", "Pending"),
    step("e", "Timeout", begin=0, end=0.5),
    step("f", "Canceled", name="a name"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with serve(tickets={"T": _STEPS}) as server:
        yield server


def listed(run: Run, server: MockServer, *arguments: str) -> Result:
    return run("list", "T", *arguments, COC_BASE_URL=server.base_url, COC_AUTH_TOKEN=server.token)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], "abcdef"),
        (["--failed"], "bef"),
        (["--status", "running"], "c"),
        (["--status", "Running", "--status", "PENDING"], "cd"),
        (["--failed", "--status", "Running"], "bcef"),
        (["--status", "Gone"], ""),
        (["--sort", "start"], "ebacdf"),
        (["--sort", "duration"], "cbaedf"),
        (["--sort", "status"], "fbecda"),
        (["--sort", "name"], "fabcde"),
        (["--failed", "--max-items", "2"], "be"),
        (["--failed", "--max-items", "2", "--page-size", "2"], "be"),
        (["--sort", "start", "--max-items", "2"], "eb"),
        (["--max-items", "0"], ""),
        (["--step-id", "b", "--step-id", " d\u200b", "--failed"], "b"),
    ],
)
@pytest.mark.parametrize("output", ["json", "jsonl", "csv", "table"])
def test_what_is_listed(
    run: Run, server: MockServer, arguments: list[str], names: str, output: str
) -> None:
    result = listed(run, server, "--output", output, *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    assert ids(result.stdout, output) == list(names)


def ids(text: str, output: str) -> list[str]:
    """Return the ids of the steps that were listed."""
    if output == "json":
        return [each["execution_step_id"] for each in json.loads(text)]
    lines = text.splitlines()
    if output == "jsonl":
        return [json.loads(line)["execution_step_id"] for line in lines]
    if output == "csv":
        return [line.split(",")[1] for line in lines[1:]]
    table = text.partition("\n\n")[0].splitlines()[1:]
    return [line.split()[-1] for line in table] if "\n\n" in text else []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 1, "Error: 3 of 6 steps failed\n"),
        (["--failed", "--max-items", "1"], 1, "Error: 3 of 6 steps failed\n"),
        (["--step-id", "a"], 0, ""),
    ],
)
def test_the_exit_status(
    run: Run, server: MockServer, arguments: list[str], code: int, words: str
) -> None:
    result = listed(run, server, "--exit-status", *arguments)
    assert (result.exit_code, result.stderr) == (code, words)


def test_a_filter_says_how_many_there_are(run: Run, server: MockServer) -> None:
    lines = listed(run, server, "--output", "table", "--failed").stdout.splitlines()
    assert "3 of 6 steps: 1 ✘ Failed, 1 ✘ Timeout, 1 ⊘ Canceled" in lines


def test_the_foot_has_the_time_of_the_ticket(run: Run, server: MockServer) -> None:
    whole = listed(run, server, "--output", "table", "--failed").stdout
    assert "\nbegan 2025-06-24 " in whole
    assert " so far" in whole
    part = listed(run, server, "--output", "table", "--max-items", "2").stdout
    assert "began" not in part


def test_a_step_that_is_not_there_is_a_warning(run: Run, server: MockServer) -> None:
    result = listed(run, server, "--step-id", "a", "--step-id", "x", "--step-id", "y\x1b")
    assert result.exit_code == 0
    assert result.stderr == "Warning: ticket T has no step x, y\ufffd\n"
    assert ids(result.stdout, "json") == ["a"]


def test_steps_none_of_which_is_there_are_an_error(run: Run, server: MockServer) -> None:
    result = listed(run, server, "--step-id", "x")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: ticket T has no step x\n"


@pytest.mark.parametrize(
    ("output", "columns", "header"),
    [
        ("table", "step_id, status", ["step", "id", "status"]),
        ("wide", "name,message", ["name", "message"]),
        ("csv", "status,execution_step_id", ["status,execution_step_id"]),
    ],
)
def test_columns(
    run: Run, server: MockServer, output: str, columns: str, header: list[str]
) -> None:
    result = listed(run, server, "-o", output, "--columns", columns)
    assert (result.exit_code, result.stdout.splitlines()[0].split()) == (0, header)


def test_a_wide_table_has_the_message(run: Run, server: MockServer) -> None:
    assert "disk full" in listed(run, server, "-o", "wide").stdout.splitlines()[2]
