"""``coc-steps conform``: whether a server keeps the contract."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import click

from coc_steps._client.settings import TIMEOUT

from ._failures import Failure, needs_extra
from ._options import address, as_usage, connection_options
from ._output import until_the_reader_leaves
from ._progress import working_line
from ._verdict import print_catalogue, print_exchange, print_report

if TYPE_CHECKING:
    from collections.abc import Generator

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
Exit codes: 0 nothing found, 1 something found, 2 wrong usage, 3 not conclusive, 4 no or refused
credentials, 6 a report could not be written. Throttling, an outage and tickets that keep
changing are no findings.
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
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="The same seed sends the same requests.",
)
@click.option(
    "--max-examples",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many requests are made by chance, of each kind.",
)
@click.option(
    "--max-requests",
    type=click.IntRange(min=1),
    metavar="N",
    help="The most requests in all.  [default: 5,000, or 300 if live]",
)
@click.option(
    "--max-seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="End after so many seconds, with what was found.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=TIMEOUT,
    show_default=True,
    metavar="S",
    help="How long the server may be silent, in seconds.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="The most requests in a second.  [default: 5 if live]",
)
@click.option(
    "--send",
    metavar="URL",
    help="Send the one request of a finding again, signed, and print the answer.",
)
@click.option("--method", default="GET", metavar="NAME", help="The method of --send.")
@connection_options
def conform_command(
    execution_ids: tuple[str, ...],
    profile: str | None,
    allow_full_remote: bool,
    fail_on: str,
    skip: tuple[str, ...],
    list_checks: bool,
    report_dir: Path | None,
    seed: int,
    max_examples: int | None,
    max_requests: int | None,
    max_seconds: float | None,
    timeout: float,
    rate: float | None,
    send: str | None,
    method: str,
    base_url: str | None,
    region: str | None,
) -> None:
    """Check whether a server keeps the contract of the endpoint."""
    with needs_extra("the check", "conformance"):
        import coc_steps.conformance as conformance

    if list_checks:
        print_catalogue(conformance.catalogue())
        return
    if send:
        with as_usage(base_url="--send"):
            print_exchange(conformance.replay(send, method=method))
        return
    if not execution_ids:
        raise click.UsageError("give at least one --execution-id")
    if report_dir:
        with _writing(report_dir):
            _make(report_dir)
    threshold = conformance.Kind(fail_on)
    interrupted = False
    try:
        with as_usage(execution_id="--execution-id"), working_line("Asking") as show:
            report = conformance.conform(
                address(base_url, region),
                execution_ids,
                profile=conformance.Profile(profile) if profile else None,
                allow_full_remote=allow_full_remote,
                skip=skip,
                seed=seed,
                max_examples=max_examples,
                max_requests=max_requests,
                max_seconds=max_seconds,
                timeout=timeout,
                rate=rate,
                progress=lambda what, requests: show(f"{what}: {requests:,} requests"),
            )
    except conformance.Interrupted as stop:
        report, interrupted = stop.report, True
    with until_the_reader_leaves():
        print_report(report, threshold)
    if report_dir:
        with _writing(report_dir):
            paths = conformance.write_reports(report, report_dir, fail_on=threshold)
        for path in paths:
            click.echo(f"wrote {path}", err=True)
    if interrupted:
        raise KeyboardInterrupt
    click.get_current_context().exit(report.exit_code(threshold))


class ReportFailure(Failure):
    """A report could not be written, whatever was found."""

    exit_code = 6


@contextmanager
def _writing(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise ReportFailure(f"--report-dir {folder} cannot be written: {error.strerror}") from error


def _make(folder: Path) -> None:
    """Make the folder of the reports, rather than find out after minutes that it cannot be.

    Raises:
        OSError: It cannot be made, or nothing can be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):
        pass
