"""A step of the page: a row with its bar, and all of it below when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.cli._terminal.status import look
from coc_steps.cli._text import NONE, duration_text, one_line
from coc_steps.cli._ticket.details import main_facts, sections
from coc_steps.cli._ticket.selection import by_start

from .elements import element

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from coc_steps.cli._ticket.details import Pair
    from coc_steps.cli._ticket.facts import Facts
    from coc_steps.cli._ticket.summary import Axis

_WIDTH = 1000
_LEAST = 3  # of a bar, so that it can be seen


def step_element(place: int, facts: Facts, axis: Axis | None) -> Element:
    """Return a step; ``place`` is where it stands in the list."""
    duration = facts.duration
    body = [_pairs(main_facts(facts))]
    for section in sections(facts):
        body += [element("h3", section.title), _pairs(section.pairs)]
    return element(
        "details",
        _row(facts, axis),
        element("div", *body, class_="body"),
        class_="step failed" if facts.is_failed else "step",
        id=f"s{place}",
        data_place=place,
        data_status=one_line(facts.status or NONE),
        data_start=str(by_start(facts).timestamp()),
        data_duration=str(duration.total_seconds() if duration else 0),
    )


def _row(facts: Facts, axis: Axis | None) -> Element:
    symbol, kind = look(facts.status).symbol, look(facts.status).kind
    reason = one_line(facts.message or "") if facts.is_failed else ""
    bar = axis.bar(facts) if axis else None
    return element(
        "summary",
        element("span", f"{symbol} {one_line(facts.status or NONE)}", class_=f"status {kind}"),
        element("span", one_line(facts.name or NONE), class_="name"),
        element("span", duration_text(facts.duration), class_="duration"),
        bar_of(bar, pause=facts.is_pause, kind=kind)
        if bar
        else element("span", "has not begun", class_="faint"),
        element("span", reason, class_="reason") if reason else None,
        class_="row",
    )


def bar_of(bar: tuple[float, float], *, pause: bool, kind: str) -> Element:
    """Return a bar from one part of the axis (0 to 1) to another."""
    begin, end = bar
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
