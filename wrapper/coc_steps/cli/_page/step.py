"""A step of the page: a row with its bar, and all of it below when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.cli._terminal.status import look
from coc_steps.cli._text import NONE, duration_text, one_line
from coc_steps.cli._ticket.details import main_facts, sections

from .elements import element

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from coc_steps.cli._ticket.axis import Axis
    from coc_steps.cli._ticket.details import Pair
    from coc_steps.cli._ticket.facts import Facts

_KINDS = {
    "Succeed": "ok",
    "Failed": "bad",
    "Timeout": "bad",
    "Canceled": "warn",
    "Running": "run",
    "Pending": "wait",
}
_WIDTH = 1000
_LEAST = 3  # of a bar, so that it can be seen
_NEVER = 1e18  # seconds since 1970


def symbol_and_kind(status: str | None) -> tuple[str, str]:
    """Return the symbol of a status and the class that colours it."""
    return look(status).symbol, _KINDS.get(status or NONE, "other")


def step_element(place: int, facts: Facts, axis: Axis | None) -> Element:
    """Return a step.

    Args:
        place: Its place in the list.
        facts: The step.
        axis: The time axis of the ticket, if it has begun.
    """
    duration = facts.duration
    return element(
        "details",
        _row(facts, axis),
        element(
            "div",
            _pairs(main_facts(facts)),
            *(
                part
                for section in sections(facts)
                for part in (element("h3", section.title), _pairs(section.pairs))
            ),
            class_="body",
        ),
        class_="step failed" if facts.is_failed else "step",
        id=f"s{place}",
        data_place=place,
        data_status=one_line(facts.status or NONE),
        data_start=str(facts.started_at.timestamp() if facts.started_at else _NEVER),
        data_duration=str(duration.total_seconds() if duration else 0),
    )


def _row(facts: Facts, axis: Axis | None) -> Element:
    symbol, kind = symbol_and_kind(facts.status)
    reason = one_line(facts.message or "") if facts.is_failed else ""
    return element(
        "summary",
        element("span", f"{symbol} {one_line(facts.status or NONE)}", class_=f"status {kind}"),
        element("span", one_line(facts.name or NONE), class_="name"),
        element("span", duration_text(facts.duration), class_="duration"),
        _bar(facts, axis, kind),
        element("span", reason, class_="reason") if reason else None,
        class_="row",
    )


def _bar(facts: Facts, axis: Axis | None, kind: str) -> Element:
    bar = axis.bar(facts) if axis else None
    if bar is None:
        return element("span", "has not begun", class_="faint")
    return bar_of(bar.begin, bar.end, pause=facts.is_pause, kind=kind)


def bar_of(begin: float, end: float, *, pause: bool, kind: str = "wait") -> Element:
    """Return a bar from one part of the axis (0 to 1) to another."""
    width = max(round((end - begin) * _WIDTH), _LEAST)
    return element(
        "svg",
        element(
            "rect",
            class_="pause" if pause else None,
            x=min(round(begin * _WIDTH), _WIDTH - width),
            y=1,
            width=width,
            height=8,
        ),
        class_=f"bar {kind}",
        viewBox=f"0 0 {_WIDTH} 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _pairs(pairs: Sequence[Pair]) -> Element:
    cells = (cell for name, text in pairs for cell in (element("dt", name), element("dd", text)))
    return element("dl", *cells)
