"""A server by openapi-backend, which validates by openapi.yaml in its own way: in JavaScript."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from coc_steps import AuthToken
from coc_steps.conformance import Kind, conform

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.exhaustive, pytest.mark.source]
HERE = Path(__file__).with_name("openapi_backend")
DESCRIPTION = Path(__file__).parents[2] / "openapi.yaml"
TOKEN = "token-of-node-0123456789-abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("needs Node and npm")
    folder = tmp_path_factory.mktemp("node") / "server"
    shutil.copytree(HERE, folder)
    subprocess.run(["npm", "ci", "--loglevel=error"], cwd=folder, check=True)
    command = ["node", "server.mjs", str(DESCRIPTION), TOKEN]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_its_faults_are_found_whatever_the_seed(address: str, seed: int) -> None:
    """It refuses offsets above 2^53, and takes more than 20 ids for something else."""
    report = conform(address, ["NODE-1"], credentials=AuthToken(TOKEN), max_examples=10, seed=seed)
    assert [(each.kind, each.check, each.place) for each in report.findings] == [
        (Kind.VIOLATION, "positive_data_acceptance", "query.offset"),
        (Kind.VIOLATION, "positive_data_acceptance", "query.execution_step_id_list"),
    ]
