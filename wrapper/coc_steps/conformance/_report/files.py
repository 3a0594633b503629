"""Reports as files: JSON for programs, JUnit XML for CI, one HTML page for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from coc_steps.conformance._catalogue import catalogue
from coc_steps.conformance._session.exchange import SHOWN

from .findings import Kind
from .html import page

if TYPE_CHECKING:
    from pathlib import Path

    from coc_steps.conformance._session.exchange import Exchange

    from .findings import Finding
    from .model import Report


def write_reports(report: Report, directory: Path, *, fail_on: Kind = Kind.DRIFT) -> list[Path]:
    """Write report.json, report.xml (JUnit) and report.html into a directory, which is made.

    Args:
        report: The report.
        directory: Where to.
        fail_on: The mildest class of findings that counts as a failure.

    Returns:
        The files.

    Raises:
        OSError: They cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.json": json.dumps(as_json(report, fail_on), indent=2, ensure_ascii=False) + "\n",
        "report.xml": _as_junit(report, fail_on),
        "report.html": page(report, fail_on),
    }
    for name, text in texts.items():
        # What a server sends may have lone surrogates, which no file can hold.
        (directory / name).write_bytes(text.encode("utf-8", "backslashreplace"))
    return [directory / name for name in texts]


def as_json(report: Report, fail_on: Kind = Kind.DRIFT) -> dict[str, Any]:
    """Return a report as values for JSON."""
    coverage = report.coverage()
    return {
        "verdict": report.verdict(fail_on),
        "exit_code": report.exit_code(fail_on),
        "fail_on": fail_on,
        "base_url": report.base_url,
        "tickets": list(report.tickets),
        "profile": report.profile,
        "seed": report.seed,
        "requests": report.requests,
        "findings": [_finding_json(finding, report.seed) for finding in report.findings],
        "doubts": report.doubts,
        "notes": report.notes,
        "coverage": {
            "parameters": coverage.parameters,
            "statuses": coverage.statuses,
            "fields_seen": coverage.seen,
            "fields_never_seen": coverage.unseen,
        },
    }


def _finding_json(finding: Finding, seed: int) -> dict[str, Any]:
    return {
        "class": finding.kind,
        "check": finding.check,
        "place": finding.place,
        "message": finding.message,
        "count": finding.count,
        "seed": seed,
        **(_exchange_json(finding.exchange) if finding.exchange else {}),
    }


def _exchange_json(exchange: Exchange) -> dict[str, Any]:
    return {
        "curl": exchange.curl,
        "status": exchange.status,
        "request_id": exchange.request_id,
        "body": exchange.text[:SHOWN],
    }


def _as_junit(report: Report, fail_on: Kind) -> str:
    """Return a report as JUnit XML: a test case for each check, and one for the run as a whole."""
    suite = ElementTree.Element("testsuite", name="coc-steps conform", hostname=report.base_url)
    failing = report.failing(fail_on)
    for entry in catalogue():
        case = ElementTree.SubElement(suite, "testcase", classname=entry.kind, name=entry.name)
        for finding in failing:
            if finding.check == entry.name:
                _add_failure(case, finding, report.seed)
    run = ElementTree.SubElement(suite, "testcase", classname="run", name="conclusive")
    if report.doubts:
        ElementTree.SubElement(run, "error", message=_xml_text("; ".join(report.doubts)))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in suite)))
    suite.set("errors", str(len(run)))
    ElementTree.indent(suite)
    declaration = '<?xml version="1.0" encoding="utf-8"?>\n'
    return f"{declaration}{ElementTree.tostring(suite, encoding='unicode')}\n"


def _add_failure(case: ElementTree.Element, finding: Finding, seed: int) -> None:
    failure = ElementTree.SubElement(case, "failure", type=finding.kind)
    failure.set("message", _xml_text(f"{finding.place} {finding.message}".strip()))
    lines = [f"seen {finding.count} times, seed {seed}"]
    if finding.exchange:
        body = finding.exchange.text[:SHOWN]
        lines += [finding.exchange.curl, f"{finding.exchange.status} {body}"]
    failure.text = _xml_text("\n".join(lines))


def _xml_text(text: str) -> str:
    """Replace what XML 1.0 has no place for, by its escape in Python."""
    return "".join(char if _in_xml(ord(char)) else f"\\x{ord(char):02x}" for char in text)


def _in_xml(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code >= 0x10000
