"""The page: head, overview, reasons, and the time line of all steps."""

from __future__ import annotations

import base64
import hashlib
import time
from importlib.resources import files
from typing import TYPE_CHECKING

from coc_steps import __version__
from coc_steps.cli._text import (
    NONE,
    clock_time,
    count,
    local_time,
    one_line,
    short_time,
)
from coc_steps.cli._ticket.axis import Axis, axis_of
from coc_steps.cli._ticket.facts import now
from coc_steps.cli._ticket.summary import Summary

from .elements import document, element
from .step import bar_of, step_element, symbol_and_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from coc_steps.cli._ticket.facts import Facts

_REASONS = 8  # shown at once
_LINKS = 8  # of a reason, shown at once
_TICKS = 4


def make_page(ticket: str, steps: Sequence[Facts]) -> str:
    """Return the page of a ticket."""
    summary = Summary(steps)
    axis = axis_of(summary)
    body = element(
        "body",
        _header(ticket, summary),
        _reasons(steps),
        element("h2", "Timeline"),
        _controls(summary),
        element("main", _scale(axis), _steps(steps, axis), _legend(steps)),
        element("script", _resource("page.js")),
    )
    return document(element("html", _head(ticket), body, lang="en"))


def _head(ticket: str) -> Element:
    style, script = _resource("page.css"), _resource("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width"),
        element("meta", name="referrer", content="no-referrer"),
        element("link", rel="icon", href="data:,"),  # else a browser asks the server for one
        element("title", f"{one_line(ticket)}: execution steps"),
        element("style", style),
    )


def _resource(name: str) -> str:
    return files(__name__.rpartition(".")[0]).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _header(ticket: str, summary: Summary) -> Element:
    kind = "bad" if summary.failed else "run" if summary.unfinished else "ok"
    state = summary.state
    if summary.failed:
        state += f", {count(summary.failed, 'step')} failed"
    badge = element("span", state, class_=f"state {kind}")
    return element(
        "header",
        element("h1", element("bdi", one_line(ticket)), " ", badge),
        element("p", "; ".join(filter(None, [count(summary.steps, "step"), summary.times]))),
        element(
            "p",
            f"As of {local_time(now())}, times in {time.strftime('%Z (UTC%z)')}; "
            f"coc-steps {__version__}",
            class_="faint",
        ),
    )


def _reasons(steps: Sequence[Facts]) -> Element | None:
    """Return why steps failed: each reason once, with links to the steps."""
    by_reason: dict[str, list[Element]] = {}
    for place, facts in enumerate(steps):
        if facts.is_failed:
            reason = one_line(facts.message or "") or "no reason given"
            link = element("a", one_line(facts.name or NONE), href=f"#s{place}")
            by_reason.setdefault(reason, []).append(link)
    if not by_reason:
        return None
    items = [_reason(reason, by_reason[reason]) for reason in _most_frequent(by_reason)]
    return element(
        "section",
        element("h2", f"Why {count(sum(map(len, by_reason.values())), 'step')} failed"),
        element("ul", *items[:_REASONS], class_="reasons"),
        _more(items[_REASONS:], "reason", lambda more: element("ul", *more, class_="reasons")),
    )


def _most_frequent(by_reason: Mapping[str, Sequence[Element]]) -> list[str]:
    return sorted(by_reason, key=lambda reason: -len(by_reason[reason]))


def _reason(reason: str, links: list[Element]) -> Element:
    times = f"{count(len(links), 'step')}: " if len(links) > 1 else ""
    return element(
        "li",
        element("b", times, element("bdi", reason)),
        element("div", *links[:_LINKS], class_="links"),
        _more(links[_LINKS:], "step", lambda more: element("div", *more, class_="links")),
    )


def _more(
    items: list[Element], noun: str, wrap: Callable[[list[Element]], Element]
) -> Element | None:
    if not items:
        return None
    title = element("summary", count(len(items), f"more {noun}"))
    return element("details", title, wrap(items), class_="more")


def _controls(summary: Summary) -> Element:
    chips = [_chip(status, times) for status, times in summary.statuses.most_common()]
    orders = {
        "list": "as listed",
        "start": "by start",
        "duration": "longest first",
        "failed": "failed first",
    }
    return element(
        "div",
        *chips,
        element(
            "input",
            type="search",
            placeholder="Filter by name, id, message, inputs, outputs",
            aria_label="Filter by text",
            autocomplete="off",
        ),
        element(
            "select",
            *(element("option", text, value=name) for name, text in orders.items()),
            aria_label="Order",
            autocomplete="off",
        ),
        element("button", "Open all", id="open", type="button"),
        element("button", "Close all", id="close", type="button"),
        element("output", aria_live="polite"),
        class_="controls needs-script",
        hidden=True,
    )


def _chip(status: str, times: int) -> Element:
    symbol, kind = symbol_and_kind(status)
    return element(
        "label",
        element("input", type="checkbox", value=one_line(status), autocomplete="off"),
        f"{symbol} ",
        element("bdi", one_line(status)),
        " ",
        element("b", f"{times:,}"),
        class_=f"chip {kind}",
    )


def _scale(axis: Axis | None) -> Element | None:
    if axis is None:
        return None
    *begins, end = (_tick(axis, tick) for tick in range(_TICKS + 1))
    begins[-1] = element("span", begins[-1], end, class_="last")
    return element("div", element("div", *begins, class_="ticks"), class_="axis")


def _tick(axis: Axis, tick: int) -> Element:
    if axis.is_short:
        return element("span", clock_time(axis.time(tick / _TICKS)))
    # Dates have room at the begin, in the middle and at the end.
    return element("span", None if tick % 2 else short_time(axis.time(tick / _TICKS)))


def _steps(steps: Sequence[Facts], axis: Axis | None) -> Element:
    made = (step_element(place, facts, axis) for place, facts in enumerate(steps))
    return element("div", *made, class_="steps")


def _legend(steps: Sequence[Facts]) -> Element | None:
    if not any(facts.is_pause for facts in steps):
        return None
    bars = ((False, "a step runs"), (True, "a step waits for somebody to go on"))
    return element(
        "p",
        *(element("span", bar_of(0, 1, pause=pause), text) for pause, text in bars),
        class_="legend",
    )
