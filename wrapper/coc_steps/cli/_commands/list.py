"""``coc-steps list``: the steps of a ticket."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from coc_steps import CocError
from coc_steps._arguments import PAGE_SIZE
from coc_steps._settings import INT32_MAX
from coc_steps._sync import MAX_THREADS
from coc_steps.cli._failures import failure
from coc_steps.cli._options import as_usage, connect, connection_options
from coc_steps.cli._progress import progress_line
from coc_steps.cli._records import CsvWriter, JsonLinesWriter, JsonWriter
from coc_steps.cli._terminal.table import TableWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from coc_steps import StepIterator
    from coc_steps.cli._records import Writer

_WRITERS: dict[str, Callable[[], Writer]] = {
    "table": TableWriter,
    "json": JsonWriter,
    "jsonl": JsonLinesWriter,
    "csv": CsvWriter,
}

_EPILOG = """\b
Examples:
  coc-steps list EX20250624161701019xxxx
  coc-steps list EX20250624161701019xxxx --region eu-west-101 --prefetch 4
  coc-steps list EX20250624161701019xxxx --output jsonl | jq -r .status
  coc-steps list EX20250624161701019xxxx --output csv > steps.csv

\b
json, jsonl and csv have all that the server sent, in UTF-8. In csv, the columns inputs,
outputs, properties and additional (what is not documented) are JSON; an empty cell is a
value that is null or absent, and "" is an empty text.
"""


@click.command("list", epilog=_EPILOG, short_help="List the steps of a ticket.")
@click.argument("execution_id", metavar="EXECUTION_ID")
@click.option(
    "--step-id", "step_ids", multiple=True, metavar="ID", help="Only this step; repeatable."
)
@click.option(
    "--output",
    type=click.Choice(list(_WRITERS)),
    help="How to print.  [default: table on a terminal, else json]",
)
@click.option(
    "--page-size",
    type=click.IntRange(1, INT32_MAX),
    default=PAGE_SIZE,
    show_default=True,
    metavar="N",
    help="How many steps to ask for in a request.",
)
@click.option(
    "--max-items", type=click.IntRange(min=0), metavar="N", help="Stop after so many steps."
)
@click.option(
    "--prefetch",
    type=click.IntRange(0, MAX_THREADS),
    default=0,
    metavar="N",
    help="How many pages to load ahead.",
)
@connection_options
def list_command(
    execution_id: str,
    step_ids: tuple[str, ...],
    output: str | None,
    page_size: int,
    max_items: int | None,
    prefetch: int,
    base_url: str | None,
    region: str | None,
) -> None:
    """List the steps of the ticket EXECUTION_ID, each once, in the server's order."""
    output = output or ("table" if sys.stdout.isatty() else "json")
    with connect(base_url, region) as client:
        with as_usage():
            steps = client.iter_steps(
                execution_id,
                step_ids=step_ids or None,
                page_size=page_size,
                max_items=max_items,
                prefetch=prefetch,
            )
        with steps:
            # A line that is redrawn, and rows on the same terminal, would be in each other's way.
            quiet = output != "table" and sys.stdout.isatty()
            _copy(steps, _WRITERS[output](), progress=not quiet)


def _copy(steps: StepIterator, writer: Writer, *, progress: bool) -> None:
    """Write all steps; what came before a failure is written, and the failure is raised."""
    listed = 0
    try:
        with progress_line(enabled=progress) as show:
            for page in steps.pages():
                writer.write(page)
                listed += len(page.steps)
                show(listed, steps.total)
    except CocError as error:
        writer.abort()
        raise failure(error, listed=listed) from error
    writer.end()
