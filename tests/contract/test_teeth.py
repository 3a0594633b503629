"""The run finds what is broken: each mock here breaks the contract in a known way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from coc_steps.mock import Refusal, Service, serve

from .runner import TokenAuth, require_clean, require_successes, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Answer, Handler, Request, Step

    from .runner import Outcome


def outcome_of(phase: str, **options: Any) -> Outcome:
    with serve(**options) as mock:
        tickets = [name for name, count in mock.tickets.items() if 0 < count <= 23]
        return run(mock, TokenAuth, tickets=tickets, phases=[phase])


class WrongType(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"start_time": str(step["start_time"])}


class Crash(Service):
    def render_step(self, step: Step) -> Step:
        raise Refusal(500, "APIGW.0601", f"The server crashed at {step['name']}.")


class Careless(Service):
    """Forgets Allow, and takes a negative offset for a positive one."""

    def check_method(self, method: str) -> None:
        if method != "GET":
            raise Refusal(405, "APIGW.0501", "The method is not supported.")

    def parse_offset(self, values: Sequence[str]) -> int:
        return super().parse_offset([value.removeprefix("-") for value in values])


@pytest.mark.parametrize(
    ("service", "phase", "checks"),
    [
        (WrongType, "examples", {"response_schema_conformance"}),
        (Crash, "examples", {"not_a_server_error", "positive_data_acceptance"}),
        (Careless, "coverage", {"unsupported_method", "negative_data_rejection"}),
    ],
)
def test_a_broken_mock_is_found(service: type[Service], phase: str, checks: set[str]) -> None:
    outcome = outcome_of(phase, service=service)
    assert {name for name, _ in outcome.failures} == checks
    with pytest.raises(AssertionError):
        require_clean(outcome)


def test_a_run_that_was_throttled_shows_nothing() -> None:
    def throttle_three_of_four(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            if request.number % 4:
                return Refusal(429, "APIGW.0308", "Too many requests.").answer(request)
            return handler(request)

        return handle

    outcome = outcome_of("fuzzing", faults=[throttle_three_of_four])
    with pytest.raises(AssertionError, match="succeeded"):
        require_successes(outcome)


def test_a_run_without_cases_shows_nothing() -> None:
    with serve() as mock, pytest.raises(AssertionError):
        require_successes(run(mock, TokenAuth, phases=[]))
