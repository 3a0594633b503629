"""What a watch shows, on terminals that are not there."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from coc_steps import StepChange
from coc_steps._responses import Answer, read_page
from coc_steps.cli._terminal.board import Board
from coc_steps.cli._terminal.screen import view

if TYPE_CHECKING:
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


def steps() -> list[Step]:
    """A failed step, and many that succeeded after it."""
    data = [{"execution_step_id": "EXS1", "status": "Failed", "name": "a name of many words" * 3}]
    data += [
        {"execution_step_id": f"EXS1{place}", "status": "Succeed", "name": "run script"}
        for place in range(200)
    ]
    content = json.dumps({"data": data, "total": len(data)}).encode()
    return list(read_page(Answer(200, {}, content, "GET", 0)).steps)


def drawn(monkeypatch: pytest.MonkeyPatch) -> str:
    """Watch the steps, and lose the connection."""
    # Not in a fixture: pytest puts its own stdout in place after those.
    monkeypatch.setattr("sys.stdout", terminal := Terminal())
    seen = Board()
    with view(seen) as shown:
        for step in steps():
            change = StepChange(step, "appeared", None)
            seen.take(change)
            shown.show(change)
        shown.note(_LOST)
    return terminal.getvalue()


def test_a_small_terminal_shows_what_matters_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    last = drawn(monkeypatch).rpartition("status ")[2].replace("\x1b[?25h", "").splitlines()
    assert last[0].split() == ["name", "action", "duration", "start", "step", "id"]
    assert [line.split()[-1] for line in last[1:5]] == ["EXS1", "EXS1197", "EXS1198", "EXS1199"]
    assert last[1].startswith("✘ Failed   a name of many… ")
    assert last[5].strip() == ""
    assert last[6].rstrip() == "201 steps: 200 ✔ Succeed, 1 ✘ Failed"
    assert "GET /steps: connection\ufffd[2J" in "".join(last[7:])
    end = last.index("reasons")
    assert last[end - 2].rstrip() == "Shown: 4 of them, the failed, running and latest first."
    assert last[end + 1].startswith("✘ EXS1  a name of many words")


def test_a_terminal_that_cannot_redraw_gets_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    output = drawn(monkeypatch)
    assert output.count("appeared") == 201
    assert "\x1b" not in output
    assert "connection\ufffd[2J refused" in capsys.readouterr().err
