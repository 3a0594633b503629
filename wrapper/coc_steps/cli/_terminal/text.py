"""Values as people read them. Nothing a server sends may steer a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from coc_steps import Step

NONE = "-"
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def one_line(text: str) -> str:
    """Give a text without line breaks, escape sequences and other invisible characters."""
    return "".join(map(_visible, text))


def lines(text: str) -> str:
    """Give a text with its line breaks, and without other characters that cannot be seen."""
    return "\n".join(map(one_line, text.expandtabs().splitlines()))


def name_and_reason(step: Step) -> str:
    """Give the name of a step and, if it failed, what it says of that, in one line."""
    name = one_line(step.name or NONE)
    return f"{name}: {one_line(step.message)}" if step.is_failed and step.message else name


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"


def duration_text(duration: timedelta | None) -> str:
    """Give a duration in its two largest units."""
    if duration is None:
        return NONE
    seconds = duration.total_seconds()
    if seconds < 0:
        return f"-{duration_text(-duration)}"
    if seconds < 1:
        return f"{seconds * 1_000:.0f}ms"
    # 59.96 would be 60.0 with one decimal, so that it is a minute.
    return f"{seconds:.1f}s" if round(seconds, 1) < _MINUTE else _in_units(round(seconds))


def _in_units(seconds: int) -> str:
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m {seconds % _MINUTE:02}s"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h {seconds % _HOUR // _MINUTE:02}m"
    return f"{seconds // _DAY}d {seconds % _DAY // _HOUR:02}h"


def local_time(time: datetime | None) -> str:
    """Give a time in the time zone of whoever reads it."""
    if time is None:
        return NONE
    try:
        local = time.astimezone()
    except (OverflowError, OSError, ValueError):
        # At the ends of the calendar there is no room for a time zone.
        local = time
    return f"{local:%Y-%m-%d %H:%M:%S}"
