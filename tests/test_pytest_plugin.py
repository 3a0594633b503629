"""The plugin as users have it: in runs of pytest of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]

_TEST = """
import os
import pytest
from coc_steps import AuthToken, Client, ServerError
from coc_steps.mock import fail

pytestmark = pytest.mark.coc_steps_mock(tickets={"EX1": 3}, seed=7)

def count(ticket, **options):
    with Client(**options) as client:
        return len(list(client.iter_steps(ticket)))

def test_clients_find_it(coc_steps_mock):
    assert coc_steps_mock.tickets == {"EX1": 3}
    assert count("EX1") == 3
    assert len(coc_steps_mock.requests) == 1

@pytest.mark.coc_steps_mock(faults=[fail(503)])
def test_faults(coc_steps_mock):
    with pytest.raises(ServerError):
        count("EX1", max_retries=0)

@pytest.mark.coc_steps_mock(tickets={"EX2": 1})
def test_the_closest_marker_wins(coc_steps_mock):
    assert coc_steps_mock.tickets == {"EX2": 1}
    assert coc_steps_mock.token == TOKEN

def test_a_proxy_is_not_asked(coc_steps_mock, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert count("EX1") == 3

def test_without_it_nothing_is_set():
    assert "COC_BASE_URL" not in os.environ
"""


@pytest.fixture(autouse=True)
def no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COC_BASE_URL", "COC_AUTH_TOKEN", "COC_REGION", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def token() -> str:
    """The token of the seed that the marker gives."""
    from coc_steps.mock import serve

    with serve(seed=7) as server:
        return server.token


@pytest.mark.parametrize("around", ["", "example.org"])
def test_the_fixture(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, token: str, around: str
) -> None:
    if around:
        monkeypatch.setenv("NO_PROXY", around)
    pytester.makepyfile(_TEST.replace("TOKEN", repr(token)))
    result = pytester.runpytest("--strict-markers", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=5)


def test_the_marker_is_listed(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.coc_steps_mock(?*options): options of *"])


def test_options_without_a_name_are_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        @pytest.mark.coc_steps_mock({"EX1": 3})
        def test_it(coc_steps_mock): pass
    """)
    result = pytester.runpytest("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*coc_steps_mock takes keywords*"])


def test_without_the_extra_the_test_says_what_is_missing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("coc_steps.mock")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    pytester.makepyfile("def test_it(coc_steps_mock): pass")
    result = pytester.runpytest("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*pip install 'coc-steps?mock?'*"])


def test_a_run_that_does_not_use_it_does_not_import_coc_steps(tmp_path: Path) -> None:
    """Other plugins, which may import anything, are left out."""
    code = """
import json, sys, pytest
pytest.main(["--markers", "-p", "coc_steps_pytest"])
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    imported = json.loads(done.stdout.splitlines()[-1])
    assert "coc_steps_pytest" in imported
    assert not {"coc_steps", "httpx", "msgspec", "starlette", "uvicorn"} & set(imported)
