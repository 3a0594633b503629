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
    from collections.abc import Callable, Generator

F = TypeVar("F", bound="Callable[..., Any]")

_OPTIONS = {
    "region or base_url": "--region or --base-url",
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


class _Finite(click.FloatRange):
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


POSITIVE = _Finite(min=0, min_open=True)


def clean_id(text: str) -> str:
    """Return an id without the blanks and invisible characters that pasting brings."""
    return text.strip().strip(_INVISIBLE).strip()


def number(
    name: str,
    kind: click.ParamType[Any],
    text: str,
    *,
    unit: str = "N",
    default: float | None = None,
) -> Callable[[F], F]:
    """Return an option that takes a number; its help shows the default, if there is one."""
    return click.option(
        name, type=kind, metavar=unit, default=default, show_default=True, help=text
    )


def output_option(outputs: list[str], default: str) -> Callable[[F], F]:
    """Return the option --output."""
    text = f"How to print.  [default: {default}]"
    return click.option("-o", "--output", type=click.Choice(outputs), help=text)


def _regions(_context: click.Context, _option: click.Parameter, begun: str) -> list[str]:
    return [region for region in REGIONS if region.startswith(begun)]


region_option = click.option(
    "--region",
    metavar="REGION",
    shell_complete=_regions,
    help=f"The region to ask: {', '.join(REGIONS)}.  [else COC_REGION]",
)
base_url_option = click.option(
    "--base-url",
    metavar="URL",
    help="The address to ask instead of a region's.  [else COC_BASE_URL]",
)
timeout_option = number(
    "--timeout", POSITIVE, "Give up after so many seconds in all, with exit code 5.", unit="S"
)


def connection_options(command: F) -> F:
    """Add --timeout, --base-url and --region to a command."""
    return timeout_option(base_url_option(region_option(command)))


def address(base_url: str | None, region: str | None) -> str:
    """Return the address of the server that the two options name, else the environment."""
    with as_usage(ConfigurationError):
        return resolve_base_url(region, base_url)


@contextmanager
def as_usage(also: type[Exception] = ValueError, **other: str) -> Generator[None]:
    """Turn what the client says of its arguments, or another error, into wrong usage.

    ``other`` is what a command calls an argument of the client, if that is not what most do.
    """
    try:
        yield
    except (TypeError, ValueError, also) as error:
        options = {**_OPTIONS, **other}
        names = "|".join(rf"\b{name}\b" for name in options)
        message = re.sub(names, lambda match: options[match[0]], str(error))
        raise click.UsageError(message) from error
