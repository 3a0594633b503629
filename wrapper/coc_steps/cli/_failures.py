"""How a command fails: one message on stderr, and an exit code that scripts can rely on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

from coc_steps import (
    AuthenticationError,
    CocError,
    ConfigurationError,
    RequestTimeoutError,
    WatchTimeoutError,
)

from ._terminal.text import one_line

if TYPE_CHECKING:
    from collections.abc import Generator


class Failure(click.ClickException):
    """The answer is no. What a server said in the message is made harmless."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message."""
        click.echo(f"Error: {self.format_message()}", file=file, err=file is None)


class UsageFailure(Failure):
    """Something was asked for that this machine cannot do."""

    exit_code = 2


@contextmanager
def needs_extra(what: str, extra: str) -> Generator[None]:
    """Turn the import of an extra that is not installed into a hint."""
    try:
        yield
    except ImportError as error:
        hint = f"{what} needs its extra: pip install 'coc-steps[{extra}]'"
        raise UsageFailure(hint) from error


class CredentialsFailure(Failure):
    """There are no credentials, or they were refused."""

    exit_code = 4


class TimeoutFailure(Failure):
    """It took too long."""

    exit_code = 5


_KINDS: dict[type[CocError], type[Failure]] = {
    AuthenticationError: CredentialsFailure,
    # Of an address: that is checked before, as usage.
    ConfigurationError: CredentialsFailure,
    RequestTimeoutError: TimeoutFailure,
    WatchTimeoutError: TimeoutFailure,
}


def failure(error: CocError, *, listed: int = 0) -> Failure:
    """Give the failure that an error of the client is.

    Args:
        error: The error; its text has the request id, its notes how often it was tried.
        listed: How many steps were listed before it (count).
    """
    kind = _KINDS.get(type(error), Failure)
    parts = [str(error), *getattr(error, "__notes__", ())]
    if listed:
        parts.append(f"{listed:,} steps were listed before it")
    return kind("; ".join(parts))
