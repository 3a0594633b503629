"""JSON, JSON lines and CSV have all that the server sent."""

from __future__ import annotations

import csv
import io
import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps import AuthToken, Client
from coc_steps._steps.records import COLUMNS
from coc_steps.mock import serve
from faults.server import FaultServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    assert tuple(header) == (*COLUMNS, "started_at", "ended_at", "duration_seconds")
    assert [record(row) for row in rows] == [without_nulls(step) for step in raw]


def test_csv_tells_an_empty_text_from_none(run: Run, odd: MockServer) -> None:
    assert ',b,,,,,,"",null,[],,' in listed(run, odd, "ODD", "csv")


def record(row: list[str]) -> dict[str, Any]:
    cells: dict[str, Any] = {
        name: value for name, value in zip(COLUMNS, row, strict=False) if value
    }
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


WILD = (
    b'{"data": [{"execution_step_id": "a", "name": 7, "start_time": 0, "x": 1e400, "y": "\\ud800"},'
    b' {"execution_step_id": "b", "name": "=1+1", "message": "\xe2\x80\xa8@x", "status": "-Failed",'
    b' "start_time": 1751374905000, "end_time": 1751374905431, "z": 0.1000000000000000055,\n'
    b' "inputs": {"k": [3]}, "id": -5}], "total": 2}'
)
"""What a server can send, and no reader of JSON or CSV may choke on."""


@pytest.fixture
def wild(run: Run) -> Iterator[Callable[..., str]]:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(WILD)
    with FaultServer(lambda _: [head + WILD]) as server:

        def call(*arguments: str) -> str:
            result = run(*arguments, COC_BASE_URL=server.url, COC_AUTH_TOKEN="t")
            assert (result.exit_code, result.stderr) == (0, "")
            return result.stdout_bytes.decode()

        yield call


def refused(constant: str) -> None:
    raise AssertionError(constant)


def strict(text: str) -> Any:
    return json.loads(text, parse_constant=refused, parse_float=str)


def test_json_is_json_whatever_came(wild: Callable[..., str]) -> None:
    sent = strict(WILD.decode())["data"]
    assert strict(wild("list", "T", "-o", "json")) == sent
    lines = wild("list", "T", "-o", "jsonl").splitlines()  # as Python's splits, at U+2028, too
    assert [strict(line) for line in lines] == sent


@pytest.mark.parametrize("step_id", ["a", "b"])
def test_show_is_json_whatever_came(wild: Callable[..., str], step_id: str) -> None:
    shown = strict(wild("show", "T", step_id, "-o", "json"))
    (sent,) = [
        each for each in strict(WILD.decode())["data"] if each["execution_step_id"] == step_id
    ]
    assert shown == sent


def test_an_odd_value_is_marked_and_the_rest_is_shown(wild: Callable[..., str]) -> None:
    table = wild("list", "T", "-o", "table")
    assert "?" in table
    assert "=1+1" in table
    assert "?" in wild("show", "T", "a", "-o", "text")
    assert "EX" not in wild("show", "T", "-o", "text")


def test_csv_has_times_for_people(wild: Callable[..., str]) -> None:
    first, second = csv.DictReader(io.StringIO(wild("list", "T", "-o", "csv"), newline=""))
    times = ("start_time", "started_at", "ended_at", "duration_seconds")
    assert [first[name] for name in times] == ["", "", "", ""]
    assert [second[name] for name in times] == [
        "1751374905000",
        "2025-07-01T13:01:45.000+00:00",
        "2025-07-01T13:01:45.431+00:00",
        "0.431",
    ]
    assert (first["name"], second["inputs"]) == ("7", '{"k":[3]}')


def test_csv_for_a_spreadsheet(wild: Callable[..., str]) -> None:
    text = wild("list", "T", "-o", "csv", "--excel")
    assert text.startswith("\ufeffid,")
    _, step = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert (step["name"], step["status"], step["id"]) == ("'=1+1", "'-Failed", "-5")


def test_excel_is_for_csv_alone(run: Run, odd: MockServer) -> None:
    result = run("list", "ODD", "--excel", COC_BASE_URL=odd.base_url, COC_AUTH_TOKEN=odd.token)
    assert result.exit_code == 2
    assert "--excel is for --output csv" in result.stderr


def test_pandas_reads_the_times_of_csv(wild: Callable[..., str]) -> None:
    pandas: Any = import_module("pandas")  # it has no annotations
    text = wild("list", "T", "-o", "csv")
    frame = pandas.read_csv(io.StringIO(text), parse_dates=["started_at", "ended_at"])
    assert str(frame["started_at"].dtype).endswith("UTC]")
    step = frame.set_index("execution_step_id").loc["b"]
    assert step["ended_at"] - step["started_at"] == pandas.Timedelta(milliseconds=431)
    assert step["duration_seconds"] == pytest.approx(0.431)
