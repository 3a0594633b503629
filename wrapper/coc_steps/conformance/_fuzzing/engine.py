"""Schemathesis on the packaged description: what its checks find, in our classes."""

# schemathesis leaves the parameters of its generic classes open.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx
import requests
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.engine import events, from_schema
from schemathesis.engine.run import probes
from schemathesis.openapi.checks import UndefinedContentType, UndefinedStatusCode

from coc_steps.conformance._checks.comparison import ANSWERS
from coc_steps.conformance._report.findings import Finding, broken
from coc_steps.conformance._session.probe import TIMEOUT, page_too_large

from .classify import classify
from .description import PATH, description, packaged, pin

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

    from schemathesis.engine.recorder import CaseNode, ScenarioRecorder

    from coc_steps.conformance._session.exchange import Exchange
    from coc_steps.conformance._session.session import Wire

_PHASES = ("examples", "coverage", "fuzzing")
# HEAD, OPTIONS and TRACE are answered by whatever framework there is, not by the contract.
_OTHER_METHODS = ["POST", "PUT", "PATCH", "DELETE"]
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of schemathesis.

    Attributes:
        base_url: The server.
        seed: The same seed sends the same requests.
        max_examples: The most examples of the fuzzing phase (count).
        tickets: The ids of steps by the id of their ticket; without any, ids are generated.
        valid_only: Whether only GET with valid credentials may be sent.
    """

    base_url: str
    seed: int
    max_examples: int
    tickets: Mapping[str, Iterable[str]] = field(default_factory=dict[str, "Iterable[str]"])
    valid_only: bool = False


@dataclass
class Outcome:
    """What a pass did.

    Attributes:
        accepted: How many cases with valid data were answered with a success (True), or not.
        findings: What it found.
        errors: What kept it from going on.
    """

    accepted: Counter[bool] = field(default_factory=Counter[bool])
    findings: list[Finding] = field(default_factory=list[Finding])
    errors: list[str] = field(default_factory=list[str])

    def trouble(self, event: events.NonFatalError | events.FatalError, wire: Wire) -> None:
        """Take in an error: of the connection, which is a finding, or of anything else."""
        error = event.value if isinstance(event, events.NonFatalError) else event.exception
        if isinstance(error, requests.RequestException):
            self.findings.append(broken(ANSWERS, f"no answer: {type(error).__name__}"))
        else:
            self.errors.append(wire.mask(f"{type(error).__name__}: {error}"))


def run(settings: Pass, wire: Wire, progress: Callable[[], None]) -> Outcome:
    """Run one pass.

    Args:
        settings: What to do.
        wire: What the requests go through.
        progress: Told whenever there is some.

    Raises:
        KeyboardInterrupt: Of Ctrl-C schemathesis makes an event, and ends as if all were done.
    """
    spec = description()
    if settings.tickets:
        pin(spec, settings.tickets)
    schema = schemathesis.openapi.from_dict(spec, config=_config(settings))
    schema.auth.set_from_requests(wire)
    outcome = Outcome()
    with _probing(allowed=not settings.valid_only):
        stream = from_schema(schema).execute()
        for event in stream:
            if isinstance(event, events.ScenarioFinished):
                _add(outcome, event.recorder, wire)
                progress()
            elif isinstance(event, events.NonFatalError | events.FatalError) and not wire.stopped:
                outcome.trouble(event, wire)
            elif isinstance(event, events.Interrupted) and not wire.stopped:
                raise KeyboardInterrupt
            if wire.stopped:
                stream.stop()
    return outcome


@contextmanager
def _probing(*, allowed: bool) -> Generator[None]:
    """Let schemathesis try what the server is capable of, or not.

    It sends these requests without credentials, and has no setting for them; the test of the live
    profile looks at what goes over the wire.
    """
    before = probes.PROBES
    none: Any = ()
    probes.PROBES = before if allowed else none
    try:
        yield
    finally:
        probes.PROBES = before


class Validator:
    """Holds any answer to a GET against the description."""

    def __init__(self) -> None:
        self._operation = schemathesis.openapi.from_dict(description())[PATH]["GET"]
        self._documented = packaged()["paths"][PATH]["get"]["responses"]

    def findings(self, exchange: Exchange) -> Iterator[Finding]:
        """Return what is wrong with an answer."""
        for failure in self._failures(exchange):
            found = classify(failure.checks[0], failure, exchange)
            if found:
                yield found

    def _failures(self, exchange: Exchange) -> Iterator[Failure]:
        label, status = self._operation.label, exchange.status
        if str(status) not in self._documented:
            yield UndefinedStatusCode(
                operation=label,
                status_code=status,
                defined_status_codes=list(self._documented),
                allowed_status_codes=[int(code) for code in self._documented],
                message=f"the answer is {status}",
            )
            return
        content_type = exchange.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().lower() != _JSON:
            yield UndefinedContentType(
                operation=label,
                content_type=content_type,
                defined_content_types=[_JSON],
                message=f"the answer is {content_type or 'without a type'}, not {_JSON}",
            )
        try:
            self._operation.validate_response(_as_response(exchange))
        except FailureGroup as group:
            yield from group.exceptions
        except Failure as failure:
            yield failure


def _add(outcome: Outcome, recorder: ScenarioRecorder, wire: Wire) -> None:
    for case_id in recorder.interactions:
        exchange = _exchange(recorder, case_id, wire)
        if _is_valid(recorder.cases[case_id]) and not page_too_large(exchange):
            outcome.accepted[exchange.status == HTTPStatus.OK] += 1
    for case_id, nodes in recorder.checks.items():
        for node in nodes:
            if node.failure_info is None:
                continue
            failure = node.failure_info.failure
            exchange = _exchange(recorder, failure.case_id or case_id, wire)
            found = classify(node.name, failure, exchange)
            if found:
                outcome.findings.append(found)


def _is_valid(case: CaseNode) -> bool:
    """Return whether a case is a GET with valid data, and with the credentials."""
    # A case with a parent is what a check sent of its own: without credentials, or with wrong ones.
    if case.parent_id or case.value.method != "GET" or case.value.meta is None:
        return False
    return case.value.meta.generation.mode.is_positive


def _exchange(recorder: ScenarioRecorder, case_id: str, wire: Wire) -> Exchange:
    """Return a request of schemathesis and its answer as ours."""
    interaction = recorder.interactions[case_id]
    sent, response = interaction.request, interaction.response
    request = requests.Request(
        sent.method, sent.uri, {name: values[0] for name, values in sent.headers.items()}
    ).prepare()
    if response is None:
        return wire.exchange(request, 0, {}, b"")
    headers = {name: ", ".join(values) for name, values in response.headers.items()}
    return wire.exchange(request, response.status_code, headers, response.content)


def _as_response(exchange: Exchange) -> httpx.Response:
    response = httpx.Response(
        exchange.status,
        # Encoding and length are those of the wire; the body has been decoded.
        headers={"Content-Type": _JSON},
        content=exchange.body,
        request=httpx.Request(exchange.method, exchange.url),
    )
    response.elapsed = timedelta(0)
    return response


def _config(settings: Pass) -> SchemathesisConfig:
    # An id that nobody knows is rightly refused, though it is as valid as any.
    accepted = ["2xx"] if settings.tickets else ["2xx", "4xx"]
    coverage = {"unexpected-methods": [] if settings.valid_only else _OTHER_METHODS}
    phases: dict[str, Any] = {name: {"enabled": True} for name in _PHASES}
    phases["coverage"] |= coverage
    return SchemathesisConfig.from_dict(
        {
            "seed": settings.seed,
            "base-url": settings.base_url,
            "continue-on-failure": True,
            "request-timeout": TIMEOUT,
            "max-redirects": 0,
            "generation": {
                "max-examples": settings.max_examples,
                "database": "none",
                # A run that finds something would take minutes.
                "no-shrink": True,
            },
            "checks": {
                "positive_data_acceptance": {"expected-statuses": accepted},
                "ignored_auth": {"enabled": not settings.valid_only},
            },
            "phases": {**phases, "stateful": {"enabled": False}},
        }
    )
