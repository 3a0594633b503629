"""How a status is shown: by a colour, a symbol, and its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from coc_steps.cli._text import NONE, count, one_line

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator

    from coc_steps.cli._ticket.facts import Facts


class Look(NamedTuple):
    """How a status is shown; ``kind`` is the class of the page that colours it."""

    style: str
    symbol: str
    kind: str


# Symbols that are one column wide everywhere, also in terminals set up for Chinese.
_LOOKS = {
    "Succeed": Look("green", "✔", "ok"),
    "Failed": Look("red", "✘", "bad"),
    "Timeout": Look("red", "✘", "bad"),
    "Canceled": Look("yellow", "⊘", "warn"),
    "Running": Look("cyan", "▸", "run"),
    "Pending": Look("dim", "◦", "wait"),
}
_OTHER = Look("", "∙", "other")


def look(status: str | None) -> Look:
    """Return how a status is shown."""
    return _LOOKS.get(status or NONE, _OTHER)


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
