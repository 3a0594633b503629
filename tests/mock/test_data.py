"""Made data is plausible, varied, and follows from the seed."""

import json
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import httpx
import msgspec
import pytest
import yaml
from coc_steps.mock import Application, Step, Store, serve
from coc_steps.mock._data import EXAMPLE, Maker, _make_up

from .wire import Wire, ids

ROOT = Path(__file__).parents[2]

FINAL = {"Succeed", "Failed", "Timeout", "Canceled"}


def store(seed: int = 0, tickets: Mapping[str, int] | None = None) -> Store:
    return Application(seed=seed, tickets=tickets).store


def steps_of(app_store: Store, name: str) -> list[Step]:
    steps = app_store.steps(name)
    assert steps is not None
    return steps


def everything(app_store: Store) -> dict[str, list[Step]]:
    return {name: steps_of(app_store, name) for name in app_store.counts()}


def test_the_seed_decides() -> None:
    assert everything(store(seed=7)) == everything(store(seed=7))
    assert everything(store(seed=7)).keys() & everything(store(seed=8)).keys() == {EXAMPLE}
    seven, eight = (store(seed=seed, tickets={"a": 9}).steps("a") for seed in (7, 8))
    assert seven != eight


@pytest.mark.source
def test_the_ticket_of_the_description_is_there() -> None:
    description = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    (path,) = (path for path in description["paths"] if path.endswith("/steps"))
    parameters = description["paths"][path]["get"]["parameters"]
    (execution_id,) = (each for each in parameters if each["name"] == "execution_id")
    assert execution_id["examples"]["ticket"]["value"] == EXAMPLE
    assert all(EXAMPLE in store(seed=seed).counts() for seed in range(3))


def test_a_step_that_timed_out_lasted_as_long_as_its_message_says() -> None:
    found = 0
    for step in steps_of(store(), large()):
        seconds = (step["end_time"] - step["start_time"]) / 1000
        said = re.search(r"within (\d+) s", step["message"] or "")
        assert (said is not None) == (step["status"] == "Timeout")
        if said:
            found += 1
            assert seconds >= int(said[1])
        else:
            assert seconds < 300
    assert found > 20


def test_a_ticket_does_not_depend_on_the_others() -> None:
    assert store(tickets={"a": 5, "b": 9}).steps("b") == store(tickets={"b": 9}).steps("b")


def test_a_ticket_has_no_negative_number_of_steps() -> None:
    with pytest.raises(ValueError, match="'EX1' cannot have -1 steps"):
        Application(tickets={"EX1": -1})


def test_credentials_follow_from_the_seed() -> None:
    with serve(seed=7) as one, serve(seed=7) as same, serve(seed=8) as other:
        keys = [(mock.access_key, mock.secret_key, mock.token) for mock in (one, same, other)]
    assert keys[0] == keys[1]
    assert not set(keys[1]) & set(keys[2])
    assert [len(key) for key in keys[0]] == [20, 40, 512]


def test_over_the_wire_the_seed_decides_too() -> None:
    def answers() -> list[tuple[httpx.Headers, bytes]]:
        with serve(seed=3, tickets={"a": 5}, clock=lambda: 0.0) as mock, Wire(mock) as wire:
            return [(answer.headers, answer.content) for answer in map(wire.get, "aba")]

    first = answers()
    assert first == answers()
    assert len({headers["X-Request-Id"] for headers, _ in first}) == 3


def test_no_id_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = iter(["aaaaaa", "aaaaaa", "bbbbbb"] + ["cccccc"] * 99)
    monkeypatch.setattr("coc_steps.mock._data._letters", lambda *_: next(letters))
    monkeypatch.setattr("coc_steps.mock._data._inputs", lambda *_: [])
    monkeypatch.setattr("coc_steps.mock._data._outputs", lambda *_: [])
    maker = Maker(0)
    (first,) = ids(maker.steps("a", 1))
    (second,) = ids(maker.steps("a", 1))
    assert (first[-6:], second[-6:]) == ("aaaaaa", "bbbbbb")


@pytest.mark.parametrize("seed", range(5))
def test_every_step_is_plausible(seed: int) -> None:
    for name, steps in everything(store(seed=seed)).items():
        assert re.fullmatch(r"EX2025\d{13}[0-9a-z]{4}", name)
        for step in steps:
            plausible(step)


def plausible(step: Step) -> None:
    assert re.fullmatch(r"EXS20\d{12}[0-9a-z]{6}", step["execution_step_id"])
    assert re.fullmatch(r"hwc:runbook:\w+@1\.0\.0", step["action"])
    assert type(step["id"]) is int
    assert step["name"]
    for pair in step["inputs"] + step["outputs"]:
        assert pair.keys() == {"key", "value"}
        assert pair["key"]
    if step["status"] in FINAL:
        assert 1_750_000_000_000 < step["start_time"] <= step["end_time"] < 1_800_000_000_000
    else:
        assert step["end_time"] is None
        assert (step["start_time"] is None) == (step["status"] == "Pending")


def test_the_steps_of_a_ticket_start_one_after_the_other() -> None:
    steps = steps_of(store(), large())
    for before, after in pairwise(steps):
        assert before["end_time"] <= after["start_time"]
        assert before["id"] + 1 == after["id"]


def large() -> str:
    return next(name for name, count in store().counts().items() if count == 2500)


def test_the_data_is_varied() -> None:
    steps = steps_of(store(), large())
    values = [pair["value"] for step in steps for pair in step["inputs"] + step["outputs"]]
    assert {step["status"] for step in steps} == FINAL
    assert {None, ""} < {step["message"] for step in steps}
    assert None in values
    assert any(isinstance(decoded(value), dict) for value in values)
    assert any("备注" in value for value in values if value)
    assert any("properties" not in step for step in steps)
    assert any(None in step.get("properties", {}).values() for step in steps)
    assert any(step["start_time"] == step["end_time"] for step in steps)


def test_large_tickets_have_numbers_that_no_double_holds() -> None:
    numbers = [step["id"] for step in steps_of(store(), large())]
    assert any(int(float(number)) != number for number in numbers)


def decoded(value: str | None) -> object:
    try:
        return json.loads(value or "")
    except ValueError:
        return None


def test_a_field_that_the_description_gains_has_a_value_of_its_type() -> None:
    class Owner(msgspec.Struct):
        name: str | None = None
        since: int | None = None

    assert _make_up("owner", Owner | None) == {"name": "name", "since": 1}
    assert _make_up("grid", list[list[str]] | None) == [["grid"]]
    assert _make_up("tags", dict[str, str | None] | None) == {"tags": "tags"}
