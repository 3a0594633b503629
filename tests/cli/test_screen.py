"""What a watch shows, on terminals that are not there."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import pytest
from coc_steps import StepChange
from coc_steps.cli._terminal.watch import Board, Screen, view
from rich.console import Console

from .made import step, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from coc_steps import Step

_LOST = "GET /steps: connection\x1b[2J refused"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 60 columns and 14 lines."""
    for name, value in {"TERM": "xterm", "COLUMNS": "60", "LINES": "14", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)


def many() -> list[Step]:
    """A failed step, and many that succeeded after it."""
    failed = step("EXS1", "Failed", name="a name of many words" * 3)
    return steps_of(
        failed, *(step(f"EXS1{place}", begin=place, end=place + 1) for place in range(200))
    )


def record(level: int, message: str, **attributes: object) -> logging.LogRecord:
    made = logging.LogRecord("coc_steps", level, "", 0, message, None, None)
    made.__dict__.update(attributes)
    return made


def boarded(steps: Sequence[Step], show: Callable[[StepChange], None], board: Board) -> None:
    for each in steps:
        change = StepChange(each, "appeared", None)
        board.take(change)
        show(change)


def screen(steps: Sequence[Step], *records: logging.LogRecord) -> list[str]:
    """Return the screen of 60 columns and 14 lines, after steps and records of the client."""
    console = Console(file=io.StringIO(), width=60, height=14, color_system=None)
    shown = Screen("T", board := Board(), console)
    boarded(steps, lambda _change: None, board)
    for each in records:
        shown.handle(each)
    with console.capture() as captured:
        console.print(shown)
    return [line.rstrip() for line in captured.get().splitlines()]


def viewed(
    monkeypatch: pytest.MonkeyPatch,
    steps: Sequence[Step],
    *records: logging.LogRecord,
    output: str | None = None,
) -> str:
    """Return what a terminal gets."""
    # Not in a fixture: pytest puts its own stdout in place after those.
    monkeypatch.setattr("sys.stdout", terminal := Terminal())
    with view("T", board := Board(), output) as show:
        boarded(steps, show, board)
        for each in records:
            logging.getLogger("coc_steps").handle(each)
    return terminal.getvalue()


_ANSWER = record(logging.INFO, "GET / -> 200 in 1 ms", coc_status=200)
_REFUSAL = record(logging.INFO, "GET / -> 503 in 1 ms", coc_status=503)
_TROUBLE = record(logging.WARNING, _LOST)


def test_a_small_terminal_shows_what_matters_a_line_each() -> None:
    lines = screen(many(), _ANSWER)
    assert lines[0] == "T  finished, 1 step failed"
    assert lines[1] == "201 steps: 200 ✔ Succeed, 1 ✘ Failed"
    assert ", took 3h 20m; last look " in lines[2]
    assert lines[4].split() == ["status", "name", "duration", "step", "id"]
    assert [line.split()[-1] for line in lines[5:10]] == [
        *("EXS1", "EXS1196", "EXS1197", "EXS1198", "EXS1199")
    ]
    assert lines[5].startswith("✘ Failed   a name of many ")
    assert lines[11] == "Not shown: 196 steps; failed, running and latest ones come"


def test_what_it_showed_is_told_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    left = viewed(monkeypatch, many(), _ANSWER).rpartition("\x1b[?1049l")[2]
    assert "T  finished, 1 step failed\n" in left
    assert "✘ EXS1  a name of many words" in left


def test_there_is_no_count_before_an_answer() -> None:
    assert screen([], _REFUSAL, _TROUBLE) == [
        "T",
        "Waiting for the first answer (0 s)",
        "GET /steps: connection\ufffd[2J refused",
    ]


def test_an_answer_ends_the_trouble() -> None:
    _, count, look = screen([], _TROUBLE, _ANSWER)
    assert count == "0 steps"
    assert look.startswith("last look ")


@pytest.mark.parametrize("way", ["dumb", "text"])
def test_lines_where_nothing_can_be_redrawn_or_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    monkeypatch.setenv("TERM", "dumb" if way == "dumb" else "xterm")
    running = steps_of(step("a", "Running"), step("b", "Pending"))
    output = viewed(monkeypatch, running, _TROUBLE, output="text" if way == "text" else None)
    assert output.count("appeared") == 2
    assert "\x1b" not in output
    assert "connection\ufffd[2J refused" in capsys.readouterr().err
