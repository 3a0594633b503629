"""What can happen to stdout while a command writes to it."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


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
