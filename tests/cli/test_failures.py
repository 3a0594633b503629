"""Every exit code, and what is said with it."""

from __future__ import annotations

import functools
import io
import json
import re
import socket
import threading
import time
from typing import TYPE_CHECKING, NoReturn

import pytest
from click.testing import CliRunner
from coc_steps import Client, ConfigurationError
from coc_steps.cli import _app, _output
from coc_steps.cli import _connection as connection
from coc_steps.cli._app import app
from coc_steps.cli._commands import list as list_module
from coc_steps.cli._records import RecordWriter
from coc_steps.mock import fail, serve
from faults.server import FaultServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result
    from coc_steps.mock import Answer, Fault, Handler, MockServer, Request
    from conftest import Clock

    from .conftest import Run

_SECRET = "MIIsecretsecretsecret"


@pytest.fixture
def one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a client that gives up soon."""
    hasty = functools.partial(Client, max_retries=0, timeout=0.2)
    monkeypatch.setattr(connection, "Client", hasty)


def against(run: Run, fault: Fault, *arguments: str, tickets: int = 250) -> Result:
    with serve(tickets={"T": tickets}, faults=[fault]) as server:
        return run(
            "list", "T", *arguments, COC_BASE_URL=server.base_url, COC_AUTH_TOKEN=server.token
        )


@pytest.mark.usefixtures("one_try")
@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (400, 1, "status 400; COC.00010002: The request was made to fail.; check the execution id"),
        (401, 4, "status 401; APIGW.0301: The request was made to fail.; check the credentials; "),
        (403, 1, "status 403; APIGW.0302: The request was made to fail.; the credentials need "),
        (404, 1, "status 404; APIGW.0101: The request was made to fail.; check --base-url and "),
        (429, 1, "status 429; APIGW.0308: The request was made to fail.; the gateway throttles; "),
        (500, 1, "status 500; APIGW.0601: The request was made to fail. (request id "),
    ],
)
def test_a_refused_request(run: Run, status: int, code: int, words: str) -> None:
    result = against(run, fail(status))
    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr
    assert "(request id " in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("output", ["json", "jsonl", "csv", "table"])
@pytest.mark.usefixtures("one_try")
def test_a_failure_on_the_way(run: Run, output: str) -> None:
    result = against(run, fail(403, 3), "--output", output, "--prefetch", "0")
    assert result.exit_code == 1
    assert result.stderr.endswith("; 199 steps were listed before it\n")
    assert len(result.stdout.splitlines()) >= 199
    if output == "json":
        with pytest.raises(json.JSONDecodeError):
            json.loads(result.stdout)


def test_how_often_it_was_tried(run: Run, clock: Clock) -> None:
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
        (OSError(28, "No space left"), 6, "Error: the output cannot be written: No space left\n"),
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

    monkeypatch.setattr(RecordWriter, "write", write)
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

    monkeypatch.setattr(RecordWriter, "write", interrupted)
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
    monkeypatch.setattr(list_module, "connect", lambda *_, **__: io.StringIO())
    result = CliRunner().invoke(app, ["list", "X"])
    assert isinstance(result.exception, AttributeError)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "EXS20250904092540ulvt25", "EX202507050230224425fc9"], "like a ticket's: swap"),
        (["show", "EXS20250904092540ulvt25"], "a ticket's is like EX2025"),
        (["list", "EXS20250904092540ulvt25"], "a ticket's is like EX2025"),
        (["watch", "EXS20250904092540ulvt25"], "a ticket's is like EX2025"),
    ],
)
def test_ids_in_the_wrong_place_are_noticed(run: Run, arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert "EXECUTION_ID looks like a step's id" in result.stderr
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["list", "EXnope"], ["show", "EXnope", "EXS1"]])
def test_other_unknown_ids_are_not_said_to_be_swapped(run: Run, arguments: list[str]) -> None:
    assert "looks like" not in run(*arguments).stderr


@pytest.mark.parametrize("blanks", [" {}", "{}\n", "\t{}  ", "\ufeff{}", " \u200b{}\u200b "])
def test_blanks_around_an_id_are_taken_off(run: Run, ticket: str, blanks: str) -> None:
    for command in ("list", "show"):
        assert run(command, blanks.format(ticket)).exit_code == 0


@pytest.fixture
def stuck() -> Iterator[MockServer]:
    """A server that answers nothing from its third request on."""
    over = threading.Event()

    def fault(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            if request.number > 2:
                over.wait(60)
            return handler(request)

        return handle

    with serve(tickets={"T": 250, "U": 1}, faults=[fault]) as server:
        yield server
        over.set()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "T", "--prefetch", "0"], "199 steps were listed before it"),
        (["list", "T", "U", "--jobs", "1"], "no answer yet"),
        (["show", "T"], r"(no answer yet|(99|100|199) steps had been read)"),
    ],
)
def test_the_time_for_all_of_it_is_up(
    run: Run, stuck: MockServer, arguments: list[str], words: str
) -> None:
    env = {"COC_BASE_URL": stuck.base_url, "COC_AUTH_TOKEN": stuck.token}
    result = run(*arguments, "--timeout", "0.5", **env)
    assert result.exit_code == 5
    assert re.fullmatch(rf"Error: timed out after 0\.5 s: {words}\n", result.stderr)


@pytest.mark.parametrize("command", [["list", "T"], ["show", "T"], ["show", "T", "S"]])
def test_a_server_that_accepts_and_says_nothing(run: Run, command: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        env = {"COC_BASE_URL": f"http://127.0.0.1:{server.getsockname()[1]}"}
        result = run(*command, "--timeout", "0.2", **env)
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr == "Error: timed out after 0.2 s: no answer yet\n"


def test_time_that_is_enough_does_not_matter(run: Run, ticket: str) -> None:
    assert run("list", ticket, "--timeout", "60").exit_code == 0


def test_a_configuration_that_cannot_work_is_usage(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def client(**_options: object) -> NoReturn:
        raise ConfigurationError("HTTPS_PROXY names no address")

    monkeypatch.setattr(connection, "Client", client)
    result = run("list", "T")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("Error: HTTPS_PROXY names no address\n")


@pytest.mark.usefixtures("one_try")
def test_whoever_stands_in_front_of_the_server_is_named(run: Run) -> None:
    page = b"<html><title>squid</title><body>cache miss</body></html>"
    head = b"HTTP/1.1 403 No\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page)
    with FaultServer(lambda _: [head + page]) as server:
        result = run("list", "T", COC_BASE_URL=server.url)
    assert result.exit_code == 1
    assert "text/html" in result.stderr
    assert "cache miss" in result.stderr
    assert "coc:execution" not in result.stderr


@pytest.mark.parametrize(("of_credentials", "code"), [(False, 2), (True, 4)])
@pytest.mark.parametrize("command", ["list", "show", "watch"])
def test_what_cannot_work_while_sending(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, of_credentials: bool, code: int
) -> None:
    def broken(*_arguments: object) -> NoReturn:
        raise ConfigurationError("SSL_CERT_FILE names no file")

    if of_credentials:
        monkeypatch.setattr(connection, "default_credentials", lambda: broken)
    else:
        monkeypatch.setattr(Client, "_provide", broken)
    result = run(command, "T")
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr == "Error: SSL_CERT_FILE names no file\n"
