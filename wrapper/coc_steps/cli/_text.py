"""Values as people read them. Nothing a server sends may steer a terminal or a page."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime, timedelta

NONE = "-"
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def one_line(text: str) -> str:
    """Return a text without line breaks, escape sequences and other invisible characters."""
    return "".join(map(_visible, text))


def lines(text: str) -> str:
    """Return a text with its line breaks, and without other characters that cannot be seen."""
    return "\n".join(map(one_line, text.expandtabs().splitlines()))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"


def middle_cut(text: str) -> str:
    """Return an id with its middle left out: ids differ at their end."""
    return text if len(text) <= 14 else f"{text[:4]}…{text[-8:]}"


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the singular or the plural."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration_text(duration: timedelta | None) -> str:
    """Return a duration in its two largest units."""
    if duration is None:
        return NONE
    seconds = duration.total_seconds()
    if seconds < 0:
        return f"-{duration_text(-duration)}"
    if seconds < 1:
        return f"{seconds * 1_000:.0f}ms"
    # 59.96 would be 60.0 with one decimal, so it is a minute.
    return f"{seconds:.1f}s" if round(seconds, 1) < _MINUTE else _in_units(round(seconds))


def _in_units(seconds: int) -> str:
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m {seconds % _MINUTE:02}s"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h {seconds % _HOUR // _MINUTE:02}m"
    return f"{seconds // _DAY}d {seconds % _DAY // _HOUR:02}h"


FULL_TIME = "%Y-%m-%d %H:%M:%S"
SHORT_TIME = "%m-%d %H:%M:%S"
TIME_OF_DAY = "%H:%M:%S"


def time_text(time: datetime | None, form: str = FULL_TIME) -> str:
    """Return a time in the time zone of whoever reads it."""
    if time is None:
        return NONE
    # At the ends of the calendar there is no room for a time zone.
    with suppress(OverflowError, OSError, ValueError):
        time = time.astimezone()
    return f"{time:{form}}"


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
