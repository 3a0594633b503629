"""Stdout: what is written to it, and what can happen meanwhile."""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from rich.console import RenderableType

UNBOUNDED = 100_000  # columns, for whatever is not a terminal

PLAIN = "coc_steps.plain"
"""The error handler of encodings that lack our symbols or other characters."""

_PLAIN = str.maketrans("✔✘⊘▸◦∙▮▯…", "+x->.?#-.")


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_PLAIN)
    return text.encode("ascii", "replace").decode(), error.end


codecs.register_error(PLAIN, _plain)


@contextmanager
def until_the_reader_leaves() -> Generator[None]:
    """Go on behind the block when whoever reads, such as head, has had enough."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        let_go_of_stdout()


def let_go_of_stdout() -> None:
    """Have the interpreter's last flush go nowhere: it would fail, too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    finally:
        os.close(nowhere)


def write_text(text: str) -> None:
    """Write a text to stdout, as UTF-8."""
    sys.stdout.buffer.write(text.encode(errors="replace"))
    sys.stdout.buffer.flush()


class _Stdout(Console):
    """Leaves a broken pipe to the command, which has an exit code for it; rich ends with 1."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - it is called where the error is handled


def make_console(*, wide: bool = False) -> Console:
    """Return a console for stdout.

    It writes no escapes under NO_COLOR. Its lines have no limit if they are ``wide``, and where
    there is no terminal.
    """
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors=PLAIN)
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
