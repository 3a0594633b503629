"""A ticket at a glance: counts, times, a time line, and why steps failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from coc_steps.cli._text import count, one_line
from coc_steps.cli._ticket.axis import axis_of
from coc_steps.cli._ticket.summary import Summary

from .columns import Row
from .reasons import Reasons, argument
from .table import count_line, notes
from .timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, RenderableType

    from coc_steps.cli._ticket.facts import Facts

_AROUND = 18  # lines that are no bars: header, titles, reasons, notes, and the prompt
_FEWEST, _MOST = 8, 40  # bars
_UNBOUNDED = 24  # bars, where lines have no end


def draw_overview(
    ticket: str, steps: Sequence[Facts], console: Console
) -> Iterator[RenderableType]:
    """Return the overview of a ticket."""
    summary = Summary(steps)
    yield header(ticket, summary)
    yield count_line(summary.statuses, None, console)
    if summary.times:
        yield Text(summary.times)
    axis = axis_of(summary)
    if axis is not None:
        yield ""
        yield from Timeline(steps, axis, console, lines=_lines(console)).draw()
    yield from notes([Row(ticket, each) for each in steps], ())
    reasons = Reasons(console, most=3)
    for each in steps:
        reasons.take(each)
    yield from reasons.draw(argument(ticket))
    if summary.failed:
        yield Text(
            f"One of them: coc-steps show {argument(ticket)} STEP_ID",
            "dim",
            no_wrap=True,
            overflow="ignore",
        )


def header(ticket: str, summary: Summary) -> Text:
    """Return the ticket and its state."""
    line = Text.assemble((one_line(ticket), "bold"), f"  {summary.state}")
    if summary.failed:
        line.append(", ").append(f"{count(summary.failed, 'step')} failed", "red")
    return line


def _lines(console: Console) -> int:
    if not console.is_terminal:
        return _UNBOUNDED
    return min(max(console.height - _AROUND, _FEWEST), _MOST)
