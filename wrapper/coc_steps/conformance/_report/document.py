"""The report as values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coc_steps.conformance._catalogue import catalogue
from coc_steps.conformance._session.exchange import SHOWN

from .version import tool

if TYPE_CHECKING:
    from coc_steps.conformance._session.exchange import Exchange

    from .findings import Finding
    from .kind import Kind
    from .model import Report


def document(report: Report, fail_on: Kind) -> dict[str, Any]:
    """Return a report as values for JSON."""
    coverage = report.coverage()
    return {
        "tool": tool(),
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
