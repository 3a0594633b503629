"""What all commands that ask a server have in common."""

from __future__ import annotations

import math
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from coc_steps import ConfigurationError
from coc_steps._client.settings import resolve_base_url
from coc_steps._steps.request import REGIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

F = TypeVar("F", bound="Callable[..., Any]")

_OPTIONS = {
    "base_url": "--base-url",
    "step_ids": "--step-id",
    "execution_id": "EXECUTION_ID",
    "interval": "--interval",
    "settle": "--settle",
    "timeout": "--timeout",
    "pass region": "pass --region",
    "skip names": "--skip names",
}
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


class Positive(click.FloatRange):
    """A finite number above 0."""

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


def clean_id(text: str) -> str:
    """Return an id without the blanks and invisible characters that pasting brings."""
    return text.strip().strip(_INVISIBLE).strip()


def connection_options(command: F) -> F:
    """Add --base-url and --region to a command."""
    for option in (
        click.option(
            "--region",
            metavar="REGION",
            shell_complete=_regions,
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


timeout_option = click.option(
    "--timeout",
    type=Positive(),
    metavar="S",
    help="Give up after so many seconds in all, with exit code 5.",
)


def _regions(_context: click.Context, _option: click.Parameter, begun: str) -> list[str]:
    """Complete the name of a region; others than the known have an address to give."""
    return [region for region in REGIONS if region.startswith(begun)]


def address(base_url: str | None, region: str | None) -> str:
    """Return the address of the server that the two options name, else the environment.

    Raises:
        click.UsageError: It is missing or wrong.
    """
    if base_url is not None and region is not None:
        raise click.UsageError("give --region or --base-url, not both")
    with as_usage(ConfigurationError):
        return resolve_base_url(region, base_url)


@contextmanager
def as_usage(also: type[Exception] = ValueError, **other: str) -> Generator[None]:
    """Turn what the client says of its arguments into words about the command line.

    Args:
        also: Another error to take for wrong usage.
        other: What a command calls an argument of the client's, if that is not what most do.
    """
    try:
        yield
    except (TypeError, ValueError, also) as error:
        raise click.UsageError(_as_options(str(error), {**_OPTIONS, **other})) from error


def _as_options(message: str, options: Mapping[str, str]) -> str:
    names = "|".join(rf"\b{name}\b" for name in options)
    return re.sub(names, lambda match: options[match[0]], message)
