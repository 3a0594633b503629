"""Beliefs about one answer. The vendor's page is silent on each of them.

Each is a function that takes an exchange and yields what is wrong: a place and a message. What it
believes, and why, is in the catalogue alone.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeAlias

from coc_steps._steps.response import is_failure_code
from coc_steps.conformance._session.exchange import Exchange
from coc_steps.conformance._session.probe import ids_of

Problem: TypeAlias = tuple[str, str]
"""A place, and what is wrong there."""
Check: TypeAlias = Callable[[Exchange], Iterator[Problem]]

_FEWEST_MESSAGES = 3
_DAY = 86_400_000
"""How far ahead of ours a clock may be (milliseconds)."""
_INTEGERS = ("id", "start_time", "end_time")
# Of the years 2001 to 2096. As milliseconds they were in 1970, or some 30,000 years away.
_OTHER_UNITS = {
    "seconds": range(10**9, 4 * 10**9),
    "microseconds": range(10**15, 4 * 10**15),
    "nanoseconds": range(10**18, 4 * 10**18),
}

# Of a traceback of Python or Java, or a statement of SQL; in JSON the lines end with an escape.
_INTERNALS = re.compile(
    r"Traceback \(most recent call|\(\w+\.(?:java|kt|scala):\d+\)|\bSELECT\b.{1,200}\bFROM\b"
)


def _data_and_total(exchange: Exchange) -> Iterator[Problem]:
    body = exchange.success or {}
    if body.get("data") is None:
        yield "$.data", "a success has no list of steps"
    if body.get("total") is None:
        yield "$.total", "a success has no total"


def _step_ids(exchange: Exchange) -> Iterator[Problem]:
    ids = ids_of(exchange.steps)
    if None in ids:
        yield "$.data[].execution_step_id", "a step has no id, or an empty one"
    repeated = [found for found, count in Counter(ids).items() if found and count > 1]
    if repeated:
        yield "$.data[].execution_step_id", f"two steps have the id {repeated[0]}"


def _step_texts(exchange: Exchange) -> Iterator[Problem]:
    for step in exchange.steps:
        for name in ("name", "action", "status"):
            value = step.get(name)
            if value is None:
                yield f"$.data[].{name}", f"a step has no {name}"
            elif isinstance(value, str) and not value.strip() and name != "name":
                yield f"$.data[].{name}", f"a step has an empty {name}"


def _step_parameters(exchange: Exchange) -> Iterator[Problem]:
    for step in exchange.steps:
        for name in ("inputs", "outputs"):
            value = step.get(name)
            items = value if isinstance(value, list) else []
            if not all(item.get("key") for item in items if isinstance(item, dict)):
                yield f"$.data[].{name}[].key", f"one of the {name} of a step has no key"


def _step_times(exchange: Exchange) -> Iterator[Problem]:
    latest = time.time() * 1_000 + _DAY
    for step in exchange.steps:
        start, end = step.get("start_time"), step.get("end_time")
        if isinstance(start, int) and isinstance(end, int) and end < start:
            yield "$.data[].end_time", f"a step ends at {end}, before it starts at {start}"
        for name, value in (("start_time", start), ("end_time", end)):
            if isinstance(value, int) and (value < 0 or value > latest) and not _unit(value):
                yield f"$.data[].{name}", f"{value} is before 1970, or still to come"


def _milliseconds(exchange: Exchange) -> Iterator[Problem]:
    for step in exchange.steps:
        for name in ("start_time", "end_time"):
            value = step.get(name)
            unit = _unit(value) if isinstance(value, int) else None
            if unit:
                yield f"$.data[].{name}", f"{value} looks like {unit}"


def _exact_integers(exchange: Exchange) -> Iterator[Problem]:
    body = exchange.success or {}
    places = [(f"$.data[].{name}", step[name]) for step in exchange.steps for name in step]
    for place, value in [("$.total", body.get("total")), *places]:
        if isinstance(value, float) and value.is_integer():
            yield place, f"{value!r} is not written as an integer"


def _rounded_integers(exchange: Exchange) -> Iterator[Problem]:
    for name in _INTEGERS:
        # Not as a set: rounding makes equal what was not.
        values = [value for step in exchange.steps if isinstance(value := step.get(name), int)]
        large = [value for value in values if 2**53 < abs(value) < 2**63]
        # Sixteen by chance: once in 65,536.
        if len(large) >= 16 and _went_through_floats(large):
            said = f"all {len(large)} values above 2^53 are what a float can hold, no closer"
            yield f"$.data[].{name}", said


def _no_failure_in_success(exchange: Exchange) -> Iterator[Problem]:
    code = (exchange.success or {}).get("error_code")
    if isinstance(code, str) and is_failure_code(code):
        yield "$.error_code", f"a 200 carries the failure code {code}"


def _error_body(exchange: Exchange) -> Iterator[Problem]:
    body = exchange.json if isinstance(exchange.json, dict) else {}
    for name in ("error_code", "error_msg"):
        value = body.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            yield f"$.{name} of {exchange.status}", f"a refusal has no {name}"
    code = body.get("error_code")
    if isinstance(code, str) and code.strip() and not is_failure_code(code):
        yield f"$.error_code of {exchange.status}", f"a refusal has the code of success {code}"


def _no_internals(exchange: Exchange) -> Iterator[Problem]:
    if found := _INTERNALS.search(exchange.text):
        yield f"answers {exchange.status}", f"a refusal has {found.group()[:60]!r}"


def _no_credentials(exchange: Exchange) -> Iterator[Problem]:
    for place in exchange.leaked:
        yield "", f"{place} of the answer repeats what authenticated the request"


def _request_id(exchange: Exchange) -> Iterator[Problem]:
    if not exchange.request_id.strip():
        yield "X-Request-Id", f"an answer {exchange.status} has no X-Request-Id"
        return
    named = exchange.json.get("request_id") if isinstance(exchange.json, dict) else None
    if isinstance(named, str) and named != exchange.request_id:
        yield "$.request_id", "the body names another request id than the header"


def _distinct_keys(exchange: Exchange) -> Iterator[Problem]:
    for key in exchange.repeated_keys:
        yield f"$..{key}", f"an object has the key {key!r} more than once"


def _plain_messages(exchange: Exchange) -> Iterator[Problem]:
    found = [step.get("message") for step in exchange.steps]
    messages = list(dict.fromkeys(text for text in found if isinstance(text, str) and text))
    if len(messages) >= _FEWEST_MESSAGES and all(map(_is_json_text, messages)):
        yield "$.data[].message", f"{messages[0][:60]} is JSON, as each message of the page is"


_OF_STEPS: dict[str, Check] = {
    "step-ids": _step_ids,
    "step-texts": _step_texts,
    "step-parameters": _step_parameters,
    "step-times": _step_times,
    "milliseconds": _milliseconds,
    "rounded-integers": _rounded_integers,
    "plain-messages": _plain_messages,
}
_OF_SUCCESS: dict[str, Check] = {
    "data-and-total": _data_and_total,
    "exact-integers": _exact_integers,
    "no-failure-in-success": _no_failure_in_success,
}
_OF_REFUSAL: dict[str, Check] = {"error-body": _error_body}
_OF_ERROR: dict[str, Check] = {"no-internals": _no_internals}
_OF_SERVICE: dict[str, Check] = {"distinct-keys": _distinct_keys, "request-id": _request_id}
_OF_ALL: dict[str, Check] = {"no-credentials": _no_credentials}


def checks_of(exchange: Exchange) -> dict[str, Check]:
    """Return the checks that have something to judge in an answer, by name."""
    is_get, is_object = exchange.method == "GET", isinstance(exchange.json, dict)
    return {
        **_OF_ALL,
        **(_OF_ERROR if exchange.is_error else {}),
        **(_OF_SERVICE if is_get or is_object else {}),
        **(_OF_REFUSAL if is_get and is_object and exchange.is_error else {}),
        **(_OF_SUCCESS if exchange.success is not None else {}),
        **(_OF_STEPS if exchange.steps else {}),
    }


def _is_json_text(message: str) -> bool:
    if not (message.startswith('"') and message.endswith('"')):
        return False
    try:
        return isinstance(json.loads(message), str)
    except ValueError:
        return False


def _unit(value: int) -> str | None:
    return next((unit for unit, values in _OTHER_UNITS.items() if value in values), None)


def _went_through_floats(values: list[int]) -> bool:
    """Tell numbers that were rounded to floats from ids whose last bits are a counter at zero."""
    steps = {value: int(math.ulp(float(value))) for value in values}
    exact = all(value % step == 0 for value, step in steps.items())
    return exact and any(value // step % 2 for value, step in steps.items())
