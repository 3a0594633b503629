"""``coc-steps watch``: lines in a pipe, a table on a terminal, and every way to end."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps.mock import fail, serve

from .terminal import in_terminal, on_screen, piped, without_escapes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result
    from coc_steps.mock import Answer, Handler, MockServer, Request
    from conftest import Clock

    from .conftest import Run

AT_ONCE = ("--interval", "0.001", "--settle", "0")
_SUCCEED: dict[str, Any] = {"execution_step_id": "EXS1", "name": "run script", "status": "Succeed"}
_FAILED: dict[str, Any] = {
    "execution_step_id": "EXS2",
    "name": "检查\n磁盘",
    "status": "Failed",
    "message": "disk\x1b full",
    "start_time": 1_750_781_821_019,
    "end_time": 1_750_781_825_219,
}
_RUNNING: dict[str, Any] = {"execution_step_id": "EXS3", "name": "pause", "status": "Running"}


def reach(server: MockServer) -> dict[str, str]:
    return {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}


def watched(run: Run, steps: int | list[dict[str, Any]], *arguments: str, **options: Any) -> Result:
    with serve(tickets={"T": steps}, **options) as server:
        return run("watch", "T", *AT_ONCE, *arguments, **reach(server))


def test_a_line_for_each_change(run: Run) -> None:
    result = watched(run, [_SUCCEED, _FAILED])
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    times, said = zip(*(re.split(r"(?<=:\d\d)  ", line, maxsplit=1) for line in lines), strict=True)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", time) for time in times)
    # A step that is finished when it is first seen has one line.
    assert said == (
        "finished  EXS1  ✔ Succeed  run script",
        "finished  EXS2  ✘ Failed  检查 磁盘: disk\ufffd full",
    )


def test_a_record_for_each_change(run: Run) -> None:
    result = watched(run, [_SUCCEED], "--output", "jsonl")
    (line,) = result.stdout.splitlines()
    record = json.loads(line)
    assert datetime.fromisoformat(record.pop("seen_at")).tzinfo is not None
    assert record == {
        "execution_id": "T",
        "kind": "finished",
        "previous_status": None,
        "step": _SUCCEED,
    }


def test_a_live_ticket_to_its_end(run: Run) -> None:
    result = watched(run, 6, live=True)
    kinds = [line.split()[2] for line in result.stdout.splitlines()]
    # Three steps are finished when they are first seen.
    assert (kinds.count("appeared"), kinds.count("finished")) == (3, 6)
    assert kinds.count("changed") == 2


@pytest.mark.parametrize(
    ("steps", "arguments", "code", "words"),
    [
        ([_SUCCEED, _FAILED], ["--exit-status"], 1, "Error: 1 of 2 steps failed\n"),
        ([_SUCCEED, _FAILED], [], 0, ""),
        ([_SUCCEED], ["--exit-status"], 0, ""),
        (
            [_FAILED | {"execution_step_id": None}],
            ["--exit-status"],
            1,
            "Error: 1 of 1 step failed",
        ),
    ],
)
def test_the_exit_status(
    run: Run, steps: list[dict[str, Any]], arguments: list[str], code: int, words: str
) -> None:
    result = watched(run, steps, *arguments)
    assert result.exit_code == code
    assert result.stderr.startswith(words)


def test_a_step_that_failed_and_was_run_again_has_not_failed(run: Run) -> None:
    """It fails in the first look, while another one runs, and succeeds in the second."""

    def again(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            answer = handler(request)
            if request.number > 1:
                answer.content["data"] = [
                    step | {"status": "Succeed"} for step in answer.content["data"]
                ]
            return answer

        return handle

    result = watched(run, [_FAILED, _RUNNING], "--exit-status", faults=[again])
    assert result.exit_code == 0


def test_a_timeout(run: Run, clock: Clock) -> None:
    result = watched(run, [_SUCCEED, _RUNNING], "--interval", "2", "--timeout", "5")
    assert clock.waits == [2.0, 2.0, 1.0]
    assert result.exit_code == 5
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr == "Error: timed out after 5 s: 1 of 2 steps not finished\n"


def test_a_timeout_before_there_are_steps(run: Run, clock: Clock) -> None:
    result = watched(run, [], "--interval", "2", "--timeout", "5")
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr == "Error: timed out after 5 s: no steps yet\n"


def test_a_timeout_while_others_may_come(run: Run, clock: Clock) -> None:
    result = watched(run, [_SUCCEED], "--settle", "60", "--interval", "2", "--timeout", "5")
    assert result.exit_code == 5
    assert result.stderr.endswith(": all of 1 step finished, but others may come for 60 s\n")


def test_an_unknown_ticket(run: Run, mock: MockServer) -> None:
    result = run("watch", "X", *AT_ONCE, **reach(mock))
    assert result.exit_code == 1
    assert "(request id " in result.stderr


def test_refused_credentials(run: Run, mock: MockServer) -> None:
    assert run("watch", "X", COC_AUTH_TOKEN="other").exit_code == 4


def test_a_fault_that_passes_is_noted(run: Run, clock: Clock) -> None:
    result = watched(run, 4, live=True, faults=[fail(503, 2, 3)])
    assert result.exit_code == 0
    first, second = result.stderr.splitlines()
    assert re.search(r"try 1 failed: .*status 503.*; again in 0\.[5-9] s$|again in 1\.0 s$", first)
    assert re.search(r"try 2 failed: .*; again in 1\.\d s$", second)
    assert "(request id " in result.stderr


def test_a_pipe_that_knows_no_unicode(environment: dict[str, str]) -> None:
    env = {**environment, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    with serve(tickets={"T": [_FAILED]}) as server:
        ended = piped(["watch", "T", "--settle", "0"], env | reach(server))
    assert ended.code == 0
    assert "EXS2  x Failed  ?? ??: disk? full" in ended.output


_WHILE_IT_RUNS = """\
T  not finished, 1 step failed
3 steps: 1 ✔ Succeed, 1 ✘ Failed, 1 ▸ Running
began 2025-06-25 00:17:01, SO FAR; last look NOW

status     name        duration  start           step id
✔ Succeed  run script         -  -               EXS1
✘ Failed   检查 磁盘       4.2s  06-25 00:17:01  EXS2
▸ Running  pause              -  -               EXS3
Not shown in a terminal as narrow as this: action.
"""


@pytest.fixture
def changing() -> Iterator[tuple[MockServer, threading.Event]]:
    """A ticket whose third step runs until an event is set."""
    drawn = threading.Event()

    def once_drawn(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            answer = handler(request)
            if request.number > 1:
                assert drawn.wait(30)
                answer.content["data"][2] |= {"status": "Succeed"}
            return answer

        return handle

    with serve(tickets={"T": [_SUCCEED, _FAILED, _RUNNING]}, faults=[once_drawn]) as server:
        yield server, drawn


def test_a_terminal_gets_a_screen_that_is_redrawn(
    environment: dict[str, str], changing: tuple[MockServer, threading.Event]
) -> None:
    server, drawn = changing
    screens: list[str] = []

    def watcher(output: str) -> None:
        if not drawn.is_set() and "▸ Running" in output and "as this: action." in output:
            screens.append(on_screen(output.replace("\r\n", "\n"), columns=58))
            drawn.set()

    ended = in_terminal(
        ["watch", "T", *AT_ONCE, "--exit-status"],
        environment | reach(server),
        columns=58,
        watcher=watcher,
    )
    (screen,) = screens
    so_far = re.compile(r"\d+d [^\n]* so far.*last look \d\d:\d\d:\d\d", re.DOTALL)
    assert so_far.sub("SO FAR; last look NOW", screen) == _WHILE_IT_RUNS
    screen, _, left = ended.output.rpartition("\x1b[?1049l")
    assert screen.count("\x1b[?1049h") == 1
    assert without_escapes(left).startswith("T  finished, 1 step failed\n3 steps: 2 ✔ Succeed")
    assert left.endswith("Error: 1 of 3 steps failed\n")
    assert ended.code == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_leaves_the_terminal_as_it_was(
    environment: dict[str, str],
    changing: tuple[MockServer, threading.Event],
    number: signal.Signals,
    code: int,
) -> None:
    server, drawn = changing

    def watcher(output: str, process: int) -> None:
        if not drawn.is_set() and "▸ Running" in output:
            os.kill(process, number)
            drawn.set()

    ended = in_terminal(
        ["watch", "T", *AT_ONCE], environment | reach(server), columns=58, signaller=watcher
    )
    assert ended.code == code
    assert ended.output.rindex("\x1b[?1049l") > ended.output.rindex("\x1b[?1049h")
    assert ended.output.rindex("\x1b[?25h") > ended.output.rindex("\x1b[?25l")
    assert "Traceback" not in ended.output
