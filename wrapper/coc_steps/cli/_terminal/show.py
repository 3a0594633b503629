"""A ticket at a glance: counts, times, a timeline, and why steps failed; and one step."""

from __future__ import annotations

import math
import shlex
from collections import Counter
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from coc_steps.cli._output import UNBOUNDED
from coc_steps.cli._text import NONE, count, duration_text, look, one_line
from coc_steps.cli._ticket.details import sections
from coc_steps.cli._ticket.selection import SORTS, worth_showing
from coc_steps.cli._ticket.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console, RenderableType

    from coc_steps.cli._ticket.facts import Facts
    from coc_steps.cli._ticket.summary import Axis

_GAP = 2
_AROUND = 18  # lines that are no bars: header, titles, reasons, notes, and the prompt
_FEWEST, _MOST = 8, 40  # bars
_UNBOUNDED_LINES, _UNBOUNDED_COLUMNS = 24, 100  # of the timeline, where there is no limit
_NAME_SHARE = 0.35  # of the width, at the most
# One column wide everywhere, also in terminals set up for Chinese.
_RUNS, _WAITS, _GOES_ON = "▮", "▯", "▸"
_NAMED = 3  # tickets, in a command to paste
_LONGEST = 300  # characters of a reason; `show` has all of a message


def draw_overview(
    ticket: str, steps: Sequence[Facts], console: Console
) -> Iterator[RenderableType]:
    """Return the overview of a ticket."""
    summary = Summary(steps)
    yield header(ticket, summary)
    yield count_line(summary.statuses)
    if summary.times:
        yield Text(summary.times)
    if summary.axis:
        yield ""
        yield from _timeline(steps, summary.axis, console)
    yield from odd_values(steps)
    yield from reasons(steps, [ticket], most=3)
    if summary.failed:
        yield _command(f"One of them: coc-steps show {shlex.quote(ticket)} STEP_ID")


def header(ticket: str, summary: Summary) -> Text:
    """Return the ticket and its state."""
    line = Text.assemble((one_line(ticket), "bold"), f"  {summary.state}")
    if summary.failed:
        line.append(", ").append(f"{count(summary.failed, 'step')} failed", "red")
    return line


def reasons(
    steps: Sequence[Facts], tickets: Sequence[str], most: int = 5
) -> Iterator[RenderableType]:
    """Return what the first and the last failed steps say, if any of the tickets' steps failed."""
    failed = [each for each in steps if each.is_failed]
    if not failed:
        return
    yield ""
    yield Text("reasons", "bold")
    left_out = len(failed) - 2 * most
    if left_out <= 0:
        yield _reason_grid(failed)
        return
    yield _reason_grid(failed[:most])
    yield Text(f"… {left_out:,} more …", "dim")
    yield _reason_grid(failed[-most:])
    named = shlex.join(tickets) if len(tickets) <= _NAMED else "TICKETS"
    yield _command(f"All {len(failed):,}: coc-steps list {named} --failed --output wide")


def _reason_grid(steps: Sequence[Facts]) -> Table:
    grid = Table.grid(padding=(0, _GAP, 0, 0))
    grid.add_column(overflow="fold", max_width=40)
    grid.add_column(overflow="fold")
    for each in steps:
        reason = each.reason
        cut = reason if len(reason) <= _LONGEST else f"{reason[: _LONGEST - 1]}…"
        grid.add_row(marked(each.status, each.id), Text(cut))
    return grid


def _command(text: str) -> Text:
    """Return a command that can be pasted, since it is not broken into lines."""
    return Text(text, "dim", no_wrap=True, overflow="ignore")


def _timeline(steps: Sequence[Facts], axis: Axis, console: Console) -> Iterator[RenderableType]:
    """Return a bar per step, what the bars mean, and what has no bar."""
    shown = sorted(worth_showing(steps, _lines(console)), key=SORTS["start"])
    names = [marked(each.status, each.name) for each in shown]
    durations = [duration_text(each.duration) for each in shown]
    all_of_it = _UNBOUNDED_COLUMNS if console.width == UNBOUNDED else console.width
    name = min(max(map(cell_len, map(str, names))), max(int(all_of_it * _NAME_SHARE), 12))
    bar = max(all_of_it - name - max(map(len, durations)) - 2 * _GAP, 8)

    grid = Table.grid(padding=(0, _GAP, 0, 0))
    grid.add_column(no_wrap=True, overflow="ellipsis", width=name)
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(no_wrap=True, width=bar)
    scale = axis.text(0) + axis.text(1).rjust(bar - len(axis.text(0)))
    grid.add_row(Text("timeline", "bold"), "", Text(scale, "dim"))
    for row in zip(names, durations, [_bar(each, axis, bar) for each in shown], strict=True):
        grid.add_row(*row)
    yield grid
    if any(each.is_pause for each in shown):
        yield Text(f"{_WAITS} waits for somebody to go on", "dim")
    if len(shown) < len(steps):
        statuses = Counter(each.status or NONE for each in steps)
        statuses -= Counter(each.status or NONE for each in shown)
        line = count_line(statuses)
        line.stylize("not bold")
        yield Text.assemble("not drawn: ", line, style="dim")


def _lines(console: Console) -> int:
    if not console.is_terminal:
        return _UNBOUNDED_LINES
    return min(max(console.height - _AROUND, _FEWEST), _MOST)


def _bar(facts: Facts, axis: Axis, width: int) -> Text:
    bar = axis.bar(facts)
    if bar is None:
        return Text("has not begun", "dim")
    begin = min(math.floor(bar[0] * width), width - 1)
    end = max(math.ceil(bar[1] * width), begin + 1)
    drawn = (_WAITS if facts.is_pause else _RUNS) * (end - begin)
    if facts.is_running:
        drawn = drawn[:-1] + _GOES_ON
    return Text.assemble(" " * begin, (drawn, look(facts.status).style))


def draw_step(facts: Facts) -> Iterator[RenderableType]:
    """Return all of a step, its inputs and outputs below it."""
    yield status_text(facts.status).append(f"  {one_line(facts.name or NONE)}", "bold")
    for title, pairs in sections(facts):
        yield ""
        if title:
            yield Text(title, "bold")
        grid = Table.grid(padding=(0, _GAP, 0, 0))
        grid.add_column(style="dim", overflow="fold", max_width=40)
        grid.add_column(overflow="fold")
        for name, text in pairs:
            grid.add_row(Text(f"  {name}" if title else name), Text(text))
        yield grid


def status_text(status: str | None) -> Text:
    """Return a status in its colour."""
    return marked(status, status)


def marked(status: str | None, text: str | None) -> Text:
    """Return a text with the symbol and the colour of a status."""
    shown = look(status)
    return Text(f"{shown.symbol} {one_line(text or NONE)}", shown.style)


def count_line(statuses: Counter[str], total: int | None = None) -> Text:
    """Return how many steps there are, of how many, and of each status."""
    shown = statuses.total()
    is_part = total is not None and total != shown
    line = Text(f"{shown:,} of {total:,} steps" if is_part else count(shown, "step"), "bold")
    for place, (status, times) in enumerate(statuses.most_common()):
        line.append(", " if place else ": ", "not bold")
        line.append(f"{times:,} ", "not bold").append_text(status_text(status))
    return line


def odd_values(steps: Iterable[Facts]) -> Iterator[Text]:
    """Return what has to be said of values that are odd, if there are any."""
    if odd := sorted({name for each in steps for name in each.odd}):
        yield Text(f"? stands for a value of an undocumented type: {', '.join(odd)}.", "dim")
