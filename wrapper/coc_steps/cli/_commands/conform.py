"""``coc-steps conform``: whether a server keeps the contract."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import click

from coc_steps._client.settings import TIMEOUT
from coc_steps.cli._connection import credentials
from coc_steps.cli._failures import needs_extra
from coc_steps.cli._options import (
    POSITIVE,
    address,
    as_usage,
    base_url_option,
    number,
    region_option,
)
from coc_steps.cli._output import until_the_reader_leaves
from coc_steps.cli._terminal.conform import print_catalogue, print_exchange, print_report
from coc_steps.cli._terminal.progress import working_line

_EPILOG = """\b
Examples:
  coc-steps conform --base-url http://127.0.0.1:8080 --execution-id EX20250624161701019xxxx
  coc-steps conform --region eu-west-101 --execution-id EX... --execution-id EX... --report-dir out
  coc-steps conform --list

\b
Profiles: full sends other methods and bad credentials, too, and is the default for a server on
this machine. Any other gets live: GET with valid credentials only, at most 5 requests a second
and 300 in all, and no more after the first 401.

\b
Throttling, an outage and tickets that keep changing are no findings, but not conclusive (exit
code 3).
"""


@click.command("conform", epilog=_EPILOG, short_help="Check whether a server keeps the contract.")
@click.option(
    "--execution-id",
    "execution_ids",
    multiple=True,
    metavar="ID",
    help="A ticket that the server has; repeatable, several show more.",
)
@click.option(
    "--profile",
    type=click.Choice(["full", "live"]),
    help="What may be sent.  [default: full on this machine, else live]",
)
@click.option(
    "--allow-full-remote",
    is_flag=True,
    help="Let the full profile send POST, PUT, PATCH and DELETE, and bad credentials, to a server "
    "that is not this machine; bad credentials never go to the vendor's.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "expectation", "drift"]),
    default="drift",
    show_default=True,
    help="The mildest class of findings that gives exit code 1.",
)
@click.option("--skip", multiple=True, metavar="NAME", help="Do not report this check; repeatable.")
@click.option("--list", "list_checks", is_flag=True, help="Print the checks and what they believe.")
@click.option(
    "--report-dir",
    type=click.Path(path_type=Path),
    help="Write report.html, report.json and report.xml (JUnit) there.",
)
@number("--seed", click.IntRange(min=0), "The same seed sends the same requests.", default=1)
@number(
    "--max-examples", click.IntRange(min=1), "How many requests are made by chance, of each kind."
)
@number(
    "--max-requests",
    click.IntRange(min=1),
    "The most requests in all.  [default: 5,000, or 300 if live]",
)
@number("--max-seconds", POSITIVE, "End after so many seconds, with what was found.")
@number("--timeout", POSITIVE, "How long the server may be silent.", unit="S", default=TIMEOUT)
@number("--rate", POSITIVE, "The most requests in a second.  [default: 5 if live]")
@click.option(
    "--send",
    metavar="URL",
    help="Send the one request of a finding again, signed, and print the answer.",
)
@click.option("--method", default="GET", metavar="NAME", help="The method of --send.")
@base_url_option
@region_option
def conform_command(
    execution_ids: tuple[str, ...],
    profile: str | None,
    fail_on: str,
    list_checks: bool,
    report_dir: Path | None,
    send: str | None,
    method: str,
    base_url: str | None,
    region: str | None,
    **options: Any,
) -> None:
    """Check whether a server keeps the contract of the endpoint."""
    with needs_extra("the check", "conformance"):
        import coc_steps.conformance as conformance

    if list_checks:
        print_catalogue(conformance.catalogue())
        return
    if send:
        with as_usage(base_url="--send"):
            exchange = conformance.replay(send, method=method, credentials=credentials())
        print_exchange(exchange)
        return
    if not execution_ids:
        raise click.UsageError("give at least one --execution-id")
    if report_dir:  # rather than find out after minutes that it cannot be
        report_dir.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=report_dir):
            pass
    threshold = conformance.Kind(fail_on)
    interrupted = False
    try:
        with as_usage(execution_id="--execution-id"), working_line("Asking") as show:
            report = conformance.conform(
                address(base_url, region),
                execution_ids,
                credentials=credentials(),
                profile=conformance.Profile(profile) if profile else None,
                progress=lambda what, requests: show(f"{what}: {requests:,} requests"),
                **options,
            )
    except conformance.Interrupted as stop:
        report, interrupted = stop.report, True
    with until_the_reader_leaves():
        print_report(report, threshold)
    if report_dir:
        for path in conformance.write_reports(report, report_dir, fail_on=threshold):
            click.echo(f"wrote {path}", err=True)
    if interrupted:
        raise KeyboardInterrupt
    click.get_current_context().exit(report.exit_code(threshold))
