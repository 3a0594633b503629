"""Running tickets: half way through, and, when live, further with each request."""

from collections.abc import Iterable
from itertools import pairwise

import httpx
import pytest
from coc_steps.mock import Application, MockServer, Step, serve
from vendor_example import EXECUTIONS

from .wire import Wire, ids


def statuses(steps: Iterable[Step]) -> list[str]:
    return [step["status"] for step in steps]


def running(mock: MockServer) -> str:
    (name,) = (name for name in mock.tickets if "Running" in statuses(mock.steps(name)))
    return name


def test_the_ticket_of_23_steps_runs(mock: MockServer) -> None:
    name = running(mock)
    assert mock.tickets[name] == 23
    now = statuses(mock.steps(name))
    assert now.index("Running") == 11
    assert not {"Running", "Pending"} & set(now[:11])
    assert set(now[12:]) == {"Pending"}


def test_what_waits_or_runs_has_nothing_to_show(mock: MockServer) -> None:
    now = mock.steps(running(mock))
    for step in now[11:]:
        assert (step["end_time"], step["message"], step["outputs"]) == (None, None, [])
    assert now[11]["start_time"] > now[10]["end_time"]
    assert {step["start_time"] for step in now[12:]} == {None}


def test_it_stands_still_unless_live(mock: MockServer, wire: Wire) -> None:
    name = running(mock)
    assert wire.get(name, "limit=100").content == wire.get(name, "limit=100").content


def test_it_advances_by_one_change_with_each_request() -> None:
    with serve(live=True, tickets={"a": 4}) as mock, Wire(mock) as wire:
        seen = [statuses(wire.get("a").json()["data"]) for _ in range(5)]
        final = mock.steps("a")
    done = statuses(final)
    assert not {"Running", "Pending"} & set(done)
    assert seen == [
        [*done[:2], "Running", "Pending"],
        [*done[:3], "Pending"],
        [*done[:3], "Running"],
        done,
        done,
    ]


def test_it_ends_as_a_ticket_that_never_ran() -> None:
    with serve(live=True, tickets={"a": 9}) as mock, Wire(mock) as wire:
        for _ in range(20):
            wire.get("a")
        assert mock.steps("a") == Application(tickets={"a": 9}).store.steps("a")


def test_steps_appear_at_its_end() -> None:
    with serve(live=True) as mock, Wire(mock) as wire:
        name = running(mock)
        totals: list[int] = []
        lists: list[list[str]] = []
        for _ in range(30):
            body = wire.get(name, "limit=100").json()
            totals.append(body["total"])
            lists.append(ids(body["data"]))
        assert mock.tickets[name] == 23
    assert totals[0] == 17
    assert totals == sorted(totals)
    assert set(totals) == set(range(17, 24))
    for before, after in pairwise(lists):
        assert after[: len(before)] == before


def test_only_successes_for_the_ticket_itself_count() -> None:
    with serve(live=True, tickets={"a": 4, "b": 4}) as mock, Wire(mock) as wire:
        before = mock.steps("a")
        wire.get("b")
        wire.get("a", "limit=0")
        httpx.get(f"{mock.base_url}{EXECUTIONS}/a/steps", trust_env=False)
        assert mock.steps("a") == before
        wire.get("a", "execution_step_id_list=x")
        assert mock.steps("a") != before


def test_which_tickets_run_can_be_chosen() -> None:
    sizes = {"a": 0, "b": 1, "c": 2}
    with serve(tickets=sizes, running=["a", "b"]) as mock:
        assert statuses(mock.steps("a")) == []
        assert statuses(mock.steps("b")) == ["Running"]
        assert "Running" not in statuses(mock.steps("c"))
    with serve(tickets=sizes) as mock:
        assert "Running" not in statuses(mock.steps("b"))
    with serve(running=()) as mock:
        assert not any("Running" in statuses(mock.steps(name)) for name in mock.tickets)


def test_a_ticket_that_is_not_there_cannot_run() -> None:
    with pytest.raises(ValueError, match=r"\['z'\]"):
        Application(tickets={"a": 1}, running=["z"])
