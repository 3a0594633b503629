"""What all commands that ask a server have in common."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from coc_steps import Client, ConfigurationError
from coc_steps._settings import REGIONS, resolve_base_url

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

F = TypeVar("F", bound="Callable[..., Any]")

_OPTIONS = {
    "base_url": "--base-url",
    "step_ids": "--step-id",
    "execution_id": "EXECUTION_ID",
    "execution_ids": "--execution-id",
    "interval": "--interval",
    "settle": "--settle",
    "timeout": "--timeout",
    "pass region": "pass --region",
    "skip names": "--skip names",
}


def connection_options(command: F) -> F:
    """Add --base-url and --region to a command."""
    for option in (
        click.option(
            "--region",
            metavar="REGION",
            help=f"The region to ask: {', '.join(REGIONS)}.  [else COC_REGION]",
        ),
        click.option(
            "--base-url",
            metavar="URL",
            help="The address to ask instead of a region's.  [else COC_BASE_URL]",
        ),
    ):
        command = option(command)
    return command


def connect(base_url: str | None, region: str | None) -> Client:
    """Make a client; credentials come from the environment or the profile file.

    Raises:
        click.UsageError: The address is missing or wrong.
        ConfigurationError: There are no credentials.
    """
    return Client(base_url=address(base_url, region))


def address(base_url: str | None, region: str | None) -> str:
    """Give the address of the server that the two options name, else the environment.

    Raises:
        click.UsageError: It is missing or wrong.
    """
    if base_url is not None and region is not None:
        raise click.UsageError("give --region or --base-url, not both")
    with as_usage(ConfigurationError):
        return resolve_base_url(region, base_url)


@contextmanager
def as_usage(also: type[Exception] = ValueError) -> Generator[None]:
    """Turn what the client says of its arguments into words about the command line."""
    try:
        yield
    except (TypeError, ValueError, also) as error:
        raise click.UsageError(_as_options(str(error))) from error


def _as_options(message: str) -> str:
    names = "|".join(rf"\b{name}\b" for name in _OPTIONS)
    return re.sub(names, lambda match: _OPTIONS[match[0]], message)
