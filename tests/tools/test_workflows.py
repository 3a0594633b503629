"""The workflows: whose code they run, and what it may do."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS: dict[str, Any] = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.glob("*.yml")
}
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def steps(workflow: str) -> list[dict[str, Any]]:
    return [step for job in WORKFLOWS[workflow]["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_actions_are_commits_and_not_names_that_can_move(workflow: str) -> None:
    used = re.findall(r"uses: (.+)", (FOLDER / f"{workflow}.yml").read_text("utf-8"))
    assert used
    assert not [each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", each)]


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_what_it_makes_is_there(workflow: str) -> None:
    runs = " ".join(step.get("run", "") for step in steps(workflow))
    targets = {word for names in re.findall(r"make ([a-z -]+)", runs) for word in names.split()}
    assert not [name for name in targets if f"\n{name}: " not in MAKEFILE]


def test_only_the_job_that_publishes_may_say_who_it_is() -> None:
    release = WORKFLOWS["release"]
    assert release["permissions"] == {"contents": "read"}
    granted = {name: job.get("permissions") for name, job in release["jobs"].items()}
    assert granted == {"build": None, "publish": {"id-token": "write"}}
    assert "run" not in {key for step in release["jobs"]["publish"]["steps"] for key in step}


def test_no_secret_is_needed_to_publish() -> None:
    assert "secrets." not in (FOLDER / "release.yml").read_text("utf-8")


def test_the_versions_of_python_are_those_that_are_promised() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    promised = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
    assert WORKFLOWS["ci"]["jobs"]["test"]["strategy"]["matrix"]["python"] == promised
