"""``coc-steps show``: a ticket at a glance, or everything about one of its steps."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from coc_steps import CocError
from coc_steps._steps.records import sent_values
from coc_steps.cli._failures import ids_explained
from coc_steps.cli._options import as_usage, clean_id, connection_options, timeout_option
from coc_steps.cli._progress import WAITING, working_line
from coc_steps.cli._records import json_document, write_text
from coc_steps.cli._server.connection import connect
from coc_steps.cli._terminal.console import make_console, print_parts
from coc_steps.cli._terminal.overview import draw_overview
from coc_steps.cli._terminal.step import draw_step
from coc_steps.cli._text import count
from coc_steps.cli._ticket.facts import Facts, now
from coc_steps.cli._ticket.overview import overview_record

if TYPE_CHECKING:
    from coc_steps import Step
    from coc_steps.cli._server.connection import Connection

_PREFETCH = 4

_EPILOG = """\b
Examples:
  coc-steps show EX20250624161701019xxxx
  coc-steps show EX20250624161701019xxxx --output html > ticket.html
  coc-steps show EX20250624161701019xxxx | jq .statuses
  coc-steps show EX20250624161701019xxxx EXS20250701210145xxxxxx | jq .outputs

\b
The time line has a bar for the failed, the running and the slowest steps, as many as the
terminal has lines for. The HTML page has all steps, with all that the server sent; it is one
file that loads nothing. Times are local. The JSON of one step is what the server sent.
"""


@click.command("show", epilog=_EPILOG, short_help="Show a ticket at a glance, or one step.")
@click.argument("execution_id", metavar="EXECUTION_ID", type=clean_id)
@click.argument("step_id", metavar="[STEP_ID]", required=False, type=clean_id)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json", "html"]),
    help="How to print.  [default: text on a terminal, else json]",
)
@timeout_option
@connection_options
def show_command(
    execution_id: str,
    step_id: str | None,
    output: str | None,
    timeout: float | None,
    base_url: str | None,
    region: str | None,
) -> None:
    """Show the ticket EXECUTION_ID at a glance, or everything about its step STEP_ID."""
    output = output or ("text" if sys.stdout.isatty() else "json")
    with connect(base_url, region, timeout=timeout) as connection:
        if step_id is None:
            _show_ticket(execution_id, _steps(connection, execution_id), output)
        else:
            _show_step(execution_id, _step(connection, execution_id, step_id), output)


def _steps(connection: Connection, execution_id: str) -> list[Step]:
    with as_usage():
        steps = connection.client.iter_steps(execution_id, prefetch=_PREFETCH)
    read: list[Step] = []
    try:
        with steps, ids_explained(execution_id), working_line(WAITING) as show:
            for page in steps.pages():
                read += page.steps
                show(f"Loading {count(len(read), 'step')}")
    except (CocError, RuntimeError) as error:
        done = f"{count(len(read), 'step')} had been read" if read else ""
        raise connection.failure(error, done) from error
    return read


def _step(connection: Connection, execution_id: str, step_id: str) -> Step:
    try:
        with (
            as_usage(step_ids="STEP_ID"),
            ids_explained(execution_id, step_id),
            working_line(WAITING),
        ):
            return connection.client.get_step(execution_id, step_id)
    except (CocError, RuntimeError) as error:
        raise connection.failure(error) from error


def _show_ticket(execution_id: str, steps: list[Step], output: str) -> None:
    moment = now()
    facts = [Facts(step, moment) for step in steps]
    if output == "html":
        _write_page(execution_id, facts)
    elif output == "json":
        write_text(json_document(overview_record(execution_id, facts)))
    else:
        console = make_console()
        print_parts(console, draw_overview(execution_id, facts, console))


def _show_step(execution_id: str, step: Step, output: str) -> None:
    facts = Facts(step, now())
    if output == "html":
        _write_page(execution_id, [facts])
    elif output == "json":
        write_text(json_document(sent_values(step, marked=True)))
    else:
        console = make_console()
        print_parts(console, draw_step(facts, console))


def _write_page(execution_id: str, facts: list[Facts]) -> None:
    from coc_steps.cli._page.page import make_page  # other outputs need not wait for it

    write_text(make_page(execution_id, facts))
