"""The console for stdout."""

from __future__ import annotations

import os
import sys

from rich.console import Console

UNBOUNDED = 100_000  # columns, for whatever is not a terminal


class _Stdout(Console):
    """Leaves a broken pipe to the command, which has an exit code for it; rich ends with 1."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - it is called where the error is handled


def make_console() -> Console:
    """Make a console for stdout: no escapes under NO_COLOR, no limit where there is no terminal."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        # A name that the terminal's encoding does not have must not end the command.
        reconfigure(errors="replace")
    return _Stdout(
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        highlight=False,
        markup=False,
        emoji=False,
        width=None if sys.stdout.isatty() else UNBOUNDED,
    )
