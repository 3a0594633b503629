"""``coc-steps list``: the steps of tickets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from coc_steps._steps.request import INT32_MAX
from coc_steps.cli._connection import PREFETCH, connect
from coc_steps.cli._failures import CommandError
from coc_steps.cli._options import (
    POSITIVE,
    clean_id,
    connection_options,
    number,
    output_option,
)
from coc_steps.cli._records import CSV_COLUMNS, csv_writer, json_writer, jsonl_writer
from coc_steps.cli._terminal.table import COLUMNS, TableWriter
from coc_steps.cli._text import count
from coc_steps.cli._ticket.selection import SORTS, Selection

from .listing import STDIN, Listing, ticket_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.cli._records import RecordWriter

PAGE_SIZE = 100
_MOST = 64  # threads

_EPILOG = f"""\b
Examples:
  coc-steps list EX20250624161701019xxxx --failed
  coc-steps list EX20250624161701019xxxx --sort duration --max-items 10
  coc-steps list EX20250624161701019xxxx --output jsonl | jq -r .status
  coc-steps list EX20250624161701019xxxx --output csv > steps.csv
  coc-steps list - --output jsonl --rate 150 < tickets.txt > steps.jsonl

\b
json, jsonl and csv have all that the server sent, in UTF-8. In csv, the columns inputs,
outputs, properties and additional (what is not documented) are JSON. An empty cell is null
or absent; "" is an empty text. Three more columns say the times for people: started_at and
ended_at in ISO 8601 (UTC), and duration_seconds.

\b
With several tickets each row says its ticket (execution_id), and the steps of a ticket come
together, once all of them were read. If a ticket fails, stderr says so, the others go on,
and the exit code is 1.

\b
Columns of tables: {", ".join(COLUMNS)}.
"""


@click.command("list", epilog=_EPILOG, short_help="List the steps of tickets.")
@click.argument("execution_ids", metavar="EXECUTION_ID...", nargs=-1, required=True, type=clean_id)
@click.option("--failed", is_flag=True, help="Only steps that failed or were canceled.")
@click.option(
    "--status", "statuses", multiple=True, metavar="S", help="Only this status; repeatable."
)
@click.option(
    "--step-id",
    "step_ids",
    multiple=True,
    metavar="ID",
    type=clean_id,
    help="Only this step; repeatable.",
)
@click.option("--sort", type=click.Choice(list(SORTS)), help="The order.  [default: the server's]")
@click.option("--columns", metavar="NAMES", help="The columns of a table or of csv, with commas.")
@output_option(["table", "wide", "json", "jsonl", "csv"], "table on a terminal, else json")
@click.option(
    "--excel", is_flag=True, help="Let a spreadsheet open csv: marked as UTF-8, no text a formula."
)
@click.option("--exit-status", is_flag=True, help="Exit with 1 if a step has failed.")
@number("--page-size", click.IntRange(1, INT32_MAX), "Steps in a request.", default=PAGE_SIZE)
@number("--max-items", click.IntRange(min=0), "Stop after so many steps.")
@number(
    "--prefetch", click.IntRange(0, _MOST), "Pages of a ticket to load ahead.", default=PREFETCH
)
@number("--jobs", click.IntRange(1, _MOST), "Tickets to read at a time.", default=4)
@number("--rate", POSITIVE, "The most requests in a second, over all tickets.")
@connection_options
def list_command(
    execution_ids: tuple[str, ...],
    failed: bool,
    statuses: tuple[str, ...],
    step_ids: tuple[str, ...],
    sort: str | None,
    columns: str | None,
    output: str | None,
    excel: bool,
    exit_status: bool,
    max_items: int | None,
    jobs: int,
    rate: float | None,
    timeout: float | None,
    base_url: str | None,
    region: str | None,
    **query: int,
) -> None:
    """List the steps of tickets, each once, in the server's order.

    EXECUTION_ID is a ticket; - reads the ids of tickets from stdin, a line each.
    """
    output = output or ("table" if sys.stdout.isatty() else "json")
    first, *others = execution_ids
    several = bool(others) or first == STDIN
    writer = _writer(output, columns, tagged=several, excel=excel)
    lower = frozenset(status.casefold() for status in statuses)
    selection = Selection(failed, lower, sort, max_items)
    # A line that is redrawn, and rows on the same terminal, would be in each other's way.
    progress = output in ("table", "wide") or not sys.stdout.isatty()
    with connect(base_url, region, timeout=timeout, rate=rate) as connection:
        listing = Listing(connection, writer, selection, {"step_ids": step_ids or None, **query})
        if several:
            listing.several(ticket_ids(execution_ids), jobs, progress=progress)
        else:
            listing.one(first, progress=progress)
    if listing.lost:
        raise CommandError(f"{count(listing.lost, 'ticket')} could not be listed")
    if exit_status and listing.failed:
        raise CommandError(f"{listing.failed:,} of {count(listing.read, 'step')} failed")


def _writer(
    output: str, columns: str | None, *, tagged: bool, excel: bool
) -> RecordWriter | TableWriter:
    if excel and output != "csv":
        raise click.UsageError("--excel is for --output csv")
    if output in ("table", "wide"):
        return TableWriter(_names(columns, tuple(COLUMNS)), wide=output == "wide", tagged=tagged)
    if output == "csv":
        return csv_writer(_names(columns, CSV_COLUMNS), tagged=tagged, excel=excel)
    if columns:
        raise click.UsageError(f"--columns is for tables and csv; {output} has all there is")
    return (json_writer if output == "json" else jsonl_writer)(tagged=tagged)


def _names(columns: str | None, known: Sequence[str]) -> list[str] | None:
    if columns is None:
        return None
    names = [name.strip() for name in columns.split(",")]
    for name in names:
        if name not in known:
            raise click.UsageError(f"--columns: no column {name!r}; there are {', '.join(known)}")
    return names
