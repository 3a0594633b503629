"""Beliefs about one answer. The vendor's page is silent on each of them.

Each is a function that takes an exchange and yields what is wrong: a place and a message. What is
believed, and why, is in the catalogue.
"""

from __future__ import annotations

import enum
import json
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from coc_steps._steps.response import is_failure_code
from coc_steps.conformance._session.exchange import Exchange
from coc_steps.conformance._session.probe import ids_of

if TYPE_CHECKING:
    from coc_steps._json import Json

Problem: TypeAlias = tuple[str, str]
"""A place, and what is wrong there."""
Check: TypeAlias = Callable[[Exchange], Iterator[Problem]]

_FEWEST_MESSAGES, _MOST_MESSAGES = 2, 100
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


def data_and_total(exchange: Exchange) -> Iterator[Problem]:
    """Yield where a success lacks its list or its total."""
    body = exchange.success or {}
    if body.get("data") is None:
        yield "$.data", "a success has no list of steps"
    if body.get("total") is None:
        yield "$.total", "a success has no total"


def total_not_negative(exchange: Exchange) -> Iterator[Problem]:
    """Yield a total that is no count, or less than the page has."""
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
    """Yield steps without an id, or with that of another one."""
    ids = ids_of(exchange.steps)
    if None in ids:
        yield "$.data[].execution_step_id", "a step has no id, or an empty one"
    repeated = [found for found, count in Counter(ids).items() if found and count > 1]
    if repeated:
        yield "$.data[].execution_step_id", f"two steps have the id {repeated[0]}"


def step_texts(exchange: Exchange) -> Iterator[Problem]:
    """Yield steps whose name, action or status is missing."""
    for step in exchange.steps:
        for name in ("name", "action", "status"):
            value = step.get(name)
            if value is None:
                yield f"$.data[].{name}", f"a step has no {name}"
            elif isinstance(value, str) and not value.strip() and name != "name":
                yield f"$.data[].{name}", f"a step has an empty {name}"


def step_parameters(exchange: Exchange) -> Iterator[Problem]:
    """Yield inputs and outputs that are no lists of keys."""
    for step in exchange.steps:
        for name in ("inputs", "outputs"):
            value = step.get(name)
            if value is None:
                yield f"$.data[].{name}", f"a step has no list of {name}"
            items = value if isinstance(value, list) else []
            if not all(item.get("key") for item in items if isinstance(item, dict)):
                yield f"$.data[].{name}[].key", f"one of the {name} of a step has no key"


def step_times(exchange: Exchange) -> Iterator[Problem]:
    """Yield times that cannot be."""
    latest = time.time() * 1_000 + _DAY
    for step in exchange.steps:
        start, end = step.get("start_time"), step.get("end_time")
        if isinstance(start, int) and isinstance(end, int) and end < start:
            yield "$.data[].end_time", f"a step ends at {end}, before it starts at {start}"
        for name, value in (("start_time", start), ("end_time", end)):
            if isinstance(value, int) and (value < 0 or value > latest) and not _unit(value):
                yield f"$.data[].{name}", f"{value} is before 1970, or still to come"


def milliseconds(exchange: Exchange) -> Iterator[Problem]:
    """Yield times in another unit."""
    for step in exchange.steps:
        for name in ("start_time", "end_time"):
            value = step.get(name)
            unit = _unit(value) if isinstance(value, int) else None
            if unit:
                yield f"$.data[].{name}", f"{value} looks like {unit}"


def exact_integers(exchange: Exchange) -> Iterator[Problem]:
    """Yield integers that are written as floats."""
    body = exchange.success or {}
    for place, value in [("$.total", body.get("total")), *_step_integers(exchange)]:
        if isinstance(value, float) and value.is_integer():
            yield place, f"{value!r} is not written as an integer"


def rounded_integers(exchange: Exchange) -> Iterator[Problem]:
    """Yield integers that went through a float, all of them."""
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
    """Yield the failure code of a success."""
    code = (exchange.success or {}).get("error_code")
    if isinstance(code, str) and is_failure_code(code):
        yield "$.error_code", f"a 200 carries the failure code {code}"


def error_body(exchange: Exchange) -> Iterator[Problem]:
    """Yield what a refusal does not say."""
    body = exchange.json if isinstance(exchange.json, dict) else {}
    for name in ("error_code", "error_msg"):
        value = body.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            yield f"$.{name} of {exchange.status}", f"a refusal has no {name}"
    code = body.get("error_code")
    if isinstance(code, str) and code.strip() and not is_failure_code(code):
        yield f"$.error_code of {exchange.status}", f"a refusal has the code of success {code}"


def no_internals(exchange: Exchange) -> Iterator[Problem]:
    """Yield what a refusal says of the program."""
    if found := _INTERNALS.search(exchange.text):
        yield f"answers {exchange.status}", f"a refusal has {found.group()[:60]!r}"


def no_credentials(exchange: Exchange) -> Iterator[Problem]:
    """Yield where an answer repeats what authenticated its request."""
    for place in exchange.leaked:
        yield "", f"{place} of the answer repeats what authenticated the request"


def request_id(exchange: Exchange) -> Iterator[Problem]:
    """Yield a request id that is missing, or another one in the body."""
    if not exchange.request_id.strip():
        yield "X-Request-Id", f"an answer {exchange.status} has no X-Request-Id"
        return
    named = exchange.json.get("request_id") if isinstance(exchange.json, dict) else None
    if isinstance(named, str) and named != exchange.request_id:
        yield "$.request_id", "the body names another request id than the header"


def distinct_keys(exchange: Exchange) -> Iterator[Problem]:
    """Yield keys that one object has twice."""
    for key in exchange.repeated_keys:
        yield f"$..{key}", f"an object has the key {key!r} more than once"


class PlainMessages:
    """Sees messages of which each was written as JSON once more."""

    def __init__(self) -> None:
        self._messages: dict[str, Exchange] = {}
        self._plain = False

    @property
    def enough(self) -> bool:
        """Whether there were enough messages to tell."""
        return len(self._messages) >= _FEWEST_MESSAGES

    def see(self, exchange: Exchange) -> None:
        """Take in the messages of an answer."""
        for step in exchange.steps:
            message = step.get("message")
            if isinstance(message, str) and message and len(self._messages) < _MOST_MESSAGES:
                self._plain |= not _is_json_text(message)
                self._messages.setdefault(message, exchange)

    def problems(self) -> Iterator[tuple[str, str, Exchange]]:
        """Yield the first message, if all are such."""
        if self.enough and not self._plain:
            message, exchange = next(iter(self._messages.items()))
            yield "$.data[].message", f"{message[:60]} is JSON, as each message is", exchange


class Subject(enum.Enum):
    """What a check looks at."""

    STEPS = enum.auto()
    SUCCESS = enum.auto()
    REFUSAL = enum.auto()
    JSON = enum.auto()
    ERROR = enum.auto()
    ANY = enum.auto()


def subjects_of(exchange: Exchange) -> set[Subject]:
    """Return what an answer is."""
    found = {Subject.ANY}
    if exchange.is_error:
        found.add(Subject.ERROR)
    if exchange.method == "GET" or isinstance(exchange.json, dict):
        found.add(Subject.JSON)
    if exchange.success is not None:
        found.add(Subject.SUCCESS)
    if exchange.steps:
        found.add(Subject.STEPS)
    if exchange.method == "GET" and exchange.is_error and isinstance(exchange.json, dict):
        found.add(Subject.REFUSAL)
    return found


CHECKS: dict[str, tuple[Subject, Check]] = {
    "data-and-total": (Subject.SUCCESS, data_and_total),
    "total-not-negative": (Subject.SUCCESS, total_not_negative),
    "step-ids": (Subject.STEPS, step_ids),
    "step-texts": (Subject.STEPS, step_texts),
    "step-parameters": (Subject.STEPS, step_parameters),
    "step-times": (Subject.STEPS, step_times),
    "milliseconds": (Subject.STEPS, milliseconds),
    "exact-integers": (Subject.SUCCESS, exact_integers),
    "rounded-integers": (Subject.STEPS, rounded_integers),
    "distinct-keys": (Subject.JSON, distinct_keys),
    "no-failure-in-success": (Subject.SUCCESS, no_failure_in_success),
    "error-body": (Subject.REFUSAL, error_body),
    "no-internals": (Subject.ERROR, no_internals),
    "no-credentials": (Subject.ANY, no_credentials),
    "request-id": (Subject.JSON, request_id),
}
"""The check of each name, and what it looks at."""

MANY: dict[str, Callable[[], PlainMessages]] = {"plain-messages": PlainMessages}
"""Checks that only many answers together show."""


def _is_json_text(message: str) -> bool:
    if not (message.startswith('"') and message.endswith('"')):
        return False
    try:
        return isinstance(json.loads(message), str)
    except ValueError:
        return False


def _unit(value: int) -> str | None:
    return next((unit for unit, values in _OTHER_UNITS.items() if value in values), None)


def _step_integers(exchange: Exchange) -> Iterator[tuple[str, Json]]:
    for step in exchange.steps:
        for name in _INTEGERS:
            yield f"$.data[].{name}", step.get(name)


def _went_through_floats(values: list[int]) -> bool:
    """Tell numbers that were rounded to floats from ids whose last bits are a counter at zero."""
    steps = {value: int(math.ulp(float(value))) for value in values}
    exact = all(value % step == 0 for value, step in steps.items())
    return exact and any(value // step % 2 for value, step in steps.items())
