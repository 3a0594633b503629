"""A mock, and an environment in which nothing but it can be found."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from coc_steps.cli._app import app
from coc_steps.mock import serve

from .terminal import COMMAND, clean_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from click.testing import Result
    from coc_steps.mock import MockServer

    Run = Callable[..., Result]


@pytest.fixture(scope="session")
def mock() -> Iterator[MockServer]:
    with serve() as server:
        yield server


@pytest.fixture(scope="session")
def ticket(mock: MockServer) -> str:
    """The ticket of 250 steps."""
    return next(name for name, count in mock.tickets.items() if count == 250)


@pytest.fixture
def environment(mock: MockServer, tmp_path: Path) -> dict[str, str]:
    """What a process needs to reach the mock."""
    return {
        **clean_environment(tmp_path),
        "COC_BASE_URL": mock.base_url,
        "COC_AUTH_TOKEN": mock.token,
    }


@pytest.fixture
def run(environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process, with the environment; changes to it are keywords."""
    for name in set(os.environ) - set(environment):
        if name.startswith(("COC_", "HUAWEICLOUD_", "NO_COLOR")) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)

    def run(*arguments: str, **changes: str | None) -> Result:
        env = {**environment, **changes}
        return CliRunner().invoke(app, arguments, prog_name=COMMAND, env=env)

    return run
