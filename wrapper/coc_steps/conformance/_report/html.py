"""The report as one HTML page that needs nothing else."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from coc_steps.conformance._catalogue import catalogue
from coc_steps.conformance._session.exchange import SHOWN

from .kind import Kind
from .version import tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coc_steps.conformance._session.exchange import Exchange

    from .findings import Finding
    from .model import Coverage, Report

_HEADINGS = {
    Kind.VIOLATION: ("Violations", "break what the vendor's page says"),
    Kind.EXPECTATION: ("Expectations", "break a belief of coc-steps; the page is silent there"),
    Kind.DRIFT: ("Drift", "was seen and is documented nowhere"),
}

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --bad: #c62828; --warn: #b26a00;
  --odd: #1565c0; --good: #2e7d32; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.verdict { display: inline-block; padding: .1rem .7rem; border-radius: 1rem; color: #fff; }
.passed { background: var(--good); } .failed { background: var(--bad); }
.inconclusive, .credentials { background: var(--warn); }
details { border: 1px solid var(--line); border-left-width: .3rem; border-radius: .3rem;
  margin: .5rem 0; padding: .5rem .8rem; }
details.violation { border-left-color: var(--bad); }
details.expectation { border-left-color: var(--warn); }
details.drift { border-left-color: var(--odd); }
summary { cursor: pointer; } summary small { opacity: .7; }
pre { background: var(--soft); padding: .6rem; overflow-x: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; } code { background: var(--soft); padding: 0 .2rem; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .15rem 1.2rem .15rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; }
"""


def page(report: Report, fail_on: Kind) -> str:
    """Return the page."""
    verdict = report.verdict(fail_on)
    body = [
        f'<h1>coc-steps conform <span class="verdict {verdict}">{verdict}</span></h1>',
        _summary(report, fail_on),
        *_list("Why this is not conclusive", report.doubts),
        *_findings(report),
        *_list("Notes", report.notes),
        *_not_judged(report),
        *_coverage(report.coverage()),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{verdict}: coc-steps conform</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _summary(report: Report, fail_on: Kind) -> str:
    counts = ", ".join(f"{count} {kind}" for kind, count in report.counts().items())
    rows = {
        "Server": report.base_url,
        "Tickets": ", ".join(report.tickets),
        "Profile": report.profile,
        "Requests": f"{report.requests:,}",
        "Findings": f"{counts} (fails on {fail_on} and worse)",
        "Seed": str(report.seed),
        "Begun": f"{report.begun:%Y-%m-%d %H:%M:%S} UTC, {report.seconds:.1f} s",
        "Written by": tool(),
    }
    return _table(rows.items())


def _findings(report: Report) -> Iterator[str]:
    for kind, (title, meaning) in _HEADINGS.items():
        found = [finding for finding in report.findings if finding.kind is kind]
        if found:
            yield f"<h2>{title}</h2>\n<p>What {meaning}.</p>"
            yield from map(_finding, found)


def _finding(finding: Finding) -> str:
    times = f"{finding.count:,} times" if finding.count > 1 else "once"
    ticket = f"ticket {escape(finding.execution_id)}, " if finding.execution_id else ""
    place = f" at <code>{escape(finding.place)}</code>" if finding.place else ""
    return (
        f'<details class="{finding.kind}" open><summary><b>{finding.check}</b>{place} '
        f"<small>{ticket}seen {times}</small></summary>\n<p>{escape(finding.message)}</p>\n"
        f"<p><i>{escape(finding.entry.belief)}</i></p>\n"
        f"<p><small>{escape(finding.entry.source)}</small></p>\n"
        + (_exchange(finding.exchange) if finding.exchange else "")
        + "</details>"
    )


def _exchange(exchange: Exchange) -> str:
    named = (
        f", request id <code>{escape(exchange.request_id)}</code>" if exchange.request_id else ""
    )
    return (
        f"<pre>{escape(exchange.curl)}</pre>\n<p>Answer {exchange.status}{named}:</p>\n"
        f"<pre>{escape(_pretty(exchange))}</pre>\n"
    )


def _pretty(exchange: Exchange) -> str:
    text = exchange.text
    if isinstance(exchange.json, dict):
        text = json.dumps(exchange.json, indent=2, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}\n… ({len(text):,} characters)"


def _not_judged(report: Report) -> Iterator[str]:
    reasons = {entry.name: report.unjudged(entry.name) for entry in catalogue()}
    yield from _list(
        "Not judged", [f"{name}: {reason}" for name, reason in reasons.items() if reason]
    )


def _coverage(coverage: Coverage) -> Iterator[str]:
    yield "<h2>What was seen</h2>"
    yield _table((f"Requests with {name}", str(n)) for name, n in coverage.parameters.items())
    yield _table((f"Answers {status}", str(n)) for status, n in coverage.statuses.items())
    yield _table(
        [("Fields that came", ", ".join(coverage.seen)), ("Never came", ", ".join(coverage.unseen))]
    )


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    rows = "".join(f"<li>{escape(item)}</li>" for item in items)
    if rows:
        yield f"<h2>{title}</h2>\n<ul>{rows}</ul>"


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows
    )
    return f"<table>{cells}</table>"
