"""The table: what it shows in how many columns."""

from __future__ import annotations

import io
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from coc_steps import AuthToken, Client
from coc_steps.cli._output import PLAIN, make_console
from coc_steps.cli._terminal.table import TableWriter
from coc_steps.cli._ticket.facts import Facts
from coc_steps.cli._ticket.selection import Part
from coc_steps.mock import serve
from rich.cells import cell_len
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps.mock import MockServer

    from .conftest import Run

_START = 1_750_781_821_019
_STEPS: list[dict[str, Any]] = [
    {
        "execution_step_id": "EXS1",
        "name": "检查磁盘空间",
        "action": "hwc:runbook:scripts@1.0.0",
        "status": "Succeed",
        "start_time": _START,
        "end_time": _START + 431,
    },
    {
        "execution_step_id": "EXS2",
        "name": "a name that takes more room than there is",
        "status": "Failed",
        "start_time": _START,
        "end_time": _START + 4_200,
    },
    {
        "execution_step_id": "EXS3",
        "name": "\x1b[31mred\x07[bold]\n:smile:",
        "status": "Running",
        "start_time": _START,
    },
    {"status": "Awaiting approval", "end_time": 2**63 - 1},
]
_NOW = datetime.fromtimestamp(_START / 1_000 + 754, UTC)
_AT_60 = """\
status        name                         duration  step id
✔ Succeed     检查磁盘空间                    431ms  EXS1
✘ Failed      a name that takes more room      4.2s  EXS2
              than there is
▸ Running     \ufffd[31mred\ufffd[bold] :smile:       12m 34s  EXS3
∙ Awaiting    -                                   -  -
approval

4 steps: 1 ✔ Succeed, 1 ✘ Failed, 1 ▸ Running, 1 ∙ Awaiting
approval
began 2025-06-25 00:17:01, 12m 34s so far
Not shown in a terminal as narrow as this: action, start.

reasons
✘ EXS2  a name that takes more room than there is
"""


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with serve(tickets={"T": _STEPS}) as server:
        yield server


@pytest.fixture
def shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def drawn(server: MockServer, width: int, *, encoding: str = "utf-8", **options: Any) -> str:
    """Draw the table for a terminal of this width, without colours."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=PLAIN)
    console = Console(file=file, width=width, color_system=None)
    writer = TableWriter(console=console, **options)
    with Client(base_url=server.base_url, credentials=AuthToken(server.token)) as client:
        page = client.get_page("T")
        steps = [Facts(step, _NOW, "T") for step in page.steps]
        writer.write(Part("T", steps, steps, page.total))
    writer.end()
    file.seek(0)
    return "".join(f"{line.rstrip()}\n" for line in file)


@pytest.mark.usefixtures("shanghai")
def test_at_60_columns(server: MockServer) -> None:
    assert drawn(server, 60) == _AT_60


@pytest.mark.usefixtures("shanghai")
def test_at_120_columns(server: MockServer) -> None:
    lines = drawn(server, 120).splitlines()
    assert re.split("  +", lines[0]) == ["status", "name", "action", "duration", "start", "step id"]
    assert re.split("  +", lines[1]) == [
        "✔ Succeed",
        "检查磁盘空间",
        "hwc:runbook:scripts@1.0.0",
        "431ms",
        "2025-06-25 00:17:01",
        "EXS1",
    ]
    assert cell_len(lines[1].partition("EXS1")[0]) == lines[0].index("step id")
    assert not any("Not shown" in line for line in lines)


@pytest.mark.usefixtures("shanghai")
def test_at_80_columns_dates_are_short_and_ids_cut() -> None:
    long = {"execution_step_id": "EXS20250904092540ulvt25", "name": "n" * 24}
    with serve(tickets={"T": [_STEPS[0] | long]}) as server:
        text = drawn(server, 80)
    assert text.splitlines()[1].split() == [
        *("✔", "Succeed", "n" * 24, "431ms", "06-25", "00:17:01", "EXS2…40ulvt25")
    ]
    assert "as narrow as this: action." in text


@pytest.mark.usefixtures("shanghai")
def test_a_wide_table_has_all_in_full(server: MockServer) -> None:
    header, first, *_ = drawn(server, 400, wide=True).splitlines()
    assert re.split("  +", header) == [
        *("status", "name", "action", "duration", "start", "end", "step id", "message")
    ]
    assert re.split("  +", first)[-4:-1] == ["2025-06-25 00:17:01", "2025-06-25 00:17:01", "EXS1"]


def test_columns_that_were_asked_for_stay(server: MockServer) -> None:
    text = drawn(server, 60, columns=["step_id", "action", "start"])
    assert text.split()[:4] == ["step", "id", "action", "start"]
    assert "Not shown" not in text


def test_several_tickets(server: MockServer) -> None:
    assert drawn(server, 120, tagged=True).splitlines()[1].split()[:2] == ["T", "✔"]


@pytest.mark.parametrize("width", [60, 80])
def test_an_odd_step_takes_no_name_from_the_others(width: int) -> None:
    odd = {"execution_step_id": "E" * 90, "name": "odd", "status": "S" * 60}
    with serve(tickets={"T": [*_STEPS, odd]}) as server:
        text = drawn(server, width)
    assert text.split()[:2] == ["status", "name"]
    assert "检查磁盘空间" in text
    assert max(map(cell_len, text.splitlines())) <= width
    assert "EEEE…EEEEEEEE" in text


@pytest.mark.parametrize("width", [30, 45, 60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(server: MockServer, width: int) -> None:
    assert max(map(cell_len, drawn(server, width).splitlines())) <= width


def test_a_terminal_without_unicode(server: MockServer) -> None:
    text = drawn(server, 120, encoding="ascii")
    assert text.isascii()
    assert "+ Succeed" in text
    assert "x Failed" in text


def test_nothing_to_show(run: Run, mock: MockServer) -> None:
    empty = next(name for name, count in mock.tickets.items() if count == 0)
    assert run("list", empty, "--output", "table").stdout == "0 steps\n"


def test_the_footer_counts_what_is_shown_and_what_there_is(run: Run, ticket: str) -> None:
    printed = run("list", ticket, "--output", "table", "--max-items", "8").stdout
    lines = printed.partition("\n\nreasons\n")[0].splitlines()
    assert len(lines) == 1 + 8 + 2
    assert lines[-1] == "8 of 250 steps: 4 ✔ Succeed, 3 ✘ Failed, 1 ✘ Timeout"


def test_one_step(run: Run, mock: MockServer) -> None:
    single = next(name for name, count in mock.tickets.items() if count == 1)
    assert "\n1 step: 1 " in run("list", single, "--output", "table").stdout


def test_a_pipe_has_no_width_and_no_colours(run: Run, ticket: str) -> None:
    output = run("list", ticket, "--output", "table").stdout
    assert "\x1b" not in output
    assert "EXS20250904092539gvy8k0" in output
    assert max(map(cell_len, output.splitlines())) > 100


def test_a_stdout_that_cannot_be_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert make_console().width > 1_000


class Closed(io.StringIO):
    def write(self, _text: str) -> NoReturn:
        raise BrokenPipeError(32, "Broken pipe")


def test_a_broken_pipe_is_left_to_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Closed())
    with pytest.raises(BrokenPipeError):
        make_console().print("text")
