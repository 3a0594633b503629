"""Every exit code, and what is said with it."""

from __future__ import annotations

import functools
import io
import json
import time
from typing import TYPE_CHECKING, NoReturn

import pytest
from click.testing import CliRunner
from coc_steps import Client
from coc_steps.cli import _app, _list, _options, _output, _records
from coc_steps.cli._app import app
from coc_steps.mock import fail, serve

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result
    from coc_steps.mock import Answer, Fault, Handler, Request

    from .conftest import Run

_SECRET = "MIIsecretsecretsecret"


@pytest.fixture
def one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a client that gives up soon."""
    hasty = functools.partial(Client, max_retries=0, timeout=0.2)
    monkeypatch.setattr(_options, "Client", hasty)


def against(run: Run, fault: Fault, *arguments: str, tickets: int = 250) -> Result:
    with serve(tickets={"T": tickets}, faults=[fault]) as server:
        return run(
            "list", "T", *arguments, COC_BASE_URL=server.base_url, COC_AUTH_TOKEN=server.token
        )


@pytest.mark.usefixtures("one_try")
@pytest.mark.parametrize(
    ("status", "code"), [(400, 1), (401, 4), (403, 1), (404, 1), (429, 1), (500, 1)]
)
def test_a_refused_request(run: Run, status: int, code: int) -> None:
    result = against(run, fail(status))
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith("Error: GET /v1/executions/T/steps: status ")
    assert "(request id " in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("output", ["json", "jsonl", "csv", "table"])
@pytest.mark.usefixtures("one_try")
def test_a_failure_on_the_way(run: Run, output: str) -> None:
    result = against(run, fail(403, 3), "--output", output)
    assert result.exit_code == 1
    assert result.stderr.endswith("; 199 steps were listed before it\n")
    assert len(result.stdout.splitlines()) >= 199
    if output == "json":
        with pytest.raises(json.JSONDecodeError):
            json.loads(result.stdout)


def test_how_often_it_was_tried(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coc_steps._client.sync.sleep", lambda _seconds, _cancelled: None)
    result = against(run, fail(503))
    assert "; tried 3 times in " in result.stderr
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)


@pytest.mark.usefixtures("one_try")
def test_a_failure_before_the_first_row(run: Run) -> None:
    assert against(run, fail(500), "--output", "table").stdout == ""


@pytest.mark.usefixtures("one_try")
def test_a_timeout(run: Run) -> None:
    def slow(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            time.sleep(0.5)
            return handler(request)

        return handle

    result = against(run, slow)
    assert result.exit_code == 5
    assert result.stderr.startswith("Error: ")


@pytest.mark.usefixtures("one_try")
def test_nobody_listens(run: Run) -> None:
    assert run("list", "T", COC_BASE_URL="http://127.0.0.1:9").exit_code == 1


@pytest.mark.usefixtures("without_sdk")
def test_no_credentials(run: Run, ticket: str) -> None:
    result = run("list", ticket, COC_AUTH_TOKEN=None)
    assert result.exit_code == 4
    assert "COC_AUTH_TOKEN" in result.stderr


def test_refused_credentials_are_not_shown(run: Run, ticket: str) -> None:
    result = run("list", ticket, COC_AUTH_TOKEN=_SECRET)
    assert result.exit_code == 4
    assert _SECRET not in result.output
    assert "(request id " in result.stderr


def test_words_of_a_server_do_not_steer_a_terminal(run: Run) -> None:
    def rude(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            answer = handler(request)
            answer.status = 400
            answer.content = {"error_code": "X", "error_msg": "\x1b[2Jgone\nError: other"}
            return answer

        return handle

    result = against(run, rude)
    assert "\x1b" not in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(32, "Broken pipe"), 0, ""),
        (OSError(28, "No space left"), 1, "Error: the output cannot be written: No space left\n"),
    ],
)
def test_what_can_happen_to_the_output(
    run: Run,
    ticket: str,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    words: str,
) -> None:
    def write(*_arguments: object) -> NoReturn:
        raise error

    monkeypatch.setattr(_records.JsonWriter, "write", write)
    for module in (_app, _output):
        monkeypatch.setattr(module, "let_go_of_stdout", lambda: None)
    result = run("list", ticket)
    assert (result.exit_code, result.stderr) == (code, words)


def test_ctrl_c_in_a_terminal_ends_its_line(
    run: Run, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_arguments: object) -> NoReturn:
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        raise KeyboardInterrupt

    monkeypatch.setattr(_records.JsonWriter, "write", interrupted)
    result = run("list", ticket)
    assert (result.exit_code, result.stderr) == (130, "\n")


def test_what_is_left_in_a_buffer_goes_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "output"
    with file.open("w") as output:
        monkeypatch.setattr("sys.stdout", output)
        output.write("left")
        _output.let_go_of_stdout()
    assert file.read_bytes() == b""


def test_other_errors_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the command itself must not look like wrong usage."""
    monkeypatch.setattr(_list, "connect", lambda *_: io.StringIO())
    result = CliRunner().invoke(app, ["list", "X"])
    assert isinstance(result.exception, AttributeError)
