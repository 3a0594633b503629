"""``coc-steps watch``: a ticket until it is finished."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import click

from coc_steps import CocError, WatchTimeoutError
from coc_steps.cli._failures import Failure, TimeoutFailure, failure, ids_explained
from coc_steps.cli._options import as_usage, clean_id, connection_options, timeout_option
from coc_steps.cli._server.connection import connect
from coc_steps.cli._server.retries import records_of_client
from coc_steps.cli._terminal.board import Board
from coc_steps.cli._terminal.screen import view
from coc_steps.cli._text import count

if TYPE_CHECKING:
    from coc_steps.cli._ticket.summary import Summary

_INTERVAL = 2.0
_SETTLE = 10.0

_EPILOG = """\b
Examples:
  coc-steps watch EX20250624161701019xxxx
  coc-steps watch EX20250624161701019xxxx --timeout 3600 --exit-status && ./next
  coc-steps watch EX20250624161701019xxxx | grep finished
  coc-steps watch EX20250624161701019xxxx --output jsonl | jq -r .step.message

\b
It ends when there are steps, all of them are finished, and nothing new came for a while
(--settle). A terminal shows a screen that is redrawn, and in the end what `show` shows. A
pipe gets a line for each change: when it was seen, appeared, changed or finished, the
step's id, status and name. A step that is finished when it is first seen has one line.
"""


@click.command("watch", epilog=_EPILOG, short_help="Watch a ticket until it is finished.")
@click.argument("execution_id", metavar="EXECUTION_ID", type=clean_id)
@click.option(
    "--interval",
    type=float,
    default=_INTERVAL,
    show_default=True,
    metavar="S",
    help="Seconds between two looks.",
)
@click.option(
    "--settle",
    type=float,
    default=_SETTLE,
    show_default=True,
    metavar="S",
    help="Seconds without anything new before it ends.",
)
@click.option("--exit-status", is_flag=True, help="Exit with 1 if a step has failed.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "jsonl"]),
    help="How to print.  [default: a screen on a terminal, else text]",
)
@timeout_option
@connection_options
def watch_command(
    execution_id: str,
    interval: float,
    settle: float,
    exit_status: bool,
    output: str | None,
    timeout: float | None,
    base_url: str | None,
    region: str | None,
) -> None:
    """Watch the ticket EXECUTION_ID until all of its steps are finished."""
    board = Board()
    with connect(base_url, region) as connection:
        with as_usage():
            changes = connection.client.watch(
                execution_id, interval=interval, settle=settle, timeout=timeout
            )
        try:
            with (
                view(execution_id, board, output) as shown,
                records_of_client(shown.looks.listen, logging.INFO),
                ids_explained(execution_id),
            ):
                for change in changes:
                    board.take(change)
                    shown.show(change)
        except WatchTimeoutError as error:
            state = _unfinished(board.summary, settle)
            raise TimeoutFailure(f"timed out after {timeout:g} s: {state}") from error
        except CocError as error:
            raise failure(error) from error
    summary = board.summary
    if exit_status and summary.failed:
        raise Failure(f"{summary.failed:,} of {count(summary.steps, 'step')} failed")


def _unfinished(summary: Summary, settle: float) -> str:
    if not summary.steps:
        return "no steps yet"
    if summary.unfinished:
        return f"{summary.unfinished:,} of {count(summary.steps, 'step')} not finished"
    return f"all of {count(summary.steps, 'step')} finished, but others may come for {settle:g} s"
