"""Whatever a server sends: no traceback, no character that steers, no tag that was not ours."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from typing import Any

import pytest
from coc_steps.cli._output import print_parts
from coc_steps.cli._page.page import make_page
from coc_steps.cli._records import jsonl_writer
from coc_steps.cli._terminal.show import draw_overview, draw_step
from coc_steps.cli._terminal.table import COLUMNS, StepTable
from coc_steps.cli._ticket.selection import Part
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from .made import facts_of

_TEXTS = st.none() | st.text(
    st.characters(codec="utf-8") | st.sampled_from("\x1b\x00\u202e\u2028\x85<>&\"'"), max_size=12
)
_STATUSES = st.sampled_from(["Succeed", "Failed", "Timeout", "Running", "Pending"]) | _TEXTS
_TIMES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(0, 2 * 10**12)
_PARAMETERS = st.none() | st.lists(
    st.fixed_dictionaries({}, optional={"key": _TEXTS, "value": _TEXTS}), max_size=2
)
_STEPS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "execution_step_id": _TEXTS,
            "name": _TEXTS,
            "action": _TEXTS,
            "status": _STATUSES,
            "message": _TEXTS,
            "start_time": _TIMES,
            "end_time": _TIMES,
            "inputs": _PARAMETERS,
            "outputs": _PARAMETERS,
            "properties": st.none() | st.dictionaries(st.text(max_size=5), _TEXTS, max_size=2),
            "more": _TEXTS,
        },
    ),
    max_size=6,
)
_patient = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@_patient
@given(data=_STEPS, width=st.integers(20, 140))
def test_in_a_terminal(data: list[dict[str, Any]], width: int) -> None:
    file = io.StringIO()
    console = Console(file=file, width=width, height=30, color_system=None)
    steps = facts_of(*data)
    print_parts(console, draw_overview("T", steps, console))
    table = StepTable(steps, list(COLUMNS), width)
    print_parts(console, table.draw())
    for each in steps:
        print_parts(console, draw_step(each))
    assert all(each.isprintable() or each == "\n" for each in file.getvalue())


class Parsed(HTMLParser):
    """The tags and the texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@_patient
@given(data=_STEPS, ticket=st.text(min_size=1, max_size=12))
def test_in_a_page(data: list[dict[str, Any]], ticket: str) -> None:
    page = make_page(ticket, facts_of(*data))
    usual = make_page("T", facts_of({"status": "Failed", "start_time": 1}))
    parsed = Parsed(page)
    assert parsed.tags <= Parsed(usual).tags | {"h3", "p"}
    assert all(each.isprintable() or each == "\n" for each in "".join(parsed.texts))
    page.encode()


@_patient
@given(data=_STEPS)
def test_as_lines(data: list[dict[str, Any]]) -> None:
    """A line is one line for every reader, and UTF-8."""
    steps = facts_of(*data)
    with pytest.MonkeyPatch.context() as patch:
        output = io.TextIOWrapper(io.BytesIO())
        patch.setattr("sys.stdout", output)
        jsonl_writer(tagged=False).write(Part("T", steps, steps, None))
        written = output.buffer.getvalue()
    assert len(written.decode().splitlines()) == len(steps)
