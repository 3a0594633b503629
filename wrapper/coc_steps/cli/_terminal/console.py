"""The console for stdout."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

UNBOUNDED = 100_000  # columns, for whatever is not a terminal


class _Stdout(Console):
    """Leaves a broken pipe to the command, which has an exit code for it; rich ends with 1."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - it is called where the error is handled


def make_console(*, wide: bool = False) -> Console:
    """Return a console for stdout.

    It writes no escapes under NO_COLOR, and its lines have no limit where there is no terminal.

    Args:
        wide: Whether lines may be longer than the terminal is wide.
    """
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        # A name that the terminal's encoding does not have must not end the command.
        reconfigure(errors="replace")
    return _Stdout(
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        highlight=False,
        markup=False,
        emoji=False,
        width=None if sys.stdout.isatty() and not wide else UNBOUNDED,
    )


def print_parts(console: Console, parts: Iterable[RenderableType]) -> None:
    """Print parts below each other, without spaces at the ends of lines."""
    for part in parts:
        with console.capture() as captured:
            console.print(part)
        text = captured.get()
        console.file.write("".join(f"{line.rstrip()}\n" for line in text.splitlines()))
    console.file.flush()
