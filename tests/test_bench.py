"""The benchmark runs, and notices a contender that reads wrongly. Nothing here is timed."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from itertools import count
from typing import TYPE_CHECKING

import pytest
from bench import contenders, worker
from bench.document import render
from bench.pages import TICKET, Row, Ticket, row
from bench.rounds import LIMITS, QUICK, SLOW, Results, Sample, in_turns
from bench.server import PATH, running
from bench.targets import Target, targets
from coc_steps import Client
from coc_steps._steps.fields import build_raw
from drive import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contenders import See

STEPS = 25


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running(STEPS) as address:
        yield address


@pytest.mark.filterwarnings(r"ignore:datetime.datetime.utc\w+\(\) is deprecated")  # the vendor's
@pytest.mark.parametrize("name", contenders.CONTENDERS)
@pytest.mark.parametrize("limit", [10, STEPS])
def test_every_contender_reads_the_ticket(address: str, name: str, limit: int) -> None:
    (cost,) = worker.times(name, address, STEPS, limit, walks=1)
    assert min(cost) > 0


def test_a_worker_runs_in_a_process_of_its_own(address: str) -> None:
    memory = worker.in_process(worker.peak, "http.client + json", address, STEPS, 10)
    assert memory > 0


@pytest.mark.parametrize("limit", [1, 7, STEPS, STEPS + 1])
def test_pages_are_pieces_of_the_ticket(limit: int) -> None:
    ticket = Ticket(STEPS)
    steps: list[dict[str, str]] = []
    for offset in range(0, STEPS + limit, limit):
        page = json.loads(ticket.page(limit, offset))
        assert page["total"] == STEPS
        steps += page["data"]
    assert [(s["execution_step_id"], s["name"], s["status"]) for s in steps] == [
        row(index) for index in range(STEPS)
    ]


def test_pages_are_as_described() -> None:
    raw = build_raw(Ticket(1).page(1, 0)).to_dict()
    assert raw == json.loads(Ticket(1).page(1, 0))
    assert len(raw["data"][0]["inputs"]) == 3


def test_a_slow_server_is_walked_alike() -> None:
    with running(STEPS, delay=0.001) as slow, Client(base_url=slow, credentials=KEYS) as client:
        assert len(list(client.iter_steps(TICKET, page_size=10, prefetch=3))) == STEPS


def test_an_unsigned_request_is_refused(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{address}{PATH}?limit=1&offset=0")


def reading(*rows: Row) -> contenders.Walk:
    def walk(limit: int, see: See) -> None:
        for each in rows:
            see(*each)

    return walk


ROWS = [row(index) for index in range(3)]
WRONG: dict[str, list[Row]] = {
    "nothing": [],
    "one too few": ROWS[:2],
    "one twice": [*ROWS, ROWS[2]],
    "another order": ROWS[::-1],
    "another name": [*ROWS[:2], ROWS[2]._replace(name="other")],
}


@pytest.mark.parametrize("rows", WRONG.values(), ids=list(WRONG))
def test_a_wrong_reading_is_noticed(rows: list[Row]) -> None:
    worker.check(reading(*ROWS), 3, 10)
    with pytest.raises(worker.WrongError):
        worker.check(reading(*rows), 3, 10)


@pytest.mark.parametrize("name", ["nothing", "one too few", "one twice", "another name"])
def test_a_wrong_count_is_noticed_while_it_is_timed(name: str) -> None:
    worker.time_walk(reading(*ROWS), 3, 10)
    with pytest.raises(worker.WrongError):
        worker.time_walk(reading(*WRONG[name]), 3, 10)


def test_each_has_its_turn_in_every_round() -> None:
    turns: list[str] = []
    values = count()

    def turn(name: str) -> list[float]:
        turns.append(name)
        return [next(values)]

    samples = in_turns("ab", 3, turn)
    assert turns == list("ababab")
    assert samples == {"a": Sample(0, 2), "b": Sample(1, 3)}


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        (Target("x", 0.70, 0.7), "met"),
        (Target("x", 0.72, 0.7), "within the noise: missed by 2.9%"),
        (Target("x", 1.05, 0.7), "missed by 50.0%"),
        (Target("x", 8.1, 8, at_least=True), "met"),
        (Target("x", 7.8, 8, at_least=True), "within the noise: missed by 2.6%"),
        (Target("x", 4.0, 8, at_least=True), "missed by 100.0%"),
    ],
)
def test_verdicts(target: Target, verdict: str) -> None:
    assert target.verdict == verdict


def results() -> Results:
    cpu = {name: Sample(place + 1, place + 2) for place, name in enumerate(contenders.CONTENDERS)}
    pairs = {"coc_steps": Sample(0.4, 0.5), "json.loads": Sample(1.0, 1.2)}
    modules = {name: Sample(0.1, 0.2) for name in ("httpx", "coc_steps", "huaweicloudsdkcoc.v1")}
    return Results(
        QUICK,
        cpu=dict.fromkeys(LIMITS, cpu),
        wall={name: Sample(2.0, 2.5) for name in SLOW},
        memory={name: Sample(40_000, 40_000) for name in ("httpx + json", "coc_steps")},
        decoding=dict.fromkeys(LIMITS, pairs),
        imports=modules,
        sizes={"coc-steps": 3_000_000, "huaweicloudsdkcoc": 30_000_000},
        stages={limit: {"the whole page": 500.0} for limit in LIMITS},
    )


def test_the_page_has_every_target_and_table() -> None:
    page = render(results())
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    for target in targets(results()):
        assert f"| {target.name} | {target.value:.2f} |" in page
    for name in contenders.CONTENDERS:
        assert sum(line.startswith(f"| {name} |") for line in rows) >= len(LIMITS)
    assert "| decoding 100 steps ÷ json.loads | 0.40 | ≤ 0.6 | met |" in rows
    assert "{" not in page
