"""The page: page.html, filled in with a ticket, why its steps failed, and a bar for each."""

from __future__ import annotations

import base64
import hashlib
import time
from html import escape
from importlib.resources import files
from itertools import chain
from string import Template
from typing import TYPE_CHECKING

from coc_steps import __version__
from coc_steps.cli._text import NONE, count, duration_text, look, one_line, time_text
from coc_steps.cli._ticket.details import sections
from coc_steps.cli._ticket.facts import now
from coc_steps.cli._ticket.selection import SORTS
from coc_steps.cli._ticket.summary import Summary

from .elements import element, html

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

    from coc_steps.cli._ticket.facts import Facts
    from coc_steps.cli._ticket.summary import Axis

_TICKS = (0, 0.5, 1)  # of the axis
_WIDTH = 1000  # of a bar's picture
_LEAST = 3  # of a bar, so that it can be seen


def make_page(ticket: str, steps: Sequence[Facts]) -> str:
    """Return the page of a ticket."""
    summary = Summary(steps)
    style, script = _resource("page.css"), _resource("page.js")
    seen = f"As of {time_text(now())}, times in {time.strftime('%Z (UTC%z)')}"
    drawn = [_step(place, each, summary.axis) for place, each in enumerate(steps)]
    return Template(_resource("page.html")).substitute(
        ticket=escape(one_line(ticket)),
        state=html(_state(summary)),
        times="; ".join(filter(None, [count(summary.steps, "step"), summary.times])),
        seen=f"{escape(seen)}; coc-steps {__version__}",
        reasons=html(*_reasons(steps)),
        statuses=html(*(_chip(*each) for each in summary.statuses.most_common())),
        axis=html(*_scale(summary.axis)),
        steps=html(element("div", *drawn, class_="steps")),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _resource(name: str) -> str:
    return files(__name__.rpartition(".")[0]).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _state(summary: Summary) -> Element:
    kind = "bad" if summary.failed else "run" if summary.unfinished else "ok"
    failed = f", {count(summary.failed, 'step')} failed" if summary.failed else ""
    return element("span", f"{summary.state}{failed}", class_=f"state {kind}")


def _reasons(steps: Sequence[Facts]) -> Iterator[Element]:
    """Return why steps failed: each reason once, with links to the steps."""
    links: dict[str, list[Element]] = {}
    for place, facts in enumerate(steps):
        if facts.is_failed:
            reason = one_line(facts.message or "") or "no reason given"
            link = element("a", one_line(facts.name or NONE), href=f"#s{place}")
            links.setdefault(reason, []).append(link)
    if links:
        yield element("h2", f"Why {count(sum(map(len, links.values())), 'step')} failed")
        frequent = sorted(links, key=lambda reason: -len(links[reason]))
        items = (_reason(reason, links[reason]) for reason in frequent)
        yield element("ul", *items, class_="reasons")


def _reason(reason: str, links: list[Element]) -> Element:
    times = f"{count(len(links), 'step')}: " if len(links) > 1 else ""
    return element(
        "li",
        element("b", times, element("bdi", reason)),
        element("div", *links, class_="links"),
    )


def _chip(status: str, times: int) -> Element:
    return element(
        "label",
        element("input", type="checkbox", value=one_line(status), autocomplete="off"),
        f"{look(status).symbol} ",
        element("bdi", one_line(status)),
        " ",
        element("b", f"{times:,}"),
        class_=f"chip {look(status).kind}",
    )


def _scale(axis: Axis | None) -> Iterator[Element]:
    if axis:
        ticks = (element("span", axis.text(place)) for place in _TICKS)
        yield element("div", element("div", *ticks, class_="ticks"), class_="axis")


def _step(place: int, facts: Facts, axis: Axis | None) -> Element:
    """Return a step; ``place`` is where it stands in the list."""
    duration = facts.duration
    body: list[Element] = []
    for title, pairs in sections(facts):
        if title:
            body.append(element("h3", title))
        cells = [(element("dt", name), element("dd", text)) for name, text in pairs]
        body.append(element("dl", *chain.from_iterable(cells)))
    return element(
        "details",
        _row(facts, axis),
        element("div", *body, class_="body"),
        class_="step failed" if facts.is_failed else "step",
        id=f"s{place}",
        data_place=place,
        data_status=one_line(facts.status or NONE),
        data_start=str(SORTS["start"](facts).timestamp()),
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
        _bar(bar, pause=facts.is_pause, kind=kind)
        if bar
        else element("span", "has not begun", class_="faint"),
        element("span", reason, class_="reason") if reason else None,
        class_="row",
    )


def _bar(bar: tuple[float, float], *, pause: bool, kind: str) -> Element:
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
