"""How a command fails: one message on stderr, and an exit code that scripts can rely on."""

from __future__ import annotations

from typing import IO, Any, Self

import click

from coc_steps import AuthenticationError, CocError, ConfigurationError, RequestTimeoutError

from ._text import one_line

NO = 1
USAGE = 2
CREDENTIALS = 4
TIMEOUT = 5
INTERRUPTED = 130


class Failure(click.ClickException):
    """A message for people and an exit code for scripts.

    Args:
        message: What went wrong; what a server said in it is made harmless.
        exit_code: How the process ends.
    """

    def __init__(self, message: str, exit_code: int = NO) -> None:
        super().__init__(one_line(message))
        self.exit_code = exit_code

    @classmethod
    def of(cls, error: CocError, *, listed: int | None = None) -> Self:
        """Make it from an error of the client.

        Args:
            error: The error; its text has the request id.
            listed: How many steps were listed before it (count), if it came while listing.
        """
        note = f"; {listed:,} steps were listed before it" if listed else ""
        return cls(f"{error}{note}", exit_code(error))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message."""
        click.echo(f"Error: {self.format_message()}", file=file, err=file is None)


def exit_code(error: CocError) -> int:
    """Give the exit code of an error; an address is checked before, as usage."""
    if isinstance(error, AuthenticationError | ConfigurationError):
        return CREDENTIALS
    return TIMEOUT if isinstance(error, RequestTimeoutError) else NO
