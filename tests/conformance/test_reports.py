"""The reports: complete, well-formed, and without a secret."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from importlib.metadata import version
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from coc_steps import AuthToken
from coc_steps.conformance import Kind, Report, catalogue, conform, write_reports
from coc_steps.mock import serve

from .mutants import MUTANTS

if TYPE_CHECKING:
    from pathlib import Path

TICKET = "EX-1"


@pytest.fixture(scope="module")
def found() -> tuple[Report, str]:
    """A report of a server that repeats the token, and the token."""
    with serve(**MUTANTS["credential-in-header"].options) as mock:
        tickets = [name for name, count in mock.tickets.items() if count == 1]
        token = AuthToken(mock.token)
        report = conform(mock.base_url, [*tickets, "EX<&>\x07"], credentials=token, max_examples=3)
        return report, mock.token


class Tags(HTMLParser):
    """Knows the tags that are open, and what was fetched from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_files(found: tuple[Report, str], tmp_path: Path) -> None:
    report, token = found
    paths = write_reports(report, tmp_path / "new" / "reports")
    assert [path.name for path in paths] == ["report.json", "report.xml", "report.html"]
    for path in paths:
        text = path.read_text("utf-8")
        assert token not in text
        assert "no-credentials" in text
        assert "EX" in text


def test_json(found: tuple[Report, str], tmp_path: Path) -> None:
    report, _ = found
    said = json.loads(write_reports(report, tmp_path)[0].read_text("utf-8"))
    assert (said["verdict"], said["exit_code"], said["profile"]) == ("failed", 1, "full")
    [finding] = [each for each in said["findings"] if each["check"] == "no-credentials"]
    assert finding["class"] == "expectation"
    assert finding["curl"].startswith("curl --globoff --path-as-is --compressed -H ")
    assert '-H "X-Auth-Token: $COC_AUTH_TOKEN"' in finding["curl"]
    assert finding["count"] > 1
    assert said["doubts"] == report.doubts != []
    unseen = said["coverage"]["fields_never_seen"]
    assert {"$.error_code", "$.error_msg"} <= set(unseen)
    assert "$.data[].execution_step_id" not in unseen
    assert said["coverage"]["parameters"]["offset"] > 1


@pytest.mark.parametrize("fail_on", Kind)
def test_junit(found: tuple[Report, str], tmp_path: Path, fail_on: Kind) -> None:
    report, _ = found
    path = write_reports(report, tmp_path, fail_on=fail_on)[1]
    suite = ElementTree.parse(path).getroot()
    assert [case.get("name") for case in suite] == [
        *(entry.name for entry in catalogue()),
        "conclusive",
    ]
    failed = {case.get("name") for case in suite if case.find("failure") is not None}
    assert failed == {finding.check for finding in report.failing(fail_on)}
    assert ("no-credentials" in failed) is (fail_on is not Kind.VIOLATION)
    assert suite.get("failures") == str(len(failed))
    assert suite.get("errors") == "1"
    times = [float(case.get("time", "")) for case in suite]
    assert len([seconds for seconds in times if seconds]) > 1
    assert sum(times) == pytest.approx(report.seconds, abs=0.1)


def test_html(found: tuple[Report, str], tmp_path: Path) -> None:
    report, _ = found
    text = write_reports(report, tmp_path)[2].read_text("utf-8")
    tags = Tags()
    tags.feed(text)
    assert (tags.open, tags.fetched) == ([], [])
    assert "EX&lt;&amp;&gt;" in text
    assert f"{report.begun:%Y-%m-%d %H:%M:%S} UTC" in text
    assert f"coc-steps {version('coc-steps')}" in text
    [leak] = [each for each in report.findings if each.check == "no-credentials"]
    assert leak.entry.belief in text
    assert f"ticket {leak.execution_id}, " in text
    assert "<EX" not in text


def test_kinds_are_ordered() -> None:
    assert Kind.VIOLATION.fails(Kind.VIOLATION)
    assert Kind.VIOLATION.fails(Kind.DRIFT)
    assert not Kind.DRIFT.fails(Kind.EXPECTATION)


def test_a_passed_report() -> None:
    with serve(tickets={TICKET: 2}) as mock:
        token = AuthToken(mock.token)
        report = conform(mock.base_url, [TICKET], credentials=token, max_examples=3)
    assert str(report) == f"passed: {report.requests} requests to {report.base_url}"
    assert (report.passed, report.counts()) == (True, dict.fromkeys(Kind, 0))
