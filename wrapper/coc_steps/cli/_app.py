"""The group of all commands, and what happens to the errors that none of them handles.

A new command is one module with one click command, and one line at the end of this one.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from coc_steps_command import INTERRUPTED

from coc_steps import CocError, __version__

from ._commands.conform import conform_command
from ._commands.list import list_command
from ._commands.mock import mock_command
from ._commands.show import show_command
from ._commands.watch import watch_command
from ._failures import CommandError, Exit, command_error
from ._output import let_go_of_stdout, until_the_reader_leaves

if TYPE_CHECKING:
    from collections.abc import Generator

_EPILOG = """\b
Credentials come from the environment (COC_AUTH_TOKEN, or HUAWEICLOUD_SDK_AK and
HUAWEICLOUD_SDK_SK) or from the vendor's profile file, never from arguments.

\b
Exit codes:
  0  fine
  1  the answer is no: a failed API call, a failed step under --exit-status, a finding
  2  wrong usage, or surroundings that cannot work
  3  conform could not judge
  4  no credentials, or refused ones
  5  timeout
  6  a report or the output could not be written
  130  Ctrl-C

\b
Completion in bash (zsh and fish likewise):
  eval "$(_COC_STEPS_COMPLETE=bash_source coc-steps)"
"""


class App(click.Group):
    """A group whose commands end with the exit codes of `_failures`, without a traceback."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _failures_told(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with _failures_told(ctx), until_the_reader_leaves():
            return super().invoke(ctx)


@contextmanager
def _failures_told(ctx: click.Context) -> Generator[None]:
    """Make a message and an exit code of whatever ends a command."""
    try:
        yield
    except CommandError as error:
        told = error
    except CocError as error:
        told = command_error(error)
    except OSError as error:
        if error.filename is None:
            let_go_of_stdout()
        what = error.filename or "the output"
        told = CommandError(f"{what} cannot be written: {error.strerror}", Exit.OUTPUT)
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            click.echo(err=True)  # after the ^C
        ctx.exit(INTERRUPTED)
    else:
        return
    click.echo(f"Error: {told}", err=True)
    ctx.exit(told.code)


@click.group(cls=App, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="coc-steps %(version)s")
def app() -> None:
    """Show the execution steps of Huawei Cloud COC tickets."""


for command in (conform_command, list_command, mock_command, show_command, watch_command):
    app.add_command(command)
