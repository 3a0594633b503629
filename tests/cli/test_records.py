"""JSON, JSON lines and CSV have all that the server sent."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps import AuthToken, Client
from coc_steps._steps.records import COLUMNS
from coc_steps.mock import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps.mock import MockServer

    from .conftest import Run

ODD: list[dict[str, Any]] = [
    {},
    {"id": 2**63 - 1, "execution_step_id": "a", "name": 'a "quoted", name', "message": "\r\n\x00"},
    {"execution_step_id": "b", "message": "", "name": None, "inputs": None, "outputs": []},
    {
        "execution_step_id": "c",
        "name": " 空格 ",
        "status": "",
        "extra": {"deep": [1, None, 10**30]},
    },
    {"execution_step_id": "d", "inputs": [{"key": "k", "value": None}, {"key": "k"}], "更": None},
]


@pytest.fixture(scope="module")
def odd() -> Iterator[MockServer]:
    with serve(tickets={"ODD": ODD, "NONE": 0, "LONG": 250}) as server:
        yield server


@pytest.fixture(params=["ODD", "NONE", "LONG"])
def ticket(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def raw(odd: MockServer, ticket: str) -> list[dict[str, Any]]:
    """What the client gives."""
    with Client(base_url=odd.base_url, credentials=AuthToken(odd.token)) as client:
        return [step.raw.to_dict() for step in client.iter_steps(ticket)]


def listed(run: Run, odd: MockServer, ticket: str, output: str) -> str:
    result = run(
        *("list", ticket, "--output", output, "--page-size", "30"),
        COC_BASE_URL=odd.base_url,
        COC_AUTH_TOKEN=odd.token,
    )
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout_bytes.decode()


def test_the_mock_sends_what_it_was_given(odd: MockServer, raw: list[dict[str, Any]]) -> None:
    assert raw in ([], ODD) or len(raw) == 250


def test_json_is_one_document(
    run: Run, odd: MockServer, ticket: str, raw: list[dict[str, Any]]
) -> None:
    assert json.loads(listed(run, odd, ticket, "json")) == raw


def test_jsonl_has_a_step_per_line(
    run: Run, odd: MockServer, ticket: str, raw: list[dict[str, Any]]
) -> None:
    lines = listed(run, odd, ticket, "jsonl").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == raw


def test_csv_has_every_value(
    run: Run, odd: MockServer, ticket: str, raw: list[dict[str, Any]]
) -> None:
    text = listed(run, odd, ticket, "csv")
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert tuple(header) == COLUMNS
    assert [record(row) for row in rows] == [without_nulls(step) for step in raw]


def test_csv_tells_an_empty_text_from_none(run: Run, odd: MockServer) -> None:
    assert ',b,,,,,,"",null,[],,' in listed(run, odd, "ODD", "csv")


def record(row: list[str]) -> dict[str, Any]:
    cells: dict[str, Any] = {name: value for name, value in zip(COLUMNS, row, strict=True) if value}
    for name in ("inputs", "outputs", "properties", "additional", "id", "start_time", "end_time"):
        if name in cells:
            cells[name] = json.loads(cells[name])
    additional = cells.pop("additional", {})
    return {**cells, **additional}


def without_nulls(step: dict[str, Any]) -> dict[str, Any]:
    """Leave out what an ordinary reader of CSV takes for an empty cell."""
    plain = COLUMNS[:8]
    return {
        name: value for name, value in step.items() if name not in plain or value not in (None, "")
    }
