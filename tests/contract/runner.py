"""Runs schemathesis on the packaged description against a served mock, and keeps count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import schemathesis
import yaml
from coc_steps._signer import DATE_FORMAT, DATE_HEADER, authorization
from requests.auth import AuthBase
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from coc_steps.mock import MockServer, Step
    from requests import PreparedRequest
    from schemathesis.engine.recorder import ScenarioRecorder

PHASES = ("examples", "coverage", "fuzzing")
# Of the cases with valid data and a valid ticket, an honest mock refuses only the few that are sent
# with bad credentials on purpose (3 of about 40). Schemathesis itself is content with any number of
# 429s, so a run below this share has shown nothing.
SUCCESS_FLOOR = 0.75


class TokenAuth(AuthBase):
    """Sends the mock's token."""

    def __init__(self, mock: MockServer) -> None:
        self.token = mock.token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["X-Auth-Token"] = self.token
        return request


class SignatureAuth(AuthBase):
    """Signs each request with the mock's keys, at the time it is sent."""

    def __init__(self, mock: MockServer) -> None:
        self.keys = {"access_key": mock.access_key, "secret_key": mock.secret_key}

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        date = datetime.now(UTC).strftime(DATE_FORMAT)
        request.headers[DATE_HEADER] = date
        request.headers["Authorization"] = authorization(
            **self.keys,
            method=str(request.method),
            target=request.path_url,
            headers={DATE_HEADER: date, "Host": urlsplit(str(request.url)).netloc},
        )
        return request


@dataclass
class Outcome:
    """What a run did: cases by data (positive or negative) and status, and what it found."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        by_status: Counter[int] = Counter()
        for (_, status), count in self.statuses.items():
            by_status[status] += count
        counts = ", ".join(f"{status}: {count}" for status, count in sorted(by_status.items()))
        found = sum(self.failures.values()) + len(self.errors)
        return f"{by_status.total()} cases ({counts}), {found} findings"

    def add(self, recorder: ScenarioRecorder) -> None:
        for case_id, interaction in recorder.interactions.items():
            meta = recorder.cases[case_id].value.meta
            data = meta.generation.mode.value if meta else "unknown"
            status = interaction.response.status_code if interaction.response else 0
            self.statuses[data, status] += 1
        for nodes in recorder.checks.values():
            for node in nodes:
                if node.failure_info:
                    self.failures[node.name, node.failure_info.failure.title] += 1


def run(
    mock: MockServer,
    auth: type[AuthBase],
    *,
    tickets: Collection[str] = (),
    phases: Collection[str] = PHASES,
    seed: int = 1,
) -> Outcome:
    """Run all default checks; ids are generated unless tickets are given."""
    spec = description()
    if tickets:
        pin(spec, {name: mock.steps(name) for name in tickets})
    config = _config(mock.base_url, phases, seed, pinned=bool(tickets))
    schema = schemathesis.openapi.from_dict(spec, config=config)
    schema.auth.set_from_requests(auth(mock))  # type: ignore[call-arg] # its annotation says AuthBase
    outcome = Outcome()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            outcome.add(event.recorder)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            outcome.errors.append(repr(event))
    return outcome


def require_clean(outcome: Outcome) -> None:
    """Fail if the run found anything, or could not run."""
    assert not outcome.failures
    assert not outcome.errors


def require_successes(outcome: Outcome) -> None:
    """Fail if too few of the cases that should succeed did."""
    positive = Counter({key: n for key, n in outcome.statuses.items() if key[0] == "positive"})
    successes, cases = positive["positive", 200], positive.total()
    assert successes >= SUCCESS_FLOOR * cases > 0, f"only {successes} of {cases} succeeded"


def description() -> dict[str, Any]:
    """Give the packaged description."""
    text = files("coc_steps_api").joinpath("openapi.yaml").read_text(encoding="utf-8")
    spec: dict[str, Any] = yaml.safe_load(text)
    return spec


def pin(spec: dict[str, Any], tickets: Mapping[str, Sequence[Step]]) -> None:
    """Make the ids of tickets the only valid ones, and some of their steps the examples.

    An `enum` is the way of pinning that the coverage phase respects, too.
    """
    operation = spec["paths"]["/v1/executions/{execution_id}/steps"]["get"]
    parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
    parameters["execution_id"]["schema"]["enum"] = list(tickets)
    parameters["execution_id"]["examples"] = {name: {"value": name} for name in tickets}
    ids = [step["execution_step_id"] for steps in tickets.values() for step in steps[:3]]
    parameters["execution_step_id_list"]["examples"] = {"known": {"value": ids}}


def _config(
    base_url: str, phases: Collection[str], seed: int, *, pinned: bool
) -> SchemathesisConfig:
    # By default 429 and 5xx are fine for valid data, too. An id that nobody knows is rightly
    # refused with 400, though it is as valid as any.
    accepted = ["2xx"] if pinned else ["2xx", "400"]
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "base-url": base_url,
            "continue-on-failure": True,
            "generation": {"max-examples": 100, "database": "none", "no-shrink": True},
            "checks": {"positive_data_acceptance": {"expected-statuses": accepted}},
            "phases": {name: {"enabled": name in phases} for name in (*PHASES, "stateful")},
        }
    )
