"""``coc-steps mock``: a server to try things on."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from coc_steps.cli._failures import UsageFailure, needs_extra

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from coc_steps.mock import MockServer

_EPILOG = """\b
Examples:
  coc-steps mock
  coc-steps mock --port 8080 --seed 7 --live

Paste what it prints into another terminal; the lines with # are comments.
"""


@click.command("mock", epilog=_EPILOG, short_help="Serve a mock on this machine.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    metavar="N",
    help="The port of 127.0.0.1.  [default: a free one]",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="The same seed gives the same tickets and credentials.",
)
@click.option("--live", is_flag=True, help="Let running tickets go on with each request.")
def mock_command(port: int, seed: int, live: bool) -> None:
    """Serve a mock of the endpoint on this machine until Ctrl-C."""
    with _serve(port, seed, live) as mock:
        click.echo("\n".join(_description(mock)))
        while True:
            time.sleep(3_600)


@contextmanager
def _serve(port: int, seed: int, live: bool) -> Generator[MockServer]:
    with needs_extra("the mock", "mock"):
        from coc_steps.mock import serve
    with ExitStack() as stack:
        try:
            mock = stack.enter_context(serve(port=port, seed=seed, live=live))
        except OSError as error:
            raise UsageFailure(f"cannot listen on port {port}: {error.strerror}") from error
        yield mock


def _description(mock: MockServer) -> Iterator[str]:
    """Return lines that can be pasted into a shell as they are."""
    yield f"# A mock of COC at {mock.base_url}, until Ctrl-C."
    yield f"export COC_BASE_URL={mock.base_url}"
    yield f"export COC_AUTH_TOKEN={mock.token}"
    yield "# Or, instead of the token, keys:"
    yield f"# export HUAWEICLOUD_SDK_AK={mock.access_key} HUAWEICLOUD_SDK_SK={mock.secret_key}"
    yield "# Tickets:"
    for ticket, count in mock.tickets.items():
        yield f"#   {ticket}  {count:>5,} {'step' if count == 1 else 'steps'}"
    yield "# Try:"
    yield f"coc-steps show {_worth_a_look(mock.tickets)}"
    yield f"coc-steps list {_worth_a_look(mock.tickets)}"


def _worth_a_look(tickets: dict[str, int]) -> str:
    """Return a ticket of several pages that is not the longest one to read."""
    return sorted(tickets, key=lambda ticket: tickets[ticket])[-2]
