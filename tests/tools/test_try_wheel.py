"""`tools/try_wheel.py`: what it does not let pass, with commands that only play their part."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from try_wheel import HINT, STEPS, Environment, mock, try_commands, try_without_extras

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Play = Callable[[str], Environment]

MOCK = f"""
import signal, time
signal.signal(signal.SIGINT, lambda *_: exit(130))
print("export COC_BASE_URL=http://127.0.0.1:9/a=b")
print("#   EX0  1 step")
print("#   EX1  {STEPS} steps")
print("# Try:")
print("coc-steps list EX1")
while True:
    time.sleep(60)
"""


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Give an environment whose coc-steps is a piece of Python."""
    scripts = tmp_path / "venv" / "bin"

    def create(folder: Path, *, with_pip: bool) -> None:
        assert (folder, with_pip) == (tmp_path / "venv", True)
        scripts.mkdir(parents=True)
        (scripts / "python").write_text("#!/bin/sh\n", encoding="utf-8")

    def environment(code: str) -> Environment:
        made = Environment(tmp_path)
        (scripts / "coc-steps").write_text(f"#!{sys.executable}\n{code}", encoding="utf-8")
        (scripts / "coc-steps").chmod(0o755)
        return made

    def install(self: Environment, *_: str) -> None:
        (scripts / "python").chmod(0o755)

    monkeypatch.setattr("venv.create", create)
    monkeypatch.setattr(Environment, "install", install)
    return environment


def test_the_hint_without_extras(play: Play) -> None:
    try_without_extras(play(f"import sys; sys.stderr.write({HINT!r}); exit(2)"))


@pytest.mark.parametrize(
    "code",
    [
        f"import sys; sys.stderr.write({HINT!r}); exit(0)",
        f"import sys; sys.stderr.write('Traceback' + {HINT!r}); exit(2)",
        "exit(2)",
    ],
)
def test_another_end_without_extras(play: Play, code: str) -> None:
    with pytest.raises(SystemExit) as end:
        try_without_extras(play(code))
    assert end.value.code


def test_a_command_that_help_does_not_name(play: Play) -> None:
    with pytest.raises(SystemExit, match="conform  Check"):
        try_commands(play("print('\\n  conform  Check\\n  list  List')"))


def test_the_mock_is_asked_for_its_address_and_a_ticket(play: Play) -> None:
    environment = play(MOCK)
    with mock(environment) as ticket:
        assert ticket == "EX1"
    assert environment.variables["COC_BASE_URL"] == "http://127.0.0.1:9/a=b"


def test_a_mock_that_ends_is_noticed(play: Play) -> None:
    with pytest.raises(SystemExit, match="before it printed '# Try:'"), mock(play("print('no')")):
        pass


def test_a_mock_that_ctrl_c_ends_otherwise_is_noticed(play: Play) -> None:
    environment = play(MOCK.replace("exit(130)", "exit(1)"))
    with pytest.raises(SystemExit, match="Ctrl-C"), mock(environment):
        pass


def test_settings_of_the_machine_are_left_out(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COC_AUTH_TOKEN", "t")
    monkeypatch.setenv("PYTHONPATH", "wrapper")
    assert not {"COC_AUTH_TOKEN", "PYTHONPATH"} & play("").variables.keys()
