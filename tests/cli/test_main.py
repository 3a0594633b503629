"""The entry point, with and without what the command needs."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import coc_steps_command
import pytest
from coc_steps.cli import main

from .terminal import clean_environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def not_yet_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("coc_steps.cli._")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.parametrize("missing", ["click", "rich.console"])
@pytest.mark.usefixtures("not_yet_imported")
def test_without_its_extra(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors == "coc-steps: the command needs its extra: pip install 'coc-steps[cli]'\n"


def test_a_broken_installation_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "coc_steps.cli._app", None)
    with pytest.raises(ImportError):
        main()


def test_ctrl_c_while_it_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def find_spec(self, name: str, *_others: object) -> None:
            if name == "coc_steps.cli._app":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "coc_steps.cli._app", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 130


@pytest.mark.parametrize("module", ["coc_steps", "httpx", "click", "coc_steps.cli._app"])
def test_ctrl_c_in_the_first_tenth_of_a_second(module: str, tmp_path: Path) -> None:
    """A signal comes while the modules are imported, in a process of its own."""
    program = f"""
import os, signal, sys
from coc_steps_command import main

class Interrupting:
    def find_spec(self, name, *others):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupting())
main()
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=clean_environment(tmp_path),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


def test_the_script_begins_there() -> None:
    (script,) = entry_points(group="console_scripts", name="coc-steps")
    assert script.load() is coc_steps_command.main


def test_the_name_is_always_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["elsewhere/__main__.py", "--version"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("coc-steps ")


def test_tests_have_no_credentials_of_the_machine(tmp_path: Path) -> None:
    assert not [name for name in clean_environment(tmp_path) if name.startswith("COC_")]
