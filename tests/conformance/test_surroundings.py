"""What other people's surroundings do to a run: balancers, budgets, odd texts, hanging servers."""

# junitparser has no annotations.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from coc_steps import AuthToken
from coc_steps.conformance import Kind, Profile, Report, catalogue, conform, write_reports
from coc_steps.mock import Answer, Application, Refusal, Service, Step, run_app, serve
from junitparser import Failure, JUnitXml

from .servers import Edited

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from coc_steps.mock import Fault, Handler, Request
    from starlette.types import Receive, Scope, Send

    from .servers import Options

TICKET = "EX20250701210145019abcd"
LONG = 2**53
NAMES = [entry.name for entry in catalogue()]


def check(options: Options | None = None, **arguments: Any) -> Report:
    """Check a mock with few examples."""
    asked: Options = {"tickets": {TICKET: 23}}
    asked.update(options or {})
    with serve(**asked) as mock:
        given: dict[str, Any] = {
            "credentials": AuthToken(mock.token),
            "max_examples": 10,
            **arguments,
        }
        return conform(mock.base_url, tuple(mock.tickets), **given)


def found(report: Report) -> list[tuple[str, str, str]]:
    return [(each.kind.value, each.check, each.place) for each in report.findings]


def each(number: int, status: int) -> Fault:
    """Let a balancer answer one request in so many with its own page."""

    def fault(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            answer = handler(request)
            if request.number % number == 0:
                html = {"Content-Type": "text/html", "X-Request-Id": None}
                return Answer(status, b"<html>Sorry</html>", html)
            return answer

        return handle

    return fault


@pytest.mark.parametrize("status", [200, 404, 502, 503])
def test_a_balancer_is_not_the_service(status: int) -> None:
    report = check({"faults": [each(40, status)]})
    assert report.verdict() == "passed", str(report)
    assert any("in front of the service" in note for note in report.notes)


def test_a_balancer_that_answers_most_is_nothing_to_judge_by() -> None:
    report = check({"faults": [each(1, 200)]})
    assert (report.verdict(), found(report)) == ("inconclusive", [])


class UpTo53Bits(Service):
    """Reads numbers as JavaScript does: up to the first letter, and not beyond 2^53."""

    def parse_offset(self, values: Any) -> int:
        offset = super().parse_offset(values)
        if offset > LONG:
            raise Refusal(400, "COC.00010002", "The offset is not valid.")
        return offset

    def parse_limit(self, values: Any) -> int:
        return super().parse_limit([re.sub(r"(?<=\d)[a-z].*", "", one) for one in values])


def test_the_same_fault_is_the_same_finding_whatever_the_seed() -> None:
    outcomes = [found(check({"service": UpTo53Bits}, seed=seed)) for seed in range(1, 6)]
    assert (
        outcomes
        == [
            [
                ("violation", "positive_data_acceptance", "query.offset"),
                ("violation", "negative_data_rejection", "query.limit"),
            ]
        ]
        * 5
    )


def test_the_seed_alone_decides_what_is_sent(tmp_path: Path) -> None:
    """Constants of the calling program are none of its business, and no folder stays behind."""
    (tmp_path / "caller.py").write_text(
        "import json\n"
        "from coc_steps import AuthToken\n"
        "from coc_steps.conformance import conform\n"
        "from coc_steps.mock import serve\n"
        "ODD = (987654321, 'a text that nobody else has', 0.123456)\n"
        f"with serve(tickets={{'{TICKET}': 3}}) as mock:\n"
        f"    conform(mock.base_url, ['{TICKET}'], credentials=AuthToken(mock.token))\n"
        "    print(json.dumps([[each.method, each.target] for each in mock.requests]))\n"
    )
    sent = subprocess.run(
        [sys.executable, "caller.py"], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    with serve(tickets={TICKET: 3}) as mock:
        conform(mock.base_url, [TICKET], credentials=AuthToken(mock.token))
        here = [[each.method, each.target] for each in mock.requests]
    assert without_tokens(json.loads(sent)) == without_tokens(here)
    assert [path.name for path in tmp_path.iterdir()] == ["caller.py"]


def without_tokens(requests: list[list[str]]) -> list[list[str]]:
    return [[method, target.partition("oken=")[0]] for method, target in requests]


@pytest.mark.parametrize(("count", "steps"), [(1, 700), (4, 250), (10, 300)])
def test_a_live_run_on_honest_tickets_ends_with_a_verdict(count: int, steps: int) -> None:
    tickets = {f"EX2025070121014501{number:04}": steps for number in range(count)}
    with serve(tickets=tickets) as mock:
        report = conform(
            mock.base_url,
            tickets,
            credentials=AuthToken(mock.token),
            profile=Profile.LIVE,
            rate=10_000,
        )
    assert report.verdict() == "passed", str(report)
    assert report.requests <= 300
    left_out = [note for note in report.notes if "left out for the limit of 300" in note]
    assert len(left_out) == (count > 1)


def test_what_the_budget_leaves_room_for_is_still_found() -> None:
    class LosesOne(Service):
        def window(self, steps: Any, query: Any) -> Any:
            return [step for step in super().window(steps, query) if step is not steps[150]]

    tickets = {f"EX{number}": 300 for number in range(10)}
    with serve(tickets=tickets, service=LosesOne) as mock:
        report = conform(
            mock.base_url,
            tickets,
            credentials=AuthToken(mock.token),
            profile=Profile.LIVE,
            rate=10_000,
        )
    assert report.verdict(Kind.VIOLATION) == "failed"


def test_a_run_ends_when_its_time_is_over() -> None:
    report = check(max_seconds=0.3)
    assert report.verdict() == "inconclusive"
    assert "the limit of 0.3 seconds was reached" in str(report)
    assert found(report) == []


def test_a_server_that_hangs_on_bad_values_is_left_alone() -> None:
    app = Application(tickets={TICKET: 23})
    hung: list[bytes] = []

    async def hangs(scope: Scope, receive: Receive, send: Send) -> None:
        if b"=5x" not in scope.get("query_string", b"") and b"=ten" not in scope["query_string"]:
            return await app(scope, receive, send)
        hung.append(scope["query_string"])
        while (await receive())["type"] != "http.disconnect":
            pass
        return None

    with run_app(hangs) as base_url:
        token = AuthToken(app.keys.token)
        report = conform(base_url, [TICKET], credentials=token, max_examples=5, timeout=1)
    assert found(report) == [
        ("expectation", "answers-arrive", "query.limit"),
        ("expectation", "answers-arrive", "query.offset"),
    ]
    assert len(hung) == 5


ODD = [
    "half \ud83d",
    "\x00\x1b[31m",
    "]]><script>alert(1)</script>",
    "%GG %41",
    "a" * 9_000,
    "\u2028",
]


def odd_steps() -> list[Step]:
    """Steps whose texts, and some ids, no file, terminal or URL takes as they are."""
    with serve(tickets={"EX1": len(ODD)}) as mock:
        steps = [dict(step) for step in mock.steps("EX1")]
    for step, text in zip(steps, ODD, strict=True):
        step |= {"name": text, "message": text, "execution_step_id": f"EXS-{text}"}
    return steps


class Page(HTMLParser):
    """Knows the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def refuse(constant: str) -> None:
    raise AssertionError(constant)


def test_no_text_of_a_server_ends_a_run_or_breaks_a_report(tmp_path: Path) -> None:
    class Escapes(Edited):
        """Sends something to report, and escapes what is not ASCII."""

        def edit_success(self, answer: Answer, request: Request) -> None:
            answer.content = json.dumps({**answer.content, "\ud800<b>": 1}).encode()

    report = check({"tickets": {"EX1": odd_steps()}, "service": Escapes})
    assert "the check itself failed" not in str(report)
    assert {each.check for each in report.findings} == {"undocumented-keys"}
    document, junit, page = write_reports(report, tmp_path)
    said = json.loads(document.read_bytes().decode(), parse_constant=refuse)
    said["findings"][0]["body"].encode()
    assert JUnitXml.fromfile(str(junit)).failures == 1
    html = Page()
    html.feed(page.read_bytes().decode())
    assert "script" not in html.tags


def test_junit_is_counted_right_by_others(tmp_path: Path) -> None:
    class Broken(Service):
        def render_step(self, step: Step) -> Step:
            return {**step, "name": None, "action": None, "status": "", "colour": 1}

    report = check({"service": Broken})
    read = JUnitXml.fromfile(str(write_reports(report, tmp_path)[1]))
    assert read.failures == 2
    assert (read.errors, read.skipped) == (0, sum(map(bool, map(report.unjudged, NAMES))))
    assert read.tests == len(catalogue()) + 1
    assert read.time == pytest.approx(report.seconds, abs=0.05)
    cases: list[Any] = [case for suite in read for case in suite]
    results = {case.name: case.result for case in cases}
    failures = {name: result for name, result in results.items() if is_failure(result)}
    assert set(failures) == {"step-texts", "undocumented-keys"}
    assert all(len(result) <= 1 for result in results.values())
    for place in ("$.data[].name", "$.data[].action", "$.data[].status"):
        assert place in str(failures["step-texts"][0].text)


def is_failure(result: list[Any]) -> bool:
    return any(isinstance(each, Failure) for each in result)


def test_nothing_is_passed_that_nobody_judged(tmp_path: Path) -> None:
    report = conform("http://127.0.0.1:1", ["EX1"], credentials=AuthToken("secret"))
    read = JUnitXml.fromfile(str(write_reports(report, tmp_path)[1]))
    assert (read.tests, read.skipped, read.errors) == (len(catalogue()) + 1, len(catalogue()), 1)


def test_reasons_for_what_was_not_judged(tmp_path: Path) -> None:
    with serve(tickets={TICKET: 0}) as mock:
        report = conform(
            mock.base_url,
            [TICKET],
            credentials=AuthToken(mock.token),
            profile=Profile.LIVE,
            rate=10_000,
            skip=["request-id"],
        )
    root = ElementTree.parse(write_reports(report, tmp_path)[1]).getroot()
    reasons = {
        case.get("name"): skipped.get("message")
        for case in root
        if (skipped := case.find("skipped")) is not None
    }
    assert reasons["request-id"] == "left out by --skip"
    assert reasons["unsupported_method"] == "the live profile sends no such requests"
    assert reasons["credentials-required"] == "the live profile sends no such requests"
    assert reasons["filter"] == reasons["step-texts"] == "there was nothing to judge it by"
    assert {"walk", "past-the-end", "unknown-tickets"}.isdisjoint(reasons)


@pytest.mark.parametrize(
    "make", [lambda: RuntimeError("broken \ud83d"), lambda: ValueError("not a number")]
)
def test_an_error_inside_a_run_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[], Exception]
) -> None:
    def breaks(*_arguments: object) -> None:
        raise make()

    monkeypatch.setattr("coc_steps.conformance._judge.unknown_tickets", breaks)
    report = check()
    assert (report.verdict(), found(report)) == ("inconclusive", [])
    assert "the check itself failed; please report it" in str(report)
