"""``coc-steps list`` with several tickets."""

from __future__ import annotations

import csv
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from coc_steps.cli._app import app
from coc_steps.cli._commands.listing import in_order, ticket_ids
from coc_steps.mock import fail, serve

from .made import step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from click.testing import Result
    from coc_steps.mock import MockServer

_TICKETS: dict[str, list[dict[str, Any]]] = {
    "A": [step("a1"), step("a2", "Failed")],
    "B": [],
    "C": [step(f"c{place}") for place in range(5)],
}


@pytest.fixture
def server() -> Iterator[MockServer]:
    with serve(tickets=_TICKETS) as server:
        yield server


def listed(
    server: MockServer, environment: Mapping[str, str], *arguments: str, stdin: str = ""
) -> Result:
    env = {**environment, "COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
    return CliRunner().invoke(app, ["list", *arguments], input=stdin, env=env)


def places(text: str) -> list[tuple[str, str]]:
    """Return ticket and id of each line of jsonl."""
    records = [json.loads(line) for line in text.splitlines()]
    return [(each["execution_id"], each["execution_step_id"]) for each in records]


_ALL = [(ticket, each["execution_step_id"]) for ticket in _TICKETS for each in _TICKETS[ticket]]


@pytest.mark.parametrize("jobs", ["1", "2", "64"])
def test_each_record_says_its_ticket(
    server: MockServer, environment: dict[str, str], jobs: str
) -> None:
    result = listed(server, environment, "A", "B", "C", "-o", "jsonl", "--jobs", jobs)
    assert (result.exit_code, result.stderr) == (0, "")
    assert places(result.stdout) == _ALL


def test_json_is_one_document(server: MockServer, environment: dict[str, str]) -> None:
    result = listed(server, environment, "A", "C", "-o", "json")
    steps = json.loads(result.stdout)
    assert [each.pop("execution_id") for each in steps] == list("AACCCCC")
    assert steps == _TICKETS["A"] + _TICKETS["C"]


def test_csv_has_one_header(server: MockServer, environment: dict[str, str]) -> None:
    lines = listed(server, environment, "B", "A", "C", "-o", "csv").stdout.splitlines()
    rows = list(csv.DictReader(lines))
    assert [(row["execution_id"], row["execution_step_id"]) for row in rows] == _ALL


def test_a_table_has_all_of_them(server: MockServer, environment: dict[str, str]) -> None:
    text = listed(server, environment, "A", "C", "B", "-o", "table").stdout
    assert text.split()[:2] == ["ticket", "status"]
    assert "\n3 tickets, 7 steps: 6 ✔ Succeed, 1 ✘ Failed\n" in text
    assert "began" not in text


@pytest.mark.parametrize(("count", "named"), [(3, "A B C"), (4, "TICKETS")])
def test_the_command_for_all_reasons_names_few_tickets(
    environment: dict[str, str], count: int, named: str
) -> None:
    tickets = {name: [step(f"{name}{place}", "Failed") for place in range(4)] for name in "ABCD"}
    with serve(tickets=tickets) as server:
        text = listed(server, environment, *list("ABCD")[:count], "-o", "table").stdout
    assert text.endswith(f": coc-steps list {named} --failed --output wide\n")


def test_stdin(server: MockServer, environment: dict[str, str]) -> None:
    ids = "\n# a comment\n  C \nA\nC\n\ufeffB"
    result = listed(server, environment, "-", "-o", "jsonl", stdin=ids)
    assert result.exit_code == 0
    assert places(result.stdout) == [*_ALL[2:], *_ALL[:2]]


def test_one_id_of_stdin_is_tagged_too(server: MockServer, environment: dict[str, str]) -> None:
    assert places(listed(server, environment, "-", "-o", "jsonl", stdin="A").stdout) == _ALL[:2]


def test_arguments_and_stdin(server: MockServer, environment: dict[str, str]) -> None:
    result = listed(server, environment, "C", "-", "-o", "jsonl", stdin="A\nC\n")
    assert places(result.stdout) == [*_ALL[2:], *_ALL[:2]]


@pytest.mark.parametrize("unknown", ["X", "..", "\udcff"])
def test_the_failure_of_one_is_told_and_the_others_go_on(
    server: MockServer, environment: dict[str, str], unknown: str
) -> None:
    stdin = f"A\n{unknown}\nC\n".encode(errors="surrogateescape")
    env = {**environment, "COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
    result = CliRunner().invoke(app, ["list", "-", "-o", "jsonl"], input=stdin, env=env)
    assert result.exit_code == 1
    first, last = result.stderr.splitlines()
    assert first.startswith("Error: ticket ")
    assert last == "Error: 1 ticket could not be listed"
    assert places(result.stdout) == _ALL


def test_refused_credentials_end_it_with_one_request(
    server: MockServer, environment: dict[str, str]
) -> None:
    """A key is locked after a few failures."""
    env = {**environment, "COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": "other"}
    tickets = map(str, range(20))
    result = CliRunner().invoke(app, ["list", *tickets, "--jobs", "16"], env=env)
    assert (result.exit_code, result.stdout) == (4, "")
    assert [request.status for request in server.requests] == [401]


def test_a_ticket_that_fails_on_its_way_leaves_no_part(environment: dict[str, str]) -> None:
    arguments = ["A", "C", "-o", "jsonl", "--page-size", "3", "--prefetch", "0", "--jobs", "1"]
    with serve(tickets=_TICKETS, faults=[fail(403, 3)]) as server:
        result = listed(server, environment, *arguments)
    assert result.exit_code == 1
    assert places(result.stdout) == _ALL[:2]


def test_a_step_that_no_ticket_has(server: MockServer, environment: dict[str, str]) -> None:
    result = listed(server, environment, "A", "C", "--step-id", "a2", "--step-id", "x")
    assert (result.exit_code, result.stderr) == (0, "Warning: no ticket has the step x\n")


def test_exit_status_is_over_all(server: MockServer, environment: dict[str, str]) -> None:
    result = listed(server, environment, "A", "C", "--exit-status")
    assert (result.exit_code, result.stderr) == (1, "Error: 1 of 7 steps failed\n")


def test_most_steps_of_each_ticket(server: MockServer, environment: dict[str, str]) -> None:
    result = listed(server, environment, "A", "C", "--max-items", "1", "-o", "jsonl")
    assert places(result.stdout) == [("A", "a1"), ("C", "c0")]


def test_jobs_are_how_many_are_read_at_a_time() -> None:
    """But for the first, which is read alone."""
    both = threading.Barrier(2, timeout=30)
    reading: set[str] = set()
    most: list[int] = []

    def read(ticket: str) -> str:
        if ticket == "A":
            return ticket
        reading.add(ticket)
        both.wait()
        most.append(len(reading))
        both.wait()
        reading.discard(ticket)
        return ticket

    done = [future.result() for _, future in in_order(read, "ABCDEFG", jobs=2)]
    assert done == list("ABCDEFG")
    assert max(most) == 2


def test_tickets_are_not_read_far_ahead() -> None:
    taken: list[str] = []

    def tickets() -> Iterator[str]:
        for number in range(1_000):
            taken.append(str(number))
            yield taken[-1]

    done = in_order(lambda ticket: ticket, tickets(), jobs=2)
    assert [next(done)[0] for _ in range(3)] == ["0", "1", "2"]
    assert len(taken) <= 12


def test_ids_of_arguments_come_once() -> None:
    assert list(ticket_ids(("A", "B", "A"))) == ["A", "B"]
