"""How a command fails: one message on stderr, and an exit code that scripts can rely on."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

from coc_steps import (
    AuthenticationError,
    BadRequestError,
    CocError,
    ConfigurationError,
    NotFoundError,
    RequestTimeoutError,
    StepNotFoundError,
    WatchTimeoutError,
)

from ._text import one_line

if TYPE_CHECKING:
    from collections.abc import Generator

_STEP_ID = re.compile(r"EXS\d")
_TICKET_ID = re.compile(r"EX\d")


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


class CredentialsFailure(Failure):
    """There are no credentials, or they were refused."""

    exit_code = 4


class TimeoutFailure(Failure):
    """It took too long."""

    exit_code = 5


class OutputFailure(Failure):
    """A report or the output could not be written."""

    exit_code = 6


@contextmanager
def needs_extra(what: str, extra: str) -> Generator[None]:
    """Turn the import of an extra that is not installed into a hint."""
    try:
        yield
    except ImportError as error:
        hint = f"{what} needs its extra: pip install 'coc-steps[{extra}]'"
        raise UsageFailure(hint) from error


_KINDS: dict[type[CocError], type[Failure]] = {
    AuthenticationError: CredentialsFailure,
    # Of an address or the surroundings: `_options.connect` finds those, as usage.
    ConfigurationError: CredentialsFailure,
    RequestTimeoutError: TimeoutFailure,
    WatchTimeoutError: TimeoutFailure,
}


def failure(error: CocError, *, done: str = "") -> Failure:
    """Return the failure that an error of the client is.

    Args:
        error: The error; its text has the request id, its notes how often it was tried.
        done: What was done before it.
    """
    kind = _KINDS.get(type(error), Failure)
    return kind("; ".join(filter(None, [str(error), *getattr(error, "__notes__", ()), done])))


@contextmanager
def ids_explained(execution_id: str, step_id: str = "") -> Generator[None]:
    """Let an error about an id that is not there say what is probably meant."""
    try:
        yield
    except (BadRequestError, NotFoundError, StepNotFoundError) as error:
        if hint := _meant(execution_id, step_id):
            error.add_note(hint)
        raise


def _meant(execution_id: str, step_id: str) -> str:
    if not _STEP_ID.match(execution_id):
        return ""
    if _TICKET_ID.match(step_id):
        return "EXECUTION_ID looks like a step's id, and STEP_ID like a ticket's: swap them"
    return "EXECUTION_ID looks like a step's id; a ticket's is like EX20250624161701019xxxx"
