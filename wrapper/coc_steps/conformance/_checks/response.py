"""Beliefs about one answer. The vendor's page is silent on each of them.

Each is a function that takes an exchange and yields what is wrong: a place and a message. Its
docstring says what is believed, and why.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from coc_steps._responses import is_failure_code
from coc_steps.conformance._session.exchange import Exchange
from coc_steps.conformance._session.probe import ids_of

if TYPE_CHECKING:
    from coc_steps._json import Json

Problem: TypeAlias = tuple[str, str]
"""A place, and what is wrong there."""
Expectation: TypeAlias = Callable[[Exchange], Iterator[Problem]]

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


def data_and_total(exchange: Exchange) -> Iterator[Problem]:
    """A success has `data`, a list, and `total`: without them nobody knows where a list ends."""
    if exchange.success is None:
        return
    if exchange.success.get("data") is None:
        yield "$.data", "a success has no list of steps"
    if exchange.success.get("total") is None:
        yield "$.total", "a success has no total"


def total_not_negative(exchange: Exchange) -> Iterator[Problem]:
    """`total` is a count, and a page has no more steps than there are. It ends the walk."""
    total = (exchange.success or {}).get("total")
    if not isinstance(total, int):
        return
    if total < 0:
        yield "$.total", f"the total is {total}"
    elif total < len(exchange.steps):
        yield (
            "$.total",
            f"the total is {total}, and this page alone has {len(exchange.steps)} steps",
        )


def step_ids(exchange: Exchange) -> Iterator[Problem]:
    """Every step has an id, and no two the same. Without it nobody can tell two steps apart."""
    ids = ids_of(exchange.steps)
    if None in ids:
        yield "$.data[].execution_step_id", "a step has no id, or an empty one"
    known = [found for found in ids if found]
    if repeated := sorted({found for found in known if known.count(found) > 1}):
        yield "$.data[].execution_step_id", f"two steps have the id {repeated[0]}"


def step_texts(exchange: Exchange) -> Iterator[Problem]:
    """`name`, `action` and `status` are texts, the last two not empty: every step has a state."""
    for step in exchange.steps:
        for name in ("name", "action", "status"):
            value = step.get(name)
            if value is None:
                yield f"$.data[].{name}", f"a step has no {name}"
            elif isinstance(value, str) and not value.strip() and name != "name":
                yield f"$.data[].{name}", f"a step has an empty {name}"


def step_parameters(exchange: Exchange) -> Iterator[Problem]:
    """`inputs` and `outputs` are lists of objects with a `key`, as the page's example has lists."""
    for step in exchange.steps:
        for name in ("inputs", "outputs"):
            value = step.get(name)
            if value is None:
                yield f"$.data[].{name}", f"a step has no list of {name}"
            items = value if isinstance(value, list) else []
            if not all(item.get("key") for item in items if isinstance(item, dict)):
                yield f"$.data[].{name}[].key", f"one of the {name} of a step has no key"


def step_times(exchange: Exchange) -> Iterator[Problem]:
    """No step ends before it starts."""
    for step in exchange.steps:
        start, end = step.get("start_time"), step.get("end_time")
        if isinstance(start, int) and isinstance(end, int) and end < start:
            yield "$.data[].end_time", f"a step ends at {end}, before it starts at {start}"


def milliseconds(exchange: Exchange) -> Iterator[Problem]:
    """Times are milliseconds since 1970 in UTC, 13 digits, as on the sibling pages."""
    for step in exchange.steps:
        for name in ("start_time", "end_time"):
            value = step.get(name)
            for unit, values in _OTHER_UNITS.items():
                if isinstance(value, int) and value in values:
                    yield f"$.data[].{name}", f"{value} looks like {unit}"


def exact_integers(exchange: Exchange) -> Iterator[Problem]:
    """Integers are written without fraction and exponent: a float has lost digits on its way.

    To JSON Schema, 1.0 is an integer.
    """
    body = exchange.success or {}
    for place, value in [("$.total", body.get("total")), *_step_integers(exchange)]:
        if isinstance(value, float) and value.is_integer():
            yield place, f"{value!r} is not written as an integer"


def rounded_integers(exchange: Exchange) -> Iterator[Problem]:
    """Of many integers above 2^53 some are no floats. If all are, they went through one."""
    for name in _INTEGERS:
        place = f"$.data[].{name}"
        # Not as a set: rounding makes equal what was not.
        large = [
            value
            for found, value in _step_integers(exchange)
            if found == place and isinstance(value, int) and 2**53 < abs(value) < 2**63
        ]
        # Sixteen by chance: once in 65,536.
        if len(large) >= 16 and _went_through_floats(large):
            yield place, f"all {len(large)} values above 2^53 are what a float can hold, no closer"


def no_failure_in_success(exchange: Exchange) -> Iterator[Problem]:
    """A 200 carries no failure code; a code of zeros is the way of sibling APIs to say success."""
    code = (exchange.success or {}).get("error_code")
    if isinstance(code, str) and is_failure_code(code):
        yield "$.error_code", f"a 200 carries the failure code {code}"


def error_body(exchange: Exchange) -> Iterator[Problem]:
    """A refusal says why: `error_code`, no code of success, and `error_msg`, not empty."""
    if exchange.method != "GET" or not exchange.is_error:
        return
    if not isinstance(exchange.json, dict):
        return
    for name in ("error_code", "error_msg"):
        value = exchange.json.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            yield f"$.{name} of {exchange.status}", f"a refusal has no {name}"
    code = exchange.json.get("error_code")
    if isinstance(code, str) and code.strip() and not is_failure_code(code):
        yield f"$.error_code of {exchange.status}", f"a refusal has the code of success {code}"


def no_internals(exchange: Exchange) -> Iterator[Problem]:
    """A refusal says what is wrong with the request, not where in which program or query."""
    if exchange.is_error and (found := _INTERNALS.search(exchange.text)):
        yield f"answers {exchange.status}", f"a refusal has {found.group()[:60]!r}"


def no_credentials(exchange: Exchange) -> Iterator[Problem]:
    """No answer repeats the token, the keys or the signature of its request: answers get logged."""
    for place in exchange.leaked:
        yield "", f"{place} of the answer repeats what authenticated the request"


def request_id(exchange: Exchange) -> Iterator[Problem]:
    """Every answer has an X-Request-Id, the one that its body names: support asks for it."""
    if not exchange.request_id.strip():
        yield "X-Request-Id", f"an answer {exchange.status} has no X-Request-Id"
        return
    named = exchange.json.get("request_id") if isinstance(exchange.json, dict) else None
    if isinstance(named, str) and named != exchange.request_id:
        yield "$.request_id", "the body names another request id than the header"


EXPECTATIONS: dict[str, Expectation] = {
    "data-and-total": data_and_total,
    "total-not-negative": total_not_negative,
    "step-ids": step_ids,
    "step-texts": step_texts,
    "step-parameters": step_parameters,
    "step-times": step_times,
    "milliseconds": milliseconds,
    "exact-integers": exact_integers,
    "rounded-integers": rounded_integers,
    "no-failure-in-success": no_failure_in_success,
    "error-body": error_body,
    "no-internals": no_internals,
    "no-credentials": no_credentials,
    "request-id": request_id,
}


def _step_integers(exchange: Exchange) -> Iterator[tuple[str, Json]]:
    for step in exchange.steps:
        for name in _INTEGERS:
            yield f"$.data[].{name}", step.get(name)


def _went_through_floats(values: list[int]) -> bool:
    """Tell numbers that were rounded to floats from ids whose last bits are a counter at zero."""
    steps = {value: int(math.ulp(float(value))) for value in values}
    exact = all(value % step == 0 for value, step in steps.items())
    return exact and any(value // step % 2 for value, step in steps.items())
