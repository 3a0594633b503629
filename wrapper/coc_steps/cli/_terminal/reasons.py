"""Why steps failed: what a table has no room for, below it."""

from __future__ import annotations

import shlex
from collections import deque
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from .status import marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, RenderableType

    from coc_steps.cli._ticket.facts import Facts

_GAP = 2
_LONGEST = 300  # characters; `show` has all of a message


class Reasons:
    """Keeps what the first and the last failed steps say of themselves.

    Args:
        console: Where they will be shown.
        most: How many reasons of each end to keep.
    """

    def __init__(self, console: Console, most: int = 5) -> None:
        self._console = console
        self._most = most
        self._first: list[Facts] = []
        self._last: deque[Facts] = deque(maxlen=most)
        self._count = 0

    def take(self, facts: Facts) -> None:
        """Take a step, failed or not."""
        if not facts.is_failed:
            return
        self._count += 1
        if len(self._first) < self._most:
            self._first.append(facts)
        else:
            self._last.append(facts)

    def draw(self, tickets: str) -> Iterator[RenderableType]:
        """Return the reasons, below a title; nothing if no step failed.

        Args:
            tickets: The arguments that name the tickets in a command.
        """
        if not self._count:
            return
        left_out = self._count - len(self._first) - len(self._last)
        yield ""
        yield Text("reasons", "bold")
        yield self._grid(self._first)
        if left_out:
            yield Text(f"… {left_out:,} more …", "dim")
        if self._last:
            yield self._grid(self._last)
        if left_out:
            command = f"coc-steps list {tickets} --failed --output wide"
            yield Text(f"All {self._count:,}: {command}", "dim", no_wrap=True, overflow="ignore")

    def _grid(self, steps: list[Facts] | deque[Facts]) -> Table:
        grid = Table.grid(padding=(0, _GAP, 0, 0))
        grid.add_column(overflow="fold", max_width=40)
        grid.add_column(overflow="fold")
        for facts in steps:
            reason = facts.reason
            cut = reason if len(reason) <= _LONGEST else f"{reason[: _LONGEST - 1]}…"
            grid.add_row(marked(facts.status, facts.id, self._console), Text(cut))
        return grid


def argument(text: str) -> str:
    """Return a text as an argument that can be pasted into a shell."""
    return shlex.quote(text)
