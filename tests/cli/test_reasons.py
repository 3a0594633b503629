"""Why steps failed, below a table."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from coc_steps.cli._terminal.show import reasons
from rich.cells import cell_len
from rich.console import Console

from .made import facts_of, step


def drawn(*data: dict[str, Any], width: int = 200) -> list[str]:
    """Draw the reasons of steps for a terminal of this width, without colours."""
    console = Console(file=StringIO(), width=width, color_system=None, markup=False)
    with console.capture() as capture:
        for part in reasons(facts_of(*data), ["T"]):
            console.print(part)
    return [line.rstrip() for line in capture.get().splitlines()]


@pytest.mark.parametrize("status", ["Succeed", "Running", "Pending", "Something new"])
def test_nothing_is_said_of_others(status: str) -> None:
    assert drawn(step("a", status, message="all is well"), step("b", status)) == []


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Canceled"])
def test_a_failed_step_says_why(status: str) -> None:
    symbol = "⊘" if status == "Canceled" else "✘"
    lines = drawn(step("a", "Succeed"), step("b", status, message="disk full"))
    assert lines == ["", "reasons", f"{symbol} b  run b: disk full"]


def test_a_step_that_does_not_say_why() -> None:
    assert drawn(step("b", "Failed", message=None), {"status": "Failed"})[2:] == [
        "✘ b  run b",
        "✘ -  -",
    ]


@pytest.mark.parametrize("count", [9, 10])
def test_all_of_few(count: int) -> None:
    lines = drawn(*(step(f"s{place:02}", "Failed") for place in range(count)))
    assert [line.split()[1] for line in lines[2:]] == [f"s{place:02}" for place in range(count)]


def test_the_first_and_the_last_ones_of_many() -> None:
    lines = drawn(*(step(f"s{place:02}", "Failed") for place in range(13)))
    assert [line.split()[1] for line in lines[2:7]] == ["s00", "s01", "s02", "s03", "s04"]
    assert lines[7] == "… 3 more …"
    assert [line.split()[1] for line in lines[8:13]] == ["s08", "s09", "s10", "s11", "s12"]
    assert lines[13:] == ["All 13: coc-steps list T --failed --output wide"]


def test_what_a_server_says_does_not_steer_a_terminal() -> None:
    (line,) = drawn(step("b", "Failed", message="\x1b[2Jgone\n[bold]two"))[2:]
    assert line == "✘ b  run b: \ufffd[2Jgone [bold]two"


@pytest.mark.parametrize("width", [30, 60, 120])
def test_a_long_message_is_cut_and_fits(width: int) -> None:
    lines = drawn(step("步" * 60, "Failed", message="很长的消息 " * 500), width=width)
    assert max(map(cell_len, lines)) <= width
    assert "…" in lines[-1]
    assert sum(map(len, lines)) < 1_500
