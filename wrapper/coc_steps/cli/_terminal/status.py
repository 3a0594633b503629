"""How a status is shown: by a colour, a symbol, and its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from coc_steps.cli._text import NONE, one_line

if TYPE_CHECKING:
    from rich.console import Console


class Look(NamedTuple):
    """How a status is shown: to those who see colours, to those who do not, and in ASCII."""

    style: str
    symbol: str
    ascii: str


# Symbols that are one column wide everywhere, also in terminals set up for Chinese.
_LOOKS = {
    "Succeed": Look("green", "✔", "+"),
    "Failed": Look("red", "✘", "x"),
    "Timeout": Look("red", "✘", "x"),
    "Canceled": Look("yellow", "⊘", "-"),
    "Running": Look("cyan", "▸", ">"),
    "Pending": Look("dim", "◦", "."),
}
_OTHER = Look("", "∙", "?")


def look(status: str | None) -> Look:
    """Return how a status is shown."""
    return _LOOKS.get(status or NONE, _OTHER)


def status_text(status: str | None, console: Console) -> Text:
    """Return a status as the console can show it."""
    return marked(status, status, console)


def marked(status: str | None, text: str | None, console: Console) -> Text:
    """Return a text with the symbol and the colour of a status."""
    shown = look(status)
    symbol = shown.ascii if console.options.ascii_only else shown.symbol
    return Text(f"{symbol} {one_line(text or NONE)}", shown.style)
