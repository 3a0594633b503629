"""Values as people read them. Nothing a server sends may steer a terminal or a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def local(time: datetime) -> datetime:
    """Return a time in the time zone of whoever reads it."""
    try:
        return time.astimezone()
    except (OverflowError, OSError, ValueError):
        # At the ends of the calendar there is no room for a time zone.
        return time


def local_time(time: datetime | None) -> str:
    """Return a local date and time, to the second."""
    return NONE if time is None else f"{local(time):%Y-%m-%d %H:%M:%S}"


def short_time(time: datetime | None) -> str:
    """Return a local date and time without the year."""
    return NONE if time is None else f"{local(time):%m-%d %H:%M:%S}"


def clock_time(time: datetime | None) -> str:
    """Return a local time of day."""
    return NONE if time is None else f"{local(time):%H:%M:%S}"
