"""How a command fails: one message on stderr, and an exit code that scripts can rely on."""

from __future__ import annotations

import re
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING

from coc_steps import (
    AuthenticationError,
    BadRequestError,
    CocError,
    ConfigurationError,
    NotFoundError,
    RequestTimeoutError,
    StepNotFoundError,
)

from ._text import one_line

if TYPE_CHECKING:
    from collections.abc import Generator

_STEP_ID = re.compile(r"EXS\d")
_TICKET_ID = re.compile(r"EX\d")


class Exit(IntEnum):
    """Exit codes. Others are 0 (fine), 3 (conform could not judge) and 130 (Ctrl-C)."""

    NO = 1
    USAGE = 2
    CREDENTIALS = 4
    TIMEOUT = 5
    OUTPUT = 6


class CommandError(Exception):
    """Ends a command with a message, in which whatever a server said is harmless."""

    def __init__(self, message: str, code: Exit = Exit.NO) -> None:
        super().__init__(one_line(message))
        self.code = code


class CredentialsError(ConfigurationError):
    """There are no credentials, or none any more."""


@contextmanager
def about_credentials() -> Generator[None]:
    """Tell what is wrong with credentials from what is wrong with the surroundings."""
    try:
        yield
    except ConfigurationError as error:
        raise CredentialsError(str(error)) from error


@contextmanager
def needs_extra(what: str, extra: str) -> Generator[None]:
    """Turn the import of an extra that is not installed into a hint."""
    try:
        yield
    except ImportError as error:
        hint = f"{what} needs its extra: pip install 'coc-steps[{extra}]'"
        raise CommandError(hint, Exit.USAGE) from error


_CODES: dict[type[CocError], Exit] = {
    AuthenticationError: Exit.CREDENTIALS,
    CredentialsError: Exit.CREDENTIALS,
    ConfigurationError: Exit.USAGE,
    RequestTimeoutError: Exit.TIMEOUT,
}


def command_error(error: CocError, done: str = "") -> CommandError:
    """Return the failure that an error of the client is; ``done`` is what was done before it."""
    said = str(error).replace("page_size", "--page-size").replace("the base URL", "--base-url")
    texts = [said, *getattr(error, "__notes__", ()), done]
    return CommandError("; ".join(filter(None, texts)), _CODES.get(type(error), Exit.NO))


@contextmanager
def ids_explained(execution_id: str, step_id: str = "") -> Generator[None]:
    """Let an error about an id that is not there say what is probably meant."""
    try:
        yield
    except (BadRequestError, NotFoundError, StepNotFoundError) as error:
        if _STEP_ID.match(execution_id):
            meant = "; a ticket's is like EX20250624161701019xxxx"
            if _TICKET_ID.match(step_id):
                meant = ", and STEP_ID like a ticket's: swap them"
            error.add_note(f"EXECUTION_ID looks like a step's id{meant}")
        raise
