"""``coc-steps show``: everything about one step."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from coc_steps.cli._options import as_usage, connect, connection_options
from coc_steps.cli._terminal.console import make_console
from coc_steps.cli._terminal.status import status_text
from coc_steps.cli._terminal.text import NONE, duration_text, lines, local_time, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, RenderableType

    from coc_steps import Step
    from coc_steps._json import Json

_EPILOG = """\b
Examples:
  coc-steps show EX20250624161701019xxxx EXS20250701210145xxxxxx
  coc-steps show EX20250624161701019xxxx EXS20250701210145xxxxxx | jq .outputs

\b
JSON has all that the server sent. As text, times are local, and values that are JSON are
spread over several lines.
"""
_SHOWN = frozenset(
    {"execution_step_id", "name", "action", "status", "start_time", "end_time", "message"}
)
_PARAMETERS = ("inputs", "outputs", "properties")


@click.command("show", epilog=_EPILOG, short_help="Show everything about one step.")
@click.argument("execution_id", metavar="EXECUTION_ID")
@click.argument("step_id", metavar="STEP_ID")
@click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    help="How to print.  [default: text on a terminal, else json]",
)
@connection_options
def show_command(
    execution_id: str, step_id: str, output: str | None, base_url: str | None, region: str | None
) -> None:
    """Show everything about the step STEP_ID of the ticket EXECUTION_ID."""
    with connect(base_url, region) as client, as_usage(step_ids="STEP_ID"):
        step = client.get_step(execution_id, step_id)
    if (output or ("text" if sys.stdout.isatty() else "json")) == "json":
        document = json.dumps(step.raw.to_dict(), ensure_ascii=False, indent=2)
        sys.stdout.buffer.write(f"{document}\n".encode())
        return
    console = make_console()
    for part in _parts(step, console):
        console.print(part)


def _parts(step: Step, console: Console) -> Iterator[RenderableType]:
    yield status_text(step.status, console).append(f"  {one_line(step.name or NONE)}", "bold")
    yield ""
    yield _grid(_facts(step))
    raw = step.raw.to_dict()
    for name in _PARAMETERS:
        yield from _section(name, list(_pairs(raw.pop(name, None))))
    additional = {name: value for name, value in raw.items() if name not in _SHOWN}
    yield from _section("additional", [(name, _text(value)) for name, value in additional.items()])


def _facts(step: Step) -> list[tuple[str, str]]:
    return [
        ("step id", one_line(step.id or NONE)),
        ("action", one_line(step.action or NONE)),
        ("start", local_time(step.started_at)),
        ("end", local_time(step.ended_at)),
        ("duration", duration_text(step.duration)),
        ("message", lines(step.message or NONE)),
    ]


def _pairs(parameters: dict[str, Json] | list[dict[str, Json]] | None) -> Iterator[tuple[str, str]]:
    """Give keys and values as they came, of keys that come twice each."""
    if isinstance(parameters, dict):
        yield from ((name, _text(value)) for name, value in parameters.items())
    for parameter in parameters if isinstance(parameters, list) else ():
        key = parameter.pop("key", None)
        undocumented = parameter.keys() - {"value"}
        yield _text(key), _text(parameter if undocumented else parameter.get("value"))


def _text(value: Json) -> str:
    """Give a value as people read it: JSON spread over lines, also where it is in a text."""
    if value is None:
        return NONE
    if isinstance(value, str):
        value = _parsed(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return lines(text)


def _parsed(text: str) -> Json:
    """Give the object or array that a text is, or the text."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        parsed: Json = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return parsed


def _section(name: str, pairs: list[tuple[str, str]]) -> Iterator[RenderableType]:
    if pairs:
        yield ""
        yield Text(name, "bold")
        yield _grid([(f"  {one_line(key)}", value) for key, value in pairs])


def _grid(pairs: list[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", overflow="fold", max_width=40)
    grid.add_column(overflow="fold")
    for key, value in pairs:
        grid.add_row(Text(key), Text(value))
    return grid
