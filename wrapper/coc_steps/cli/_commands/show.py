"""``coc-steps show``: a ticket at a glance, or everything about one of its steps."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from coc_steps._steps.records import sent_values
from coc_steps.cli._connection import connect
from coc_steps.cli._failures import ids_explained
from coc_steps.cli._options import as_usage, clean_id, connection_options, output_option
from coc_steps.cli._output import make_console, print_parts, write_text
from coc_steps.cli._records import json_document
from coc_steps.cli._terminal.progress import WAITING, working_line
from coc_steps.cli._terminal.show import draw_overview, draw_step
from coc_steps.cli._text import count
from coc_steps.cli._ticket.facts import Facts, now
from coc_steps.cli._ticket.summary import overview_record

if TYPE_CHECKING:
    from coc_steps import Step
    from coc_steps.cli._connection import Connection

_EPILOG = """\b
Examples:
  coc-steps show EX20250624161701019xxxx
  coc-steps show EX20250624161701019xxxx --output html > ticket.html
  coc-steps show EX20250624161701019xxxx | jq .statuses
  coc-steps show EX20250624161701019xxxx EXS20250701210145xxxxxx | jq .outputs

\b
The timeline has a bar for the failed, the running and the slowest steps, as many as the
terminal has lines for. The HTML page has all steps, with all that the server sent; it is one
file that loads nothing. Times are local. The JSON of one step is what the server sent.
"""


@click.command("show", epilog=_EPILOG, short_help="Show a ticket at a glance, or one step.")
@click.argument("execution_id", metavar="EXECUTION_ID", type=clean_id)
@click.argument("step_id", metavar="[STEP_ID]", required=False, type=clean_id)
@output_option(["text", "json", "html"], "text on a terminal, else json")
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
            steps = _steps(connection, execution_id)
        else:
            explained = ids_explained(execution_id, step_id)
            with as_usage(step_ids="STEP_ID"), explained, working_line(WAITING):
                steps = [connection.client.get_step(execution_id, step_id)]
    moment = now()
    facts = [Facts(step, moment) for step in steps]
    if output == "html":
        from coc_steps.cli._page.page import make_page  # other outputs need not wait for it

        write_text(make_page(execution_id, facts))
    elif output == "json" and step_id:
        write_text(json_document(sent_values(steps[0], marked=True)))
    elif output == "json":
        write_text(json_document(overview_record(execution_id, facts)))
    else:
        console = make_console()
        overview = draw_overview(execution_id, facts, console)
        print_parts(console, draw_step(facts[0]) if step_id else overview)


def _steps(connection: Connection, execution_id: str) -> list[Step]:
    read: list[Step] = []
    with working_line(WAITING) as show:
        for page in connection.pages(execution_id):
            read += page.steps
            show(f"Loading {count(len(read), 'step')}")
            connection.done = f"{count(len(read), 'step')} had been read"
    return read
