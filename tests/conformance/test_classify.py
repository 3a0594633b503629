"""What class a failure of schemathesis is: the page, an assumption of ours, or nothing to blame."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps.conformance import Exchange, Kind
from coc_steps.conformance._fuzzing.classify import classify
from coc_steps.conformance._fuzzing.engine import Validator
from schemathesis.core.failures import AcceptedNegativeData, ServerError
from schemathesis.openapi.checks import (
    AllowHeaderMismatch,
    AuthScenario,
    IgnoredAuth,
    RejectedPositiveData,
    UnsupportedMethodResponse,
)

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure

OPERATION = "GET /v1/executions/{execution_id}/steps"
STEP = {"execution_step_id": "a", "name": "n"}


def exchange(
    status: int = 200, body: object = None, *, query: str = "", method: str = "GET", **headers: str
) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    given = {"content-type": "application/json", "x-request-id": "r"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"http://127.0.0.1/v1/executions/EX1/steps?{query}"
    return Exchange(method, url, {}, status, given, raw)


def found(answer: Exchange) -> list[tuple[Kind, str]]:
    """What holding an answer against the description finds: class and place."""
    return [(finding.kind, finding.place) for finding in Validator().findings(answer)]


@pytest.mark.parametrize(
    ("answer", "kind", "place"),
    [
        (exchange(200, {"data": {}}), Kind.VIOLATION, "$.data"),
        (exchange(200, {"data": [STEP, {"name": 1}]}), Kind.VIOLATION, "$.data[].name"),
        (exchange(200, {"data": [{"id": "1"}]}), Kind.EXPECTATION, "$.data[].id"),
        (exchange(200, {"total": 1.5}), Kind.VIOLATION, "$.total"),
        (exchange(200, {"total": 2**63}), Kind.VIOLATION, "$.total"),
        (exchange(200, b"<html>"), Kind.VIOLATION, "answers 200"),
        (exchange(200, {}, content_type="text/html"), Kind.VIOLATION, "answers 200"),
        (exchange(400, {"error_code": 7}), Kind.VIOLATION, "$.error_code of 400"),
        (exchange(401, {"error_code": 7}), Kind.EXPECTATION, "$.error_code of 401"),
        (exchange(403, b"no"), Kind.EXPECTATION, "answers 403"),
        (exchange(418, b"no"), Kind.DRIFT, "answers 418"),
        (exchange(302, b""), Kind.VIOLATION, "answers 302"),
        (exchange(206, {"data": []}), Kind.VIOLATION, "answers 206"),
    ],
)
def test_answers(answer: Exchange, kind: Kind, place: str) -> None:
    assert found(answer) == [(kind, place)]


@pytest.mark.parametrize(
    "answer",
    [
        exchange(200, {"data": [STEP], "total": 1, "error_code": "COC.00000000"}),
        exchange(200, {}, content_type="Application/JSON; charset=utf-8"),
        exchange(400, {"error_code": None}),
        # What is between here and there may say so in any way.
        exchange(503, b"<html>", content_type="text/html"),
        exchange(429, b"slow down", content_type="text/plain"),
    ],
)
def test_answers_of_an_honest_server(answer: Exchange) -> None:
    assert found(answer) == []


def classes(failure: Failure, answer: Exchange) -> tuple[Kind, str] | None:
    finding = classify("a check", failure, answer)
    return (finding.kind, finding.place) if finding else None


def accepted() -> AcceptedNegativeData:
    return AcceptedNegativeData(
        operation=OPERATION, message="", status_code=200, expected_statuses=["400"]
    )


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("limit=ten", Kind.VIOLATION),
        ("limit=1.5", Kind.VIOLATION),
        ("limit=", Kind.EXPECTATION),
        ("limit=-1", Kind.EXPECTATION),
        ("limit=2147483648", Kind.EXPECTATION),
        ("limit=0", None),
        ("limit=5", None),
        ("offset=null", Kind.VIOLATION),
        ("offset=9223372036854775808", Kind.EXPECTATION),
        ("offset=9223372036854775807", None),
        ("execution_step_id_list=", Kind.EXPECTATION),
        ("execution_step_id_list=a&execution_step_id_list=", Kind.EXPECTATION),
        ("execution_step_id_list=a&colour=red", None),
    ],
)
def test_invalid_values_that_were_accepted(query: str, kind: Kind | None) -> None:
    got = classes(accepted(), exchange(query=query))
    assert got == (kind and (kind, f"query.{query.partition('=')[0]}"))


@pytest.mark.parametrize(
    ("status", "query", "expected"),
    [
        (400, "offset=3", (Kind.VIOLATION, "query.offset")),
        (400, "limit=100&offset=3", (Kind.VIOLATION, "query.limit")),
        (400, "limit=101", None),
        (404, "limit=101", (Kind.VIOLATION, "query.limit")),
        (400, "", (Kind.VIOLATION, "query")),
        (400, "execution_step_id_list=a", (Kind.EXPECTATION, "query.execution_step_id_list")),
        # A crash is the finding of another check, an outage none.
        (500, "offset=3", None),
        (503, "offset=3", None),
    ],
)
def test_valid_values_that_were_refused(
    status: int, query: str, expected: tuple[Kind, str] | None
) -> None:
    failure = RejectedPositiveData(
        operation=OPERATION, message="", status_code=status, allowed_statuses=["2xx"]
    )
    assert classes(failure, exchange(status, query=query)) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, Kind.EXPECTATION), (302, Kind.EXPECTATION), (500, Kind.EXPECTATION)]
    + [(status, None) for status in (400, 403, 404, 405, 501)],
)
def test_other_methods(status: int, expected: Kind | None) -> None:
    failure = UnsupportedMethodResponse(
        operation=OPERATION,
        method="POST",
        status_code=status,
        failure_reason="wrong_status",
        message="",
    )
    got = classes(failure, exchange(status, method="POST"))
    assert got == (expected and (expected, "POST"))


def test_other_failures() -> None:
    anyone: dict[str, Any] = {"operation": OPERATION, "message": ""}
    crash = ServerError(**anyone, status_code=500)
    assert classes(crash, exchange(500)) == (Kind.EXPECTATION, "answers 500")
    assert classes(crash, exchange(502)) is None
    assert classes(crash, exchange(500, method="POST")) is None
    ignored = IgnoredAuth(**anyone, scenario=AuthScenario.NO_AUTH)
    finding = classify("ignored_auth", ignored, exchange())
    assert finding is not None
    assert (finding.kind, finding.check) == (Kind.EXPECTATION, "credentials-required")
    allow = AllowHeaderMismatch(
        **anyone, allow_header="GET, HEAD", missing_methods=[], undocumented_methods=["HEAD"]
    )
    assert classes(allow, exchange(405)) is None
