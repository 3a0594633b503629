"""How a command fails: one message on stderr, and an exit code that scripts can rely on."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

from coc_steps import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    CocError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
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


_ADVICE: dict[type[CocError], str] = {
    BadRequestError: "Check the ticket's id: an unknown one is refused like this",
    PermissionDeniedError: "The credentials need the permission coc:execution:listExecutionStep",
    NotFoundError: "Check --base-url and the ticket's id",
    RateLimitError: "Throttled: try again later, or ask for less at a time",
    ServerError: "Try again later",
}
"""What to do; of other errors their own text says it."""


def failure(error: CocError, *, done: str = "") -> Failure:
    """Return the failure that an error of the client is.

    Args:
        error: The error; its text has the request id, its notes how often it was tried.
        done: What was done before it.
    """
    kind = _KINDS.get(type(error), Failure)
    return kind("; ".join(filter(None, [_words(error), *getattr(error, "__notes__", ()), done])))


def _words(error: CocError) -> str:
    """Return what the server said and what to do, in words about the command."""
    advice = _ADVICE.get(type(error))
    if advice is None or not isinstance(error, ApiError):
        return str(error)
    said = ": ".join(filter(None, [error.error_code, (error.error_msg or "").rstrip(" .。")]))
    request_id = f" (request id {error.request_id})" if error.request_id else ""
    return f"the server answered {error.status_code} {said}".rstrip() + f". {advice}{request_id}"


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
