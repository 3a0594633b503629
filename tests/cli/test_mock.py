"""``coc-steps mock``: what it prints works, and Ctrl-C ends it."""

from __future__ import annotations

import select
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NoReturn

from .terminal import ARGV, clean_environment, piped

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from .conftest import Run


def test_it_prints_what_one_needs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_seconds: float) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)
    result = run("mock", "--seed", "7", "--live")
    assert (result.exit_code, result.stderr) == (130, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("# A mock of COC at http://127.0.0.1:")
    assert lines[1].startswith("export COC_BASE_URL=http://127.0.0.1:")
    assert lines[2].startswith("export COC_AUTH_TOKEN=MII")
    assert lines[4].startswith("# export HUAWEICLOUD_SDK_AK=")
    assert [line.split()[-2] for line in lines[6:11]] == ["0", "1", "23", "250", "2,500"]
    assert lines[-2:] == [f"coc-steps {each} {lines[9].split()[1]}" for each in ("show", "list")]


def test_a_port_that_is_taken(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("mock", "--port", port)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: cannot listen on port {port}: ")


def test_without_its_extra(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("coc_steps.mock")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = run("mock")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: the mock needs its extra: pip install 'coc-steps[mock]'\n"


def test_what_it_prints_can_be_pasted_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    env = clean_environment(tmp_path)
    with subprocess.Popen(
        (*ARGV, "mock"), env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            lines = read_until(process, "coc-steps list ")
            exports = dict(line[7:].split("=", 1) for line in lines if line.startswith("export "))
            listed = piped([*lines[-1].split()[1:], "--output", "jsonl"], {**env, **exports})
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (listed.code, listed.errors) == (0, "")
    assert len(listed.output.splitlines()) == 250
    assert (process.returncode, errors) == (130, "")


def read_until(process: subprocess.Popen[str], last: str) -> list[str]:
    """Read lines until one begins as told; a process that prints nothing is not waited for."""
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], 30)[0]
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith(last):
            break
    return lines
