"""``coc-steps watch``: a ticket until it is finished."""

from __future__ import annotations

import click

from coc_steps import WatchTimeoutError
from coc_steps.cli._connection import connect
from coc_steps.cli._failures import CommandError, Exit, ids_explained
from coc_steps.cli._options import (
    as_usage,
    clean_id,
    connection_options,
    number,
    output_option,
)
from coc_steps.cli._terminal.watch import Board, view
from coc_steps.cli._text import count
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
@number("--interval", click.FLOAT, "Seconds between two looks.", unit="S", default=_INTERVAL)
@number("--settle", click.FLOAT, "Seconds without news before it ends.", unit="S", default=_SETTLE)
@click.option("--exit-status", is_flag=True, help="Exit with 1 if a step has failed.")
@output_option(["text", "jsonl"], "a screen on a terminal, else text")
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
            with view(execution_id, board, output) as show, ids_explained(execution_id):
                for change in changes:
                    if board.take(change):
                        show(change)
        except WatchTimeoutError as error:
            state = _unfinished(Summary(board.steps), settle)
            raise CommandError(f"timed out after {timeout:g} s: {state}", Exit.TIMEOUT) from error
    summary = Summary(board.steps)
    if exit_status and summary.failed:
        raise CommandError(f"{summary.failed:,} of {count(summary.steps, 'step')} failed")


def _unfinished(summary: Summary, settle: float) -> str:
    if not summary.steps:
        return "no steps yet"
    if summary.unfinished:
        return f"{summary.unfinished:,} of {count(summary.steps, 'step')} not finished"
    return f"all of {count(summary.steps, 'step')} finished, but others may come for {settle:g} s"
