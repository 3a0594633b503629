"""The group of all commands, and what happens to the errors that none of them handles.

A new command is one module with one click command, and one line at the end of this one.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from coc_steps._core import package_version
from coc_steps._errors import CocError

from ._conform import conform_command
from ._failures import INTERRUPTED, Failure, failure
from ._list import list_command
from ._mock import mock_command
from ._show import show_command
from ._watch import watch_command

_EPILOG = """\b
Credentials come from the environment (COC_AUTH_TOKEN, or HUAWEICLOUD_SDK_AK and
HUAWEICLOUD_SDK_SK) or from the vendor's profile file, never from arguments.

\b
Exit codes:
  0  fine
  1  the answer is no: a failed API call, a failed step under watch --exit-status, a finding
  2  wrong usage
  3  conform could not judge
  4  no credentials, or refused ones
  5  timeout
  130  Ctrl-C

\b
Completion in bash (zsh and fish likewise):
  eval "$(_COC_STEPS_COMPLETE=bash_source coc-steps)"
"""


class App(click.Group):
    """A group whose commands end with the exit codes of `_failures`, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except CocError as error:
            raise failure(error) from error
        except BrokenPipeError:
            # Whoever read, such as head, has had enough.
            _let_go_of_stdout()
            ctx.exit(0)
        except OSError as error:
            _let_go_of_stdout()
            raise Failure(f"the output cannot be written: {error.strerror}") from error
        except KeyboardInterrupt:
            if sys.stderr.isatty():
                click.echo(err=True)  # after the ^C
            ctx.exit(INTERRUPTED)
        return result


def _let_go_of_stdout() -> None:
    """Have the interpreter's last flush go nowhere: it would fail, too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    finally:
        os.close(nowhere)


@click.group(cls=App, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_version(), message="coc-steps %(version)s")
def app() -> None:
    """Show the execution steps of Huawei Cloud COC tickets."""


app.add_command(conform_command)
app.add_command(list_command)
app.add_command(mock_command)
app.add_command(show_command)
app.add_command(watch_command)
