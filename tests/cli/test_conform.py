"""``coc-steps conform``: its words, files and exit codes."""

from __future__ import annotations

import _thread
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from coc_steps.cli import _output
from coc_steps.cli._commands import conform
from coc_steps.mock import Service, Step, serve
from faults.server import End, FaultServer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from coc_steps.mock import Answer, MockServer, Request

    from .conftest import Run


class Odd(Service):
    """Sends a key that nothing documents, and loses the name."""

    def render_step(self, step: Step) -> Step:
        return {key: value for key, value in step.items() if key != "name"} | {"colour": "\x1b[31m"}


@pytest.fixture
def one(mock: MockServer) -> str:
    """The ticket of one step."""
    return next(name for name, count in mock.tickets.items() if count == 1)


def test_a_server_that_passes(run: Run, one: str, tmp_path: Path) -> None:
    result = run(
        "conform", "--execution-id", one, "--max-examples", "3", "--report-dir", str(tmp_path / "r")
    )
    assert (result.exit_code, result.stdout.splitlines()[-1][:7]) == (0, "passed:")
    assert [path.name for path in sorted((tmp_path / "r").iterdir())] == [
        "report.html",
        "report.json",
        "report.xml",
    ]
    assert json.loads((tmp_path / "r" / "report.json").read_text())["verdict"] == "passed"


@pytest.mark.parametrize(("fail_on", "code"), [("drift", 1), ("expectation", 1), ("violation", 0)])
def test_what_counts(run: Run, fail_on: str, code: int) -> None:
    with serve(tickets={"EX1": 1}, service=Odd) as mock:
        result = run(
            *("conform", "--base-url", mock.base_url, "--execution-id", "EX1"),
            *("--max-examples", "3", "--fail-on", fail_on),
            COC_AUTH_TOKEN=mock.token,
            COC_BASE_URL=None,
        )
    assert (result.exit_code, result.stderr) == (code, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("expectation  step-texts at $.data[].name  (")
    assert lines[1] == "    a step has no name"
    assert lines[2].startswith("    curl --globoff --path-as-is --compressed -H ")
    assert lines[3].startswith("drift  undocumented-keys at $.data[].colour  (")
    assert mock.token not in result.stdout
    assert "\x1b" not in result.stdout


def test_the_list_of_checks(run: Run) -> None:
    result = run("conform", "--list")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "violation    windows " in result.stdout
    assert "drift        undocumented-keys " in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give at least one --execution-id"),
        (["--execution-id", "."], "Error: --execution-id must not be"),
        (["--execution-id", "EX1", "--skip", "windos"], "did you mean windows?"),
        (["--execution-id", "EX1", "--rate", "0"], "--rate"),
        (["--execution-id", "EX1", "--fail-on", "bugs"], "--fail-on"),
        (
            ["--execution-id", "EX1", "--base-url", "http://h.example", "--profile", "full"],
            "--allow-full-remote",
        ),
        (["--execution-id", "EX1", "--base-url", "http://h", "--region", "x"], "not both"),
    ],
)
def test_wrong_usage(run: Run, arguments: list[str], message: str) -> None:
    result = run("conform", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.usefixtures("without_sdk")
def test_without_credentials(run: Run, one: str) -> None:
    result = run("conform", "--execution-id", one, COC_AUTH_TOKEN=None)
    assert (result.exit_code, result.stdout) == (4, "")


def test_refused_credentials(run: Run, one: str) -> None:
    result = run("conform", "--execution-id", one, COC_AUTH_TOKEN="wrong")
    assert result.exit_code == 4
    assert "not conclusive: the ticket" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("credentials refused: ")


def test_an_unknown_ticket(run: Run) -> None:
    result = run("conform", "--execution-id", "EX-none")
    assert result.exit_code == 3
    assert "(COC.00042101: The execution does not exist.)" in result.stdout


def test_without_its_extra(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("coc_steps.conformance")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "schemathesis", None)
    result = run("conform", "--list")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        result.stderr == "Error: the check needs its extra: pip install 'coc-steps[conformance]'\n"
    )


def test_a_folder_for_reports_that_cannot_be(
    run: Run, one: str, mock: MockServer, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    before = len(mock.requests)
    folder = tmp_path / "file" / "reports"
    result = run("conform", "--execution-id", one, "--report-dir", str(folder))
    assert (result.exit_code, result.stdout) == (6, "")
    assert result.stderr == f"Error: {folder} cannot be written: Not a directory\n"
    assert len(mock.requests) == before


def test_the_exit_code_is_told_to_whoever_stops_reading(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left(*_arguments: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(conform, "print_report", left)
    monkeypatch.setattr(_output, "let_go_of_stdout", lambda: None)
    with serve(tickets={"EX1": 1}, service=Odd) as mock:
        result = run(
            *("conform", "--base-url", mock.base_url, "--execution-id", "EX1"),
            *("--max-examples", "3"),
            COC_AUTH_TOKEN=mock.token,
            COC_BASE_URL=None,
        )
    assert (result.exit_code, result.stderr) == (1, "")


def test_ctrl_c_keeps_what_was_found(run: Run, tmp_path: Path) -> None:
    class Interrupts(Odd):
        """Presses Ctrl-C once something has been found."""

        def answer(self, request: Request) -> Answer:
            if request.number == 40:
                _thread.interrupt_main()
            return super().answer(request)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with serve(tickets={"EX1": 9}, service=Interrupts) as mock:
            result = run(
                *("conform", "--base-url", mock.base_url, "--execution-id", "EX1"),
                *("--report-dir", str(tmp_path)),
                COC_AUTH_TOKEN=mock.token,
                COC_BASE_URL=None,
            )
    finally:
        signal.signal(signal.SIGINT, before)
    assert result.exit_code == 130
    assert "step-texts at $.data[].name" in result.stdout
    assert "not all was judged: it was interrupted" in result.stdout
    said = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert {each["check"] for each in said["findings"]} >= {"step-texts"}


@pytest.mark.parametrize("fail_on", ["drift", "violation"])
def test_a_report_that_cannot_be_written_is_no_finding(
    run: Run, one: str, tmp_path: Path, fail_on: str
) -> None:
    (tmp_path / "report.xml").mkdir()
    result = run(
        *("conform", "--execution-id", one, "--max-examples", "1", "--fail-on", fail_on),
        *("--report-dir", str(tmp_path)),
    )
    assert result.exit_code == 6
    assert result.stdout.splitlines()[-1].startswith("passed: ")
    assert result.stderr == f"Error: {tmp_path / 'report.xml'} cannot be written: Is a directory\n"


def test_the_line_of_a_finding_works_when_pasted(
    run: Run, environment: Mapping[str, str], tmp_path: Path
) -> None:
    with serve(tickets={"EX1": 1}, service=Odd) as mock:
        given = {"COC_AUTH_TOKEN": mock.token, "COC_BASE_URL": None}
        arguments = ("conform", "--base-url", mock.base_url, "--execution-id", "EX1")
        result = run(*arguments, "--max-examples", "1", **given)
        line = next(line for line in result.stdout.splitlines() if line.startswith("    curl "))
        if not shutil.which("curl"):
            pytest.skip("there is no curl")
        pasted = subprocess.run(
            ["sh", "-c", line],
            env={**environment, "COC_AUTH_TOKEN": mock.token, "PATH": os.environ["PATH"]},
            capture_output=True,
            check=True,
        )
    assert "colour" in json.loads(pasted.stdout)["data"][0]


def test_a_signed_request_is_sent_again_by_a_command_of_ours(run: Run) -> None:
    with serve(tickets={"EX1": 1}, service=Odd) as mock:
        given = {
            "COC_AUTH_TOKEN": None,
            "COC_BASE_URL": None,
            "HUAWEICLOUD_SDK_AK": mock.access_key,
            "HUAWEICLOUD_SDK_SK": mock.secret_key,
        }
        arguments = ("conform", "--base-url", mock.base_url, "--execution-id", "EX1")
        result = run(*arguments, "--max-examples", "1", **given)
        lines = [line.strip() for line in result.stdout.splitlines()]
        line = next(line for line in lines if line.startswith("coc-steps conform --send "))
        again = run(*shlex.split(line)[1:], **given)
        posted = run("conform", "--send", f"{mock.base_url}/x", "--method", "POST", **given)
    assert (again.exit_code, again.stdout.splitlines()[0]) == (0, "200")
    assert "colour" in again.stdout
    assert "x-request-id: " in again.stdout
    assert posted.stdout.splitlines()[0] in {"404", "405"}
    assert mock.secret_key not in again.stdout


def test_sending_to_nobody(run: Run) -> None:
    result = run("conform", "--send", "http://127.0.0.1:1/x")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "ConnectionRefusedError" in result.stderr
    assert run("conform", "--send", "ftp://h/x").exit_code == 2


def test_a_server_that_is_silent_is_waited_for_no_longer_than_said(run: Run) -> None:
    with FaultServer(lambda _: [End.HANG]) as server:
        ended = run(
            *("conform", "--base-url", server.url, "--execution-id", "EX1"),
            *("--timeout", "0.1", "--max-seconds", "20"),
            COC_AUTH_TOKEN="t",
        )
    assert ended.exit_code == 3
    assert "no answer" in ended.output.lower() or "not conclusive" in ended.output.lower()
