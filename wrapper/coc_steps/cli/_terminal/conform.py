"""What a conformance run found, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coc_steps.cli._output import make_console
from coc_steps.cli._text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from coc_steps.conformance import Entry, Exchange, Finding, Kind, Report

_COLOURS = {
    "violation": "red",
    "expectation": "yellow",
    "drift": "blue",
    "passed": "green",
    "failed": "red",
}


def print_report(report: Report, fail_on: Kind) -> None:
    """Print the findings, what stands in the way of a verdict, and the verdict."""
    console = make_console()
    for finding in report.findings:
        _print_finding(console, finding)
    for title, texts in (("not conclusive", report.doubts), ("note", report.notes)):
        for text in texts:
            console.print(Text(f"{title}: {one_line(text)}"))
    verdict = report.verdict(fail_on)
    counts = ", ".join(f"{count} {kind}" for kind, count in report.counts().items())
    console.print(
        Text.assemble(
            (verdict, f"bold {_COLOURS.get(verdict, 'yellow')}"),
            f": {counts}; {report.requests:,} requests, profile {report.profile}, ",
            f"seed {report.seed}",
        )
    )


def print_catalogue(entries: Iterable[Entry]) -> None:
    """Print all checks with what they believe."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("class", no_wrap=True)
    table.add_column("name", no_wrap=True)
    table.add_column("believes")
    for entry in entries:
        kind = Text(entry.kind, style=_COLOURS[entry.kind])
        belief = Text.assemble(entry.belief, "\n", (entry.source, "dim"))
        table.add_row(kind, entry.name, belief)
    make_console().print(table)


def _print_finding(console: Console, finding: Finding) -> None:
    times = f"{finding.count:,} times" if finding.count > 1 else "once"
    console.print(
        Text.assemble(
            (finding.kind, f"bold {_COLOURS[finding.kind]}"),
            f"  {one_line(finding.title)}  ",
            (f"({times})", "dim"),
        )
    )
    console.print(Padding(Text(one_line(finding.message)), (0, 0, 0, 4), expand=False))
    if finding.exchange:
        # No line breaks: it is there to be pasted.
        line = Text(f"    {one_line(finding.exchange.curl)}", style="dim")
        console.print(line, soft_wrap=True)


def print_exchange(exchange: Exchange) -> None:
    """Print an answer: status, headers, body."""
    headers = [f"{name}: {value}" for name, value in exchange.headers.items()]
    for line in [str(exchange.status), *headers, "", *exchange.text.splitlines()]:
        click.echo(one_line(line))
