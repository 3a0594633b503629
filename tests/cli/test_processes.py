"""The command in a process of its own: terminals, pipes and signals."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest
from coc_steps.mock import serve

from .terminal import ARGV, Ended, in_terminal, piped, without_escapes

if TYPE_CHECKING:
    from coc_steps.mock import Answer, Handler, Request

_AT_60 = """\
status     name           duration  step id
✘ Timeout  detach volume    5m 00s  EXS2…39gvy8k0
✘ Failed   detach volume      58ms  EXS2…40ulvt25
✘ Failed   detach volume       0ms  EXS2…40dm06u8
✔ Succeed  检查磁盘空间      20.5s  EXS2…4189h9g0
✔ Succeed  detach volume     615ms  EXS2…028f6r2i

5 of 250 steps: 2 ✘ Failed, 2 ✔ Succeed, 1 ✘ Timeout
Not shown in a terminal as narrow as this: action, start.

reasons
✘ EXS20250904092539gvy8k0  detach volume: no result within
                           300 s
✘ EXS20250904093040ulvt25  detach volume: the API answered
                           409 {"error_code": "Ecs.0704"}
✘ EXS20250904093040dm06u8  detach volume: the API answered
                           409 {"error_code": "Ecs.0704"}
"""
_AT_120 = """\
status     name           action                        duration  start                step id
✘ Timeout  detach volume  hwc:runbook:executeAPI@1.0.0    5m 00s  2025-09-04 17:25:39  EXS20250904092539gvy8k0
✘ Failed   detach volume  hwc:runbook:executeAPI@1.0.0      58ms  2025-09-04 17:30:40  EXS20250904093040ulvt25
✘ Failed   detach volume  hwc:runbook:executeAPI@1.0.0       0ms  2025-09-04 17:30:40  EXS20250904093040dm06u8
✔ Succeed  检查磁盘空间   hwc:runbook:scripts@1.0.0        20.5s  2025-09-04 17:30:41  EXS2025090409304189h9g0
✔ Succeed  detach volume  hwc:runbook:executeAPI@1.0.0     615ms  2025-09-04 17:31:02  EXS202509040931028f6r2i

5 of 250 steps: 2 ✘ Failed, 2 ✔ Succeed, 1 ✘ Timeout

reasons
✘ EXS20250904092539gvy8k0  detach volume: no result within 300 s
✘ EXS20250904093040ulvt25  detach volume: the API answered 409 {"error_code": "Ecs.0704"}
✘ EXS20250904093040dm06u8  detach volume: the API answered 409 {"error_code": "Ecs.0704"}
"""  # noqa: E501 - as wide as a terminal
_RED, _GREEN = "\x1b[31m✘ ", "\x1b[32m✔ "


@pytest.mark.parametrize(("columns", "table"), [(60, _AT_60), (120, _AT_120)])
def test_a_terminal_gets_a_table(
    environment: dict[str, str], ticket: str, columns: int, table: str
) -> None:
    ended = in_terminal(["list", ticket, "--max-items", "5"], environment, columns=columns)
    assert ended.code == 0
    assert without_escapes(ended.output) == table
    assert _RED in ended.output
    assert _GREEN in ended.output
    assert "Loading steps: 5 of 250" in ended.output


def test_no_color(environment: dict[str, str], ticket: str) -> None:
    env = {**environment, "NO_COLOR": "1"}
    ended = in_terminal(["list", ticket, "--max-items", "5"], env, columns=60)
    assert without_escapes(ended.output) == _AT_60
    assert "\x1b[3" not in ended.output


def test_records_in_a_terminal_are_not_disturbed(environment: dict[str, str], ticket: str) -> None:
    arguments = ["list", ticket, "--output", "json"]
    ended = in_terminal(arguments, environment, columns=60)
    assert len(json.loads(without_escapes(ended.output))) == 250


def test_pipes_have_neither_progress_nor_colours(environment: dict[str, str], ticket: str) -> None:
    ended = piped(["list", ticket, "--output", "table"], environment)
    assert (ended.code, ended.errors) == (0, "")
    assert "\x1b" not in ended.output
    assert len(ended.output.splitlines()) == 254 + 14


@pytest.mark.parametrize("output", ["table", "json", "jsonl", "csv"])
def test_head_ends_it_silently(environment: dict[str, str], ticket: str, output: str) -> None:
    arguments = ["list", ticket, "--output", output, "--page-size", "20"]
    ended = piped(arguments, environment, shell="| head -n 1")
    assert (ended.code, ended.errors) == (0, "")
    assert len(ended.output.splitlines()) == 1


def test_a_full_disk(environment: dict[str, str], ticket: str) -> None:
    ended = piped(["list", ticket], environment, shell="> /dev/full")
    assert ended == Ended(6, "", "Error: the output cannot be written: No space left on device\n")


@pytest.mark.parametrize("arguments", [["--help"], ["list", "--help"], ["--version"]])
def test_help_on_a_full_disk(environment: dict[str, str], arguments: list[str]) -> None:
    ended = piped(arguments, environment, shell="> /dev/full")
    assert ended == Ended(6, "", "Error: the output cannot be written: No space left on device\n")


@pytest.mark.parametrize("output", ["json", "table"])
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams(environment: dict[str, str], ticket: str, output: str, closed: str) -> None:
    ended = piped(["list", ticket, "--output", output], environment, shell=closed)
    assert (ended.code, ended.errors) == (0, "")
    assert bool(ended.output) == (closed == "2>&-")


def test_an_output_that_knows_no_unicode(environment: dict[str, str], ticket: str) -> None:
    env = {**environment, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    assert piped(["list", ticket, "--output", "table"], env).output.isascii()
    assert "检查磁盘空间" in piped(["list", ticket], env).output


def test_no_secret_is_printed(environment: dict[str, str], ticket: str) -> None:
    token = environment["COC_AUTH_TOKEN"]
    for arguments in (["list", ticket], ["list", "X"], ["list", ticket, "--page-size", "x"]):
        ended = piped(arguments, environment)
        assert token not in ended.output + ended.errors


@pytest.mark.parametrize("command", ["list", "watch"])
def test_ctrl_c_while_it_waits(environment: dict[str, str], command: str) -> None:
    asked, over = threading.Event(), threading.Event()

    def stuck(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            asked.set()
            over.wait(30)
            return handler(request)

        return handle

    with serve(tickets={"T": 1}, faults=[stuck]) as server:
        env = {**environment, "COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
        with subprocess.Popen(
            (*ARGV, command, "T"), env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            try:
                assert asked.wait(30)
                process.send_signal(signal.SIGINT)
                output, errors = process.communicate(timeout=30)
            finally:
                over.set()
                process.kill()
    assert (process.returncode, output, errors) == (130, b"", b"")
