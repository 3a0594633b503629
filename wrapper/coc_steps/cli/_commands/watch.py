"""``coc-steps watch``: a ticket until it is finished."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from coc_steps._arguments import WATCH_INTERVAL, WATCH_SETTLE
from coc_steps.cli._failures import Failure
from coc_steps.cli._options import as_usage, connect, connection_options
from coc_steps.cli._terminal.board import Board
from coc_steps.cli._terminal.screen import view

if TYPE_CHECKING:
    from collections.abc import Generator

    from coc_steps.cli._terminal.screen import View

_EPILOG = """\b
Examples:
  coc-steps watch EX20250624161701019xxxx
  coc-steps watch EX20250624161701019xxxx --timeout 3600 --exit-status && ./next
  coc-steps watch EX20250624161701019xxxx | grep finished

\b
It ends when there are steps, all of them are finished, and nothing new came for a while
(--settle). A terminal shows a table that is redrawn; a pipe gets a line for each change:
when it was seen, appeared, changed or finished, the step's id, status and name.
"""


@click.command("watch", epilog=_EPILOG, short_help="Watch a ticket until it is finished.")
@click.argument("execution_id", metavar="EXECUTION_ID")
@click.option(
    "--interval",
    type=float,
    default=WATCH_INTERVAL,
    show_default=True,
    metavar="S",
    help="Seconds between two looks.",
)
@click.option(
    "--settle",
    type=float,
    default=WATCH_SETTLE,
    show_default=True,
    metavar="S",
    help="Seconds without anything new before it ends.",
)
@click.option(
    "--timeout", type=float, metavar="S", help="Seconds to watch at the most; then exit code 5."
)
@click.option("--exit-status", is_flag=True, help="Exit with 1 if a step has failed.")
@connection_options
def watch_command(
    execution_id: str,
    interval: float,
    settle: float,
    timeout: float | None,
    exit_status: bool,
    base_url: str | None,
    region: str | None,
) -> None:
    """Watch the ticket EXECUTION_ID until all of its steps are finished."""
    seen = Board()
    with connect(base_url, region) as client:
        with as_usage():
            changes = client.watch(execution_id, interval=interval, settle=settle, timeout=timeout)
        with view(seen) as shown, _warnings(shown):
            for change in changes:
                seen.take(change)
                shown.show(change)
    if exit_status and seen.failed:
        raise Failure(f"{len(seen.failed):,} of {seen.statuses.total():,} steps failed")


@contextmanager
def _warnings(shown: View) -> Generator[None]:
    """Show what the client warns of, such as a connection that was lost."""

    class Notes(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            shown.note(record.getMessage())

    logger, notes = logging.getLogger("coc_steps"), Notes(logging.WARNING)
    logger.addHandler(notes)
    try:
        yield
    finally:
        logger.removeHandler(notes)
