"""Everything about one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from coc_steps.cli._text import NONE, one_line
from coc_steps.cli._ticket.details import main_facts, sections

from .status import status_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from coc_steps.cli._ticket.details import Pair
    from coc_steps.cli._ticket.facts import Facts


def draw_step(facts: Facts) -> Iterator[RenderableType]:
    """Return all of a step, its inputs and outputs below it."""
    yield status_text(facts.status).append(f"  {one_line(facts.name or NONE)}", "bold")
    yield ""
    yield _grid(main_facts(facts))
    for section in sections(facts):
        yield ""
        yield Text(section.title, "bold")
        yield _grid([(f"  {name}", text) for name, text in section.pairs])


def _grid(pairs: Sequence[Pair]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", overflow="fold", max_width=40)
    grid.add_column(overflow="fold")
    for name, text in pairs:
        grid.add_row(Text(name), Text(text))
    return grid
