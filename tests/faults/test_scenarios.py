"""Every scenario of the table, all four ways, over a real socket."""

from __future__ import annotations

import threading
import time
import traceback
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from coc_steps import ApiError, AuthenticationError, CocError, ResponseFormatError

from . import faults
from .pages import IDS
from .scenarios import PAGES, SCENARIOS, Place, Scenario
from .walks import SECRET_KEY, SECURITY_TOKEN, WAYS, Outcome, Stage, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .faults import Fails

pytestmark = pytest.mark.timeout(20)

SLACK_SECONDS = 2.0
"""How much longer than its timeouts a walk may take on a busy machine (seconds)."""


# Each scenario one way, each way a quarter of them; the rest is for `make test-all`.
CASES = [
    pytest.param(
        scenario,
        way,
        id=f"{way}-{scenario.name}",
        marks=() if (i + i // 4 + j) % len(WAYS) == 0 else pytest.mark.exhaustive,
    )
    for i, scenario in enumerate(SCENARIOS)
    for j, way in enumerate(WAYS)
]


@pytest.fixture
def stage(scenario: Scenario, way: Way) -> Iterator[Stage]:
    before = set(threading.enumerate())
    with Stage(scenario, way) as stage:
        yield stage
    for thread in set(threading.enumerate()) - before:
        thread.join(5)  # those of an iterator end once it is closed, without being waited for
    assert set(threading.enumerate()) == before


@pytest.mark.parametrize(("scenario", "way"), CASES)
def test_scenario(stage: Stage, scenario: Scenario, way: Way) -> None:
    started = time.monotonic()
    outcome = stage.walker.walk()
    took = time.monotonic() - started

    check_outcome(outcome, scenario, way)
    check_requests(stage, scenario, way)
    assert took < scenario.fault.timeout * (1 + scenario.waits) + SLACK_SECONDS
    assert stage.server.settles(1 + way.prefetch)
    if scenario.fails is not None:
        check_that_it_goes_on(stage, scenario, outcome)
    assert stage.elsewhere.accepted == 0

    stage.close()
    assert stage.server.settles(), "a connection is still open after the client was closed"


def check_outcome(outcome: Outcome, scenario: Scenario, way: Way) -> None:
    if scenario.fails is None:
        if outcome.error is not None:
            raise outcome.error
        assert outcome.ids == IDS[: scenario.steps]
        return
    count = len(outcome.ids)
    assert outcome.ids == IDS[:count]
    if scenario.silences and way.prefetch:
        assert count <= scenario.place.resume
    else:
        assert count == scenario.place.resume
    assert outcome.error is not None, "no error"
    check_error(outcome.error, scenario.fails)
    assert outcome.error.offset == count
    check_secrets(outcome.error)


def check_error(error: CocError, fails: Fails) -> None:
    assert type(error) is fails.error, repr(error)
    assert fails.mentions in str(error)
    if isinstance(error, ApiError | ResponseFormatError):
        assert error.request_id == fails.request_id
        assert (fails.request_id or "") in str(error)
    if isinstance(error, ApiError):
        assert (error.status_code, error.error_code) == (fails.status_code, fails.error_code)
        expected = fails.retry_after
        assert error.retry_after == (expected and pytest.approx(expected, abs=3))


def check_secrets(error: CocError) -> None:
    text = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    for secret in (SECRET_KEY, SECURITY_TOKEN, "Signature="):
        assert secret not in text


def check_requests(stage: Stage, scenario: Scenario, way: Way) -> None:
    requests = stage.server.requests
    assert all("x-sdk-date" in request.headers for request in requests)
    if not scenario.counted:
        return
    assert len(stage.waits) == scenario.waits
    assert all(wait >= scenario.fault.waits for wait in stage.waits)
    if scenario.fails is not None and way.prefetch and scenario.place is not Place.FIRST:
        # Pages after the one that fails may have been asked for, each of them once.
        assert stage.script.hits == 1 + scenario.waits
        assert len(requests) <= PAGES + scenario.waits
    else:
        assert len(requests) == scenario.requests


def check_that_it_goes_on(stage: Stage, scenario: Scenario, outcome: Outcome) -> None:
    """The same client, with a server that is well again, gets what is missing and no more."""
    assert outcome.error is not None
    stage.heal()
    if scenario.silences:
        check_that_it_is_silent(stage)
        return
    rest = stage.walker.walk(offset=outcome.error.offset or 0)
    assert (outcome.ids + rest.ids, rest.error) == (IDS, None)


def check_that_it_is_silent(stage: Stage) -> None:
    """After a 401 the vendor counts failures and locks the key: nothing more than was in flight."""
    again = stage.walker.walk()
    assert again.ids == []
    assert type(again.error) is AuthenticationError
    stage.close()
    assert stage.server.settles()
    offsets = Counter(request.number("offset", 0) for request in stage.server.requests)
    assert max(offsets.values()) == 1


def test_the_names_are_unique() -> None:
    names = Counter(scenario.name for scenario in SCENARIOS)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_fault_has_a_scenario() -> None:
    groups = (faults.BROKEN, faults.SLOW, faults.BUSY, faults.REFUSED, faults.MISSHAPEN)
    placed = {scenario.fault.name for scenario in SCENARIOS}
    assert {fault.name for group in groups for fault in group} <= placed
