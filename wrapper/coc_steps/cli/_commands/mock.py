"""``coc-steps mock``: a server to try things on."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from coc_steps.cli._failures import CommandError, Exit, needs_extra
from coc_steps.cli._options import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps.mock import MockServer

_EPILOG = """\b
Examples:
  coc-steps mock
  coc-steps mock --port 8080 --seed 7 --live

Paste what it prints into another terminal; the lines with # are comments.
"""


@click.command("mock", epilog=_EPILOG, short_help="Serve a mock on this machine.")
@number("--port", click.IntRange(0, 65_535), "The port of 127.0.0.1.  [default: a free one]")
@number("--seed", click.INT, "The same seed gives the same tickets and credentials.", default=0)
@click.option(
    "--live", is_flag=True, help="Let running tickets go on with each successful request."
)
def mock_command(port: int | None, seed: int, live: bool) -> None:
    """Serve a mock of the endpoint on this machine until Ctrl-C."""
    with needs_extra("the mock", "mock"):
        from coc_steps.mock import serve
    with ExitStack() as stack:
        try:
            mock = stack.enter_context(serve(port=port or 0, seed=seed, live=live))
        except OSError as error:
            raise CommandError(
                f"cannot listen on port {port}: {error.strerror}", Exit.USAGE
            ) from error
        click.echo("\n".join(_description(mock)))
        while True:
            time.sleep(3_600)


def _description(mock: MockServer) -> Iterator[str]:
    """Return lines that can be pasted into a shell as they are."""
    yield f"# A mock of COC at {mock.base_url}, until Ctrl-C."
    yield f"export COC_BASE_URL={mock.base_url}"
    yield f"export COC_AUTH_TOKEN={mock.token}"
    yield "# Or, instead of the token, keys:"
    yield f"# export HUAWEICLOUD_SDK_AK={mock.access_key} HUAWEICLOUD_SDK_SK={mock.secret_key}"
    yield "# Tickets:"
    for ticket, steps in mock.tickets.items():
        yield f"#   {ticket}  {steps:>5,} {'step' if steps == 1 else 'steps'}"
    yield "# Try:"
    # One of several pages that is not the longest one to read.
    ticket = sorted(mock.tickets, key=lambda ticket: mock.tickets[ticket])[-2]
    yield f"coc-steps show {ticket}"
    yield f"coc-steps list {ticket}"
