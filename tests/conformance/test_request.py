"""What class an answer or a request is: the page, an assumption of ours, or nothing to blame."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from coc_steps.conformance import Exchange, Kind, Profile, Report
from coc_steps.conformance._checks.answers import Answers
from coc_steps.conformance._checks.requests import is_valid, wrong_value
from coc_steps.conformance._fuzzing.description import packaged
from coc_steps.conformance._fuzzing.engine import Validator
from coc_steps.conformance._report.model import Findings
from vendor_example import EXECUTIONS

if TYPE_CHECKING:
    from coc_steps.conformance import Finding

STEP = {"execution_step_id": "a", "name": "n"}


def exchange(
    status: int = 200, body: object = None, *, query: str = "", method: str = "GET", **headers: str
) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    given = {"content-type": "application/json", "x-request-id": "r"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"http://127.0.0.1{EXECUTIONS}/EX1/steps?{query}"
    return Exchange(method, url, {}, status, given, raw)


def found(answer: Exchange) -> list[tuple[Kind, str]]:
    """What holding an answer against the description finds: class and place."""
    return [(each.kind, each.place) for each in Validator(packaged()).findings(answer)]


def judged(*answers: Exchange) -> list[Finding]:
    """What a run finds in answers."""
    report = Report("http://127.0.0.1", ["EX1"], Profile.FULL, 1, Findings())
    judge = Answers(report, packaged())
    for answer in answers:
        judge.see(answer)
    judge.finish()
    return list(report.findings)


@pytest.mark.parametrize(
    ("answer", "kind", "place"),
    [
        (exchange(200, {"data": {}}), Kind.VIOLATION, "$.data"),
        (exchange(200, {"data": [STEP, {"name": 1}]}), Kind.VIOLATION, "$.data[].name"),
        (exchange(200, {"data": [{"id": "1"}]}), Kind.EXPECTATION, "$.data[].id"),
        (exchange(200, {"total": 1.5}), Kind.VIOLATION, "$.total"),
        (exchange(200, {"total": 2**63}), Kind.VIOLATION, "$.total"),
        (exchange(200, b"<html>"), Kind.VIOLATION, "answers 200"),
        (exchange(200, b'{"total": NaN}'), Kind.VIOLATION, "answers 200"),
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
        exchange(200, b'{"data": [{"name": "half \\ud83d"}], "total": 1}'),
        exchange(400, {"error_code": None}),
    ],
)
def test_answers_of_an_honest_server(answer: Exchange) -> None:
    assert found(answer) == []


@pytest.mark.parametrize("depth", [150, 500, 100_000])
def test_what_nests_deeply_is_judged_like_all_else(depth: int) -> None:
    body = b'{"data": [], "total": 0, "error_msg": ' + b"[" * depth + b"]" * depth + b"}"
    assert "response_schema_conformance" in {each.check for each in judged(exchange(200, body))}


@pytest.mark.parametrize(
    "answer",
    [
        exchange(503, b"<html>", content_type="text/html"),
        exchange(429, b"slow down", content_type="text/plain"),
        exchange(502, {"message": "bad gateway"}),
    ],
)
def test_who_stands_in_front_is_not_judged(answer: Exchange) -> None:
    assert judged(answer) == []


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("limit=ten", Kind.VIOLATION),
        ("limit=1.5", Kind.VIOLATION),
        ("limit=5x", Kind.VIOLATION),
        ("limit=0x10", Kind.EXPECTATION),
        ("limit=1e1", Kind.EXPECTATION),
        ("limit=2.0", Kind.EXPECTATION),
        ("limit=1_0", Kind.EXPECTATION),
        ("limit=", None),
        ("limit=-1", Kind.EXPECTATION),
        ("offset=-2.0", Kind.EXPECTATION),
        ("limit=2147483648", None),
        ("limit=0", None),
        ("limit=5", None),
        ("limit=%2B5", None),
        ("offset=null", Kind.VIOLATION),
        ("offset=Infinity", Kind.VIOLATION),
        (f"offset={'9' * 5000}", Kind.VIOLATION),
        ("offset=9223372036854775808", None),
        ("offset=9223372036854775807", None),
        ("execution_step_id_list=", None),
        ("execution_step_id_list=a&execution_step_id_list=", None),
        ("limit=5&limit=x", None),
        ("colour=red", None),
    ],
)
def test_invalid_values_that_were_accepted(query: str, kind: Kind | None) -> None:
    answer = exchange(200, {"data": [], "total": 0}, query=query)
    got = [(each.check, each.kind, each.place) for each in judged(answer)]
    name = query.partition("=")[0]
    assert got == ([("negative_data_rejection", kind, f"query.{name}")] if kind else [])


def test_a_failure_code_is_a_refusal_as_well() -> None:
    body: dict[str, object] = {"data": [], "total": 0, "error_code": "COC.00010002"}
    answer = exchange(200, body, query="limit=ten")
    assert [each.check for each in judged(answer)] == ["no-failure-in-success"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", True),
        ("limit=1&offset=0", True),
        ("limit=2147483647&offset=9223372036854775807&execution_step_id_list=a", True),
        ("limit=0", False),
        ("limit=01", False),
        ("limit=%EF%BC%91", False),
        ("limit=1&limit=2", False),
        ("offset=-1", False),
        ("execution_step_id_list=", False),
        ("execution_step_id_list=%FF", False),
        ("colour=red", False),
    ],
)
def test_valid_requests(query: str, expected: bool) -> None:
    assert is_valid(exchange(query=query), ["EX1"]) is expected
    assert not is_valid(exchange(query=query), ["EX2"])
    assert not is_valid(exchange(query=query, method="POST"), ["EX1"])


def test_parameters_that_nobody_documents_are_not_judged() -> None:
    assert wrong_value("colour", "red") is None


@pytest.mark.parametrize(
    ("query", "kind"), [("limit=5", Kind.VIOLATION), ("limit=x", Kind.EXPECTATION)]
)
def test_a_crash_is_as_bad_as_its_request_is_valid(query: str, kind: Kind) -> None:
    crash = exchange(500, {"error_code": "c", "error_msg": "m"}, query=query)
    alive = exchange(200, {"data": [], "total": 0}, query="offset=1", x_request_id="q")
    assert [(each.check, each.kind) for each in judged(alive, crash)] == [
        ("not_a_server_error", kind)
    ]
    # A server that answers nothing else is out of order.
    assert judged(crash) == []


@pytest.mark.parametrize(
    ("status", "count"), [(200, 1), (302, 1), (500, 1), (400, 0), (404, 0), (405, 0), (501, 0)]
)
def test_other_methods(status: int, count: int) -> None:
    refusal = exchange(status, b"no", method="POST", content_type="text/plain")
    found = judged(refusal)
    assert [(each.check, each.place) for each in found] == [("unsupported_method", "POST")] * count
