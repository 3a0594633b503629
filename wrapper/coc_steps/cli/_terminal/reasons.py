"""Why steps failed: what a table has no room for, below it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from .status import marked
from .text import name_and_reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, RenderableType

    from coc_steps import Step

_GAP = 2
_MOST = 10  # steps
_LONGEST = 300  # characters; `show` has all of a message


class Reasons:
    """Keeps what the last of the failed steps say of themselves."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: deque[tuple[Text, Text]] = deque(maxlen=_MOST)
        self._count = 0

    def take(self, step: Step) -> None:
        """Take a step, failed or not."""
        if not step.is_failed:
            return
        self._count += 1
        reason = name_and_reason(step)
        cut = reason if len(reason) <= _LONGEST else f"{reason[: _LONGEST - 1]}…"
        self._last.append((marked(step.status, step.id, self._console), Text(cut)))

    def draw(self) -> Iterator[RenderableType]:
        """Give the reasons, below a title; nothing if no step has failed."""
        if not self._last:
            return
        grid = Table.grid(padding=(0, _GAP, 0, 0))
        grid.add_column(overflow="fold", max_width=40)
        grid.add_column(overflow="fold")
        for row in self._last:
            grid.add_row(*row)
        yield ""
        yield Text("reasons", "bold")
        yield grid
        if self._count > len(self._last):
            yield Text(f"Shown: the last {len(self._last)} of {self._count:,} that failed.", "dim")
