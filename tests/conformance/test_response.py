"""Each belief about one answer: what breaks it, and what does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from coc_steps.conformance import Exchange, catalogue
from coc_steps.conformance._checks.expectations import checks_of
from coc_steps.mock import serve
from vendor_example import EXECUTIONS

STEP: dict[str, Any] = {
    "id": 10576,
    "execution_step_id": "EXS1",
    "action": "hwc:runbook:suspend@1.0.0",
    "name": "pause",
    "start_time": 1751374905000,
    "end_time": 1751374906000,
    "status": "Succeed",
    "message": None,
    "inputs": [{"key": "a", "value": None}],
    "outputs": [],
}


def exchange(body: object, status: int = 200, **headers: str) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {
        "x-request-id": "r1",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return Exchange("GET", f"http://h{EXECUTIONS}/EX1/steps", {}, status, given, raw)


def refusal(message: str) -> Exchange:
    return exchange({"error_code": "c", "error_msg": message}, 400)


def page(*steps: dict[str, Any], total: int | None = None) -> Exchange:
    return exchange({"data": list(steps), "total": len(steps) if total is None else total})


def step(**changes: Any) -> dict[str, Any]:
    return {**STEP, **changes}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in STEP.items() if key != name}


def many(name: str, values: list[int]) -> Exchange:
    return page(*(step(execution_step_id=f"S{value}", **{name: value}) for value in values))


BROKEN: list[tuple[str, Exchange, str]] = [
    ("data-and-total", exchange({"total": 0}), "$.data"),
    ("data-and-total", exchange({"data": None, "total": 0}), "$.data"),
    ("data-and-total", exchange({"data": []}), "$.total"),
    ("step-ids", page(without("execution_step_id")), "$.data[].execution_step_id"),
    ("step-ids", page(step(execution_step_id="")), "$.data[].execution_step_id"),
    ("step-ids", page(STEP, STEP), "$.data[].execution_step_id"),
    ("step-texts", page(without("name")), "$.data[].name"),
    ("step-texts", page(step(action=None)), "$.data[].action"),
    ("step-texts", page(step(status=" ")), "$.data[].status"),
    ("step-parameters", page(step(outputs=[{"value": "v"}])), "$.data[].outputs[].key"),
    ("step-parameters", page(step(inputs=[{"key": ""}])), "$.data[].inputs[].key"),
    ("step-times", page(step(end_time=STEP["start_time"] - 1)), "$.data[].end_time"),
    ("milliseconds", page(step(start_time=1751374905)), "$.data[].start_time"),
    ("milliseconds", page(step(end_time=STEP["end_time"] * 1_000)), "$.data[].end_time"),
    ("milliseconds", page(step(end_time=STEP["end_time"] * 1_000_000)), "$.data[].end_time"),
    ("exact-integers", exchange(b'{"data": [], "total": 0.0}'), "$.total"),
    ("exact-integers", page(step(id=1.05e4)), "$.data[].id"),
    ("rounded-integers", many("id", [2**60 + 256 * n for n in range(16)]), "$.data[].id"),
    ("rounded-integers", many("id", [2**60 + 256] * 16), "$.data[].id"),
    ("step-times", page(step(start_time=-5, end_time=None)), "$.data[].start_time"),
    ("step-times", page(step(end_time=99999999999999)), "$.data[].end_time"),
    ("distinct-keys", exchange(b'{"data": [{"id": 1, "id": 2}]}'), "$..id"),
    ("distinct-keys", exchange(b'{"total": 1, "total": 1}', 400), "$..total"),
    ("no-failure-in-success", exchange({"error_code": "COC.00010002"}), "$.error_code"),
    ("error-body", exchange({"error_msg": "m"}, 400), "$.error_code of 400"),
    ("error-body", exchange({"error_code": "c", "error_msg": ""}, 404), "$.error_msg of 404"),
    ("no-internals", refusal("Traceback (most recent call last):\n  File"), "answers 400"),
    ("no-internals", refusal("\tat a.b.Job.run(Job.java:42)"), "answers 400"),
    ("no-internals", refusal('near "x": SELECT * FROM step WHERE id = ?'), "answers 400"),
    ("plain-messages", page(*(step(message=f'"{n}"') for n in range(3))), "$.data[].message"),
    ("request-id", exchange({}, x_request_id=" "), "X-Request-Id"),
    ("request-id", exchange({"request_id": "r2"}, 401), "$.request_id"),
]

FINE: list[tuple[str, Exchange]] = [
    ("data-and-total", exchange({}, 400)),
    ("data-and-total", exchange(b"<html>")),
    ("step-texts", page(step(name=""))),
    ("step-parameters", page(step(inputs=[{"key": "k", "value": None}]))),
    ("step-parameters", page(without("inputs"), step(outputs=None))),
    ("step-times", page(step(start_time=None))),
    ("step-times", page(step(end_time=STEP["start_time"]))),
    ("milliseconds", page(step(start_time=0, end_time=None))),
    ("exact-integers", page(step(id=2**62))),
    ("rounded-integers", many("id", [2**60 + n for n in range(16)])),
    ("rounded-integers", many("id", [2**60 + 256 * n for n in range(9)])),
    # As of a clock, a machine and a counter that is at zero.
    ("rounded-integers", many("id", [(2**40 + n) << 22 | 5 << 12 for n in range(16)])),
    ("no-failure-in-success", exchange({"error_code": "COC.00000000", "data": []})),
    ("error-body", exchange({"error_code": "c", "error_msg": "m"}, 400)),
    ("no-internals", refusal("Select a limit from 1 to 100 (line 3).")),
    # A step may have failed so.
    ("no-internals", page(step(message="Traceback (most recent call last):"))),
    ("request-id", exchange({"request_id": "r1"}, 401)),
]


NAMES = [entry.name for entry in catalogue() if entry.layer == "expectations"]


def problems(name: str, answer: Exchange) -> list[tuple[str, str]]:
    """What a check finds, if it looks at such answers at all."""
    check = checks_of(answer).get(name)
    return list(check(answer)) if check else []


@pytest.mark.parametrize(("name", "answer", "place"), BROKEN)
def test_what_breaks_it(name: str, answer: Exchange, place: str) -> None:
    assert place in {found for found, _ in problems(name, answer)}


@pytest.mark.parametrize(("name", "answer"), FINE)
def test_what_does_not(name: str, answer: Exchange) -> None:
    assert problems(name, answer) == []


def test_a_leak() -> None:
    leak = Exchange("GET", "http://h", {}, 400, {"x-request-id": "r"}, b"***", ("the body",))
    assert problems("no-credentials", leak) == [
        ("", "the body of the answer repeats what authenticated the request")
    ]


def test_each_has_a_break() -> None:
    assert {name for name, _, _ in BROKEN} | {"no-credentials"} == set(NAMES)


def test_the_steps_of_the_mock_break_none() -> None:
    with serve() as mock:
        for ticket, count in mock.tickets.items():
            answer = page(*mock.steps(ticket), total=count)
            for name in NAMES:
                assert (name, problems(name, answer)) == (name, [])


@pytest.mark.parametrize("status", [400, 405])
def test_a_refused_method_must_not_leak_either(status: int) -> None:
    answer = Exchange("POST", "http://h", {}, status, {}, b'{"request_id": "r"}')
    of_any = {"no-credentials", "no-internals"}
    assert set(checks_of(answer)) == of_any | {"request-id", "distinct-keys"}
    assert set(checks_of(Exchange("PUT", "http://h", {}, status, {}, b"<html>"))) == of_any


@pytest.mark.parametrize(
    ("messages", "count"),
    [
        (['"done"', '"it \\"failed\\""', '"3"'], 1),
        (['"done"', '"3"', "failed"], 0),
        (['{"a": 1}', "[2]", "[]"], 0),
        (['"done"', '"3"', '"3"'], 0),
        ([None, '"', '"a', 'b"'], 0),
    ],
)
def test_messages_that_were_encoded_twice(messages: list[str | None], count: int) -> None:
    steps = [step(message=message) for message in messages]
    assert len(problems("plain-messages", page(*steps))) == count
