"""The report as JUnit XML: a test case for each check, and one for the run as a whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from ._catalogue import Entry, catalogue
from ._exchange import SHOWN
from ._report import tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._catalogue import Kind
    from ._report import Finding, Report

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, fail_on: Kind) -> str:
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
    case = ElementTree.Element("testcase", classname=entry.kind, name=entry.name)
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
    took = f"{report.seconds:.3f}"
    case = ElementTree.Element("testcase", classname="run", name="conclusive", time=took)
    if report.doubts:
        ElementTree.SubElement(case, "error", type="doubt", message="; ".join(report.doubts))
    notes = [tool(), f"{report.requests} requests", *report.notes]
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
