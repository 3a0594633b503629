"""Reports as files: JSON for programs, JUnit XML for CI, one HTML page for people."""

from __future__ import annotations

import json
import re
from html import escape
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast
from xml.etree import ElementTree

from coc_steps.conformance._catalogue import Entry, Kind, catalogue
from coc_steps.conformance._session.exchange import SHOWN, Exchange

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .model import Finding, Report

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TOOL = f"coc-steps {version('coc-steps')}"
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --bad: #c62828; --warn: #b26a00;
  --odd: #1565c0; --good: #2e7d32; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.verdict { padding: .1rem .7rem; border-radius: 1rem; color: #fff; background: var(--warn); }
.passed { background: var(--good); } .failed { background: var(--bad); }
details { border: 1px solid var(--line); border-left: .3rem solid var(--odd); margin: .5rem 0;
  padding: .5rem .8rem; }
details.violation { border-left-color: var(--bad); }
details.expectation { border-left-color: var(--warn); }
summary { cursor: pointer; }
table { border-collapse: collapse; } ul { margin: 0; padding-left: 1rem; }
td, th { text-align: left; padding: .15rem 1.2rem .15rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere; }
th { white-space: nowrap; opacity: .7; }
"""


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
    values = json.dumps(_document(report, fail_on), indent=2, ensure_ascii=False, allow_nan=False)
    texts = {
        "report.json": f"{values}\n",
        "report.xml": _junit(report, fail_on),
        "report.html": _page(report, fail_on),
    }
    for name, text in texts.items():
        # Servers send half letters, which no file can hold, and no reader of JSON takes escaped.
        (directory / name).write_bytes(text.encode("utf-8", "replace"))
    return [directory / name for name in texts]


def _document(report: Report, fail_on: Kind) -> dict[str, Any]:
    """Return a report as values for JSON."""
    coverage = report.coverage()
    return {
        "tool": _TOOL,
        "verdict": report.verdict(fail_on),
        "exit_code": report.exit_code(fail_on),
        "fail_on": fail_on,
        "base_url": report.base_url,
        "tickets": list(report.tickets),
        "profile": report.profile,
        "seed": report.seed,
        "begun": report.begun.isoformat(timespec="seconds"),
        "seconds": round(report.seconds, 3),
        "requests": report.requests,
        "findings": [_finding(finding, report.seed) for finding in report.findings],
        "doubts": report.doubts,
        "notes": report.notes,
        "not_judged": {
            entry.name: reason for entry in catalogue() if (reason := report.unjudged(entry.name))
        },
        "coverage": {
            "parameters": coverage.parameters,
            "statuses": coverage.statuses,
            "fields_seen": coverage.seen,
            "fields_never_seen": coverage.unseen,
        },
    }


def _finding(finding: Finding, seed: int) -> dict[str, Any]:
    return {
        "class": finding.kind,
        "check": finding.check,
        "believes": finding.entry.belief,
        "source": finding.entry.source,
        "execution_id": finding.execution_id,
        "place": finding.place,
        "message": finding.message,
        "count": finding.count,
        "seed": seed,
        **(_exchange(finding.exchange) if finding.exchange else {}),
    }


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "curl": exchange.curl,
        "status": exchange.status,
        "request_id": exchange.request_id,
        "body": exchange.text[:SHOWN],
    }


def _page(report: Report, fail_on: Kind) -> str:
    """Return the page."""
    values = _document(report, fail_on)
    values["begun"] = f"{report.begun:%Y-%m-%d %H:%M:%S} UTC"
    verdict, findings, doubts = (values.pop(name) for name in ("verdict", "findings", "doubts"))
    heading = f'coc-steps conform <span class="verdict {verdict}">{verdict}</span>'
    body = [
        f"<h1>{heading}</h1>",
        f"<h2>Why this is not conclusive</h2>\n{_html(doubts)}" if doubts else "",
        "<h2>Findings</h2>" if findings else "",
        *map(_details, findings),
        f"<h2>The run</h2>\n{_html(values)}",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{verdict}: coc-steps conform</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _details(finding: dict[str, Any]) -> str:
    text = {name: escape(str(value)) for name, value in finding.items()}
    place = f" at <code>{text['place']}</code>" if text["place"] else ""
    ticket = f"ticket {text['execution_id']}, " if text["execution_id"] else ""
    return (
        f'<details class="{text["class"]}" open><summary>{text["class"]} <b>{text["check"]}</b>'
        f"{place} <small>({ticket}answers that show it: {text['count']})</small></summary>\n"
        f"{_html(finding)}</details>"
    )


def _html(value: object) -> str:
    """Return a value as a table, a list or a text."""
    if isinstance(value, dict):
        values = cast("dict[object, object]", value)
        rows = [(str(name).replace("_", " "), _html(each)) for name, each in values.items()]
        cells = "".join(f"<tr><th>{escape(name)}</th><td>{each}</td></tr>" for name, each in rows)
        return f"<table>{cells}</table>"
    if isinstance(value, list):
        items = cast("list[object]", value)
        return f"<ul>{''.join(f'<li>{_html(item)}</li>' for item in items)}</ul>"
    return escape(str(value))


def _junit(report: Report, fail_on: Kind) -> str:
    """Return the XML: one failure at most in a test case, with all places in it."""
    suite = ElementTree.Element("testsuite", name="coc-steps conform", hostname=report.base_url)
    suite.set("timestamp", report.begun.isoformat(timespec="seconds"))
    suite.set("time", f"{report.seconds:.3f}")
    failing = report.failing(fail_on)
    for entry in catalogue():
        found = [finding for finding in failing if finding.check == entry.name]
        suite.append(_case(report, entry, found))
    suite.append(_conclusion(report))
    suite.set("tests", str(len(suite)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in suite)))
    for element in suite.iter():
        element.attrib = {name: _xml_text(value) for name, value in element.attrib.items()}
        element.text = _xml_text(element.text or "")
    ElementTree.indent(suite)
    declaration = '<?xml version="1.0" encoding="utf-8"?>\n'
    return f"{declaration}{ElementTree.tostring(suite, encoding='unicode')}\n"


def _case(report: Report, entry: Entry, found: Sequence[Finding]) -> ElementTree.Element:
    took = f"{report.took.get(entry.name, 0.0):.3f}"
    case = ElementTree.Element("testcase", classname=entry.kind, name=entry.name, time=took)
    reason = report.unjudged(entry.name)
    if found:
        worst = found[0]
        said = f"{worst.place} {worst.message}".strip()
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        failure = ElementTree.SubElement(case, "failure", type=worst.kind, message=f"{said}{more}")
        failure.text = "\n\n".join([*map(_lines, found), f"seed {report.seed}", entry.source])
    elif reason:
        ElementTree.SubElement(case, "skipped", message=reason)
    return case


def _conclusion(report: Report) -> ElementTree.Element:
    # The time of the suite is the sum of its cases to some readers.
    rest = f"{max(report.seconds - sum(report.took.values()), 0.0):.3f}"
    case = ElementTree.Element("testcase", classname="run", name="conclusive", time=rest)
    if report.doubts:
        ElementTree.SubElement(case, "error", type="doubt", message="; ".join(report.doubts))
    notes = [_TOOL, f"{report.requests} requests", *report.notes]
    ElementTree.SubElement(case, "system-out").text = "\n".join(notes)
    return case


def _lines(finding: Finding) -> str:
    ticket = f", ticket {finding.execution_id}" if finding.execution_id else ""
    lines = [f"{finding.kind} {finding.place}: {finding.message} (seen {finding.count}x{ticket})"]
    if finding.exchange:
        body = finding.exchange.text[:SHOWN]
        lines += [finding.exchange.curl, f"{finding.exchange.status} {body}"]
    return "\n".join(lines)


def _xml_text(text: str) -> str:
    """Replace what XML 1.0 has no place for, by its escape in Python."""
    return _NOT_IN_XML.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
