"""``coc-steps show TICKET``: a ticket at a glance."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps.cli._output import PLAIN
from coc_steps.cli._terminal.show import draw_overview
from coc_steps.cli._ticket.facts import Facts, now
from coc_steps.cli._ticket.selection import SORTS, worth_showing
from coc_steps.cli._ticket.summary import Summary
from coc_steps.mock import serve
from rich.cells import cell_len
from rich.console import Console

from .made import NOON, facts_of, step
from .terminal import in_terminal, without_escapes

if TYPE_CHECKING:
    from .conftest import Run

_LATER = NOON + 3_600_000
_PAUSE = "hwc:runbook:suspend@1.0.0"
_STEPS: list[dict[str, Any]] = [
    step("a", begin=0, end=15),
    step("b", begin=15, end=30, action=_PAUSE),
    step("c", "Failed", begin=30, end=37.5, message="disk\x1b full", name="检查磁盘空间"),
    step("d", "Running", begin=45),
    step("e", "Pending"),
]
_AT_60 = """\
T  not finished, 1 step failed
5 steps: 2 ✔ Succeed, 1 ✘ Failed, 1 ▸ Running, 1 ◦ Pending
began 2025-06-24 20:00:00, 1h 00m so far; for 22m 30s of it
no step ran

timeline                 20:00:00                   21:00:00
✔ run a         15m 00s  ▮▮▮▮▮▮▮▮▮
✔ run b         15m 00s          ▯▯▯▯▯▯▯▯▯▯
✘ 检查磁盘空间   7m 30s                   ▮▮▮▮▮
▸ run d         15m 00s                            ▮▮▮▮▮▮▮▮▸
◦ run e               -  has not begun
▯ waits for somebody to go on

reasons
✘ c  检查磁盘空间: disk\ufffd full
One of them: coc-steps show T STEP_ID
"""


@pytest.fixture
def shanghai(monkeypatch: pytest.MonkeyPatch) -> Any:
    import time

    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def drawn(
    *data: dict[str, Any], width: int = 60, encoding: str = "utf-8", ticket: str = "T"
) -> str:
    """Draw the overview of a ticket, an hour after it began, without colours."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=PLAIN)
    console = Console(file=file, width=width, color_system=None)
    for part in draw_overview(ticket, facts_of(*data, now=_LATER), console):
        console.print(part)
    file.seek(0)
    return "".join(f"{line.rstrip()}\n" for line in file)


@pytest.mark.usefixtures("shanghai")
def test_at_60_columns() -> None:
    assert drawn(*_STEPS) == _AT_60


@pytest.mark.parametrize("width", [30, 45, 60, 80, 120, 200])
@pytest.mark.parametrize("failures", [1, 27, 265])
def test_no_line_is_wider_than_the_terminal(width: int, failures: int) -> None:
    many = (
        step(
            f"EXS2025090409254{place:08}", "Failed", begin=place, end=place + 0.5, message="m" * 90
        )
        for place in range(failures)
    )
    lines = drawn(*many, width=width).splitlines()
    commands = [line for line in lines if "coc-steps " in line]
    assert max(cell_len(line) for line in lines if line not in commands) <= width
    assert len(lines) < 70 if width >= 60 else True


def test_a_terminal_without_unicode() -> None:
    text = drawn(step("a", begin=0, end=30), step("b", "Running", begin=30), encoding="ascii")
    assert "+ run a" in text
    assert "#####" in text
    assert "####>" in text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "T  no steps yet\n0 steps\n"),
        ([step("a", "Pending")], "T  not finished\n1 step: 1 ◦ Pending\n"),
        ([{}], "T  not finished\n1 step: 1 ∙ -\n"),
    ],
)
def test_little_is_known(data: list[dict[str, Any]], words: str) -> None:
    assert drawn(*data) == words


def test_a_ticket_of_several_days_has_dates() -> None:
    text = drawn(step("a", begin=0, end=3_000))
    assert "06-24 " in text
    assert "06-26 " in text


def test_what_has_no_line_is_counted() -> None:
    text = drawn(*(step(f"s{place}", begin=place, end=place + 1) for place in range(50)))
    assert "not drawn: 26 steps: 26 ✔ Succeed\n" in text


def test_odd_ids_of_tickets_can_be_pasted() -> None:
    assert "coc-steps show 'T 1;ls' STEP_ID" in drawn(step("a", "Failed"), ticket="T 1;ls")


def kept(most: int, *data: dict[str, Any]) -> str:
    shown = sorted(worth_showing(facts_of(*data, now=_LATER), most), key=SORTS["start"])
    return "".join(facts.id or "-" for facts in shown)


@pytest.mark.parametrize(
    ("most", "names"),
    [(0, ""), (1, "b"), (2, "db"), (3, "adb"), (4, "acdb"), (5, "acfdb"), (9, "acfedbg")],
)
def test_failed_running_and_slowest_steps_share_the_lines(most: int, names: str) -> None:
    steps = [
        step("a", begin=0, end=40),
        step("b", "Failed", begin=50, end=51),
        step("c", "Failed", begin=1, end=2),
        step("d", "Running", begin=30),
        step("e", begin=20, end=21),
        step("f", begin=3, end=9),
        step("g", "Pending"),
    ]
    assert kept(most, *steps) == names


def test_waiting_is_the_time_in_which_no_step_but_pauses_ran() -> None:
    steps = [
        step("a", begin=0, end=10),
        step("b", begin=5, end=8),
        step("c", begin=9, end=20),
        step("d", begin=20, end=50, action=_PAUSE),
        step("e", begin=55, end=60),
        step("f", begin=57, end=56),
    ]
    summary = Summary(facts_of(*steps))
    assert summary.elapsed is not None
    assert summary.waiting is not None
    assert (summary.elapsed.seconds, summary.waiting.seconds) == (3_600, 35 * 60)


def test_a_clock_that_is_behind_makes_no_negative_durations() -> None:
    (facts,) = facts_of(step("a", "Running", begin=30), now=NOON)
    assert facts.duration is not None
    assert facts.duration.total_seconds() == 0


def overview(run: Run, *data: dict[str, Any]) -> Any:
    with serve(tickets={"T": data}) as server:
        env = {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
        result = run("show", " T\n", **env)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def test_json(run: Run) -> None:
    steps = [step("a", begin=0, end=15), step("b", "Failed", begin=20, end=30, 更=[1])]
    assert overview(run, *steps) == {
        "execution_id": "T",
        "total": 2,
        "statuses": {"Succeed": 1, "Failed": 1},
        "finished": True,
        "started_at": "2025-06-24T12:00:00+00:00",
        "ended_at": "2025-06-24T12:30:00+00:00",
        "elapsed": 1800.0,
        "waiting": 300.0,
        "failed": [steps[1]],
    }


def test_json_of_a_ticket_that_is_not_finished(run: Run) -> None:
    record = overview(run, step("a", "Running", begin=0))
    assert (record["finished"], record["ended_at"]) == (False, None)
    assert record["elapsed"] > 3_600
    empty = overview(run)
    assert (empty["finished"], empty["started_at"], empty["elapsed"]) == (False, None, None)


def test_a_terminal_gets_text(environment: dict[str, str], ticket: str) -> None:
    ended = in_terminal(["show", ticket], environment, columns=80, lines=30)
    lines = without_escapes(ended.output).splitlines()
    assert ended.code == 0
    assert lines[0] == f"{ticket}  finished, 27 steps failed"
    assert lines[1] == "250 steps: 223 ✔ Succeed, 12 ✘ Failed, 11 ✘ Timeout, 4 ⊘ Canceled"
    assert "\x1b[31m▮" in ended.output
    assert f"All 27: coc-steps list {ticket} --failed --output wide" in lines


def test_a_pipe_may_have_text_too(run: Run, ticket: str) -> None:
    lines = run("show", ticket, "--output", "text").stdout.splitlines()
    assert lines[0] == f"{ticket}  finished, 27 steps failed"
    assert max(cell_len(line) for line in lines) <= 130
    assert lines == [line.rstrip() for line in lines]


class Odd:
    """A step whose values are of other types than documented."""

    def __getattr__(self, name: str) -> Any:
        from coc_steps import ResponseFormatError

        raise ResponseFormatError(f"$.data[0].{name}")


def test_values_of_undocumented_types_are_marks() -> None:
    odd: Any = Odd()
    facts = Facts(odd, now())
    assert (facts.id, facts.name, facts.status, facts.started_at) == ("?", "?", "?", None)
    assert (facts.is_failed, facts.is_finished, facts.duration) == (False, False, None)
    console = Console(file=io.StringIO(), width=200, color_system=None)
    with console.capture() as captured:
        for part in draw_overview("T", [facts], console):
            console.print(part)
    assert "? stands for a value of an undocumented type: action, ended_at, " in captured.get()
