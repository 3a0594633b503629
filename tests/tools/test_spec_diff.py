"""`tools/spec_diff.py`: what changed since a revision, and whether the version says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.version import Version
from spec_diff import allows_breaking, conclude
from vendor_example import EXECUTIONS

ROOT = Path(__file__).parents[2]
IDENTITY = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"]
FIELD = "        action:\n          type: [string, 'null']\n"
OPTIONAL = "        - name: limit\n          in: query\n          required: false\n"
NEW_FIELD = (
    "        retries:\n          type: [integer, 'null']\n          description: How often.\n"
)


def spec_diff(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools" / "spec_diff.py"), "--root", str(root)]
    # Redocly's verdict alone is asked for here; CI=true would demand Node of every test.
    settings = {**os.environ, "CI": "", **environment}
    return subprocess.run(
        [*command, *arguments], env=settings, capture_output=True, text=True, check=False
    )


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, "-C", str(root), *arguments], check=True, capture_output=True)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the description in its only commit."""
    (tmp_path / "tools").mkdir()
    for name in ("openapi.yaml", "pyproject.toml", "tools/generator.yaml"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def without_node(folder: Path) -> str:
    """A PATH with what the tools need, but no Node."""
    folder.mkdir()
    for tool in ("git", "bash", "dirname", "env"):
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    return str(folder)


def test_without_a_release_there_is_nothing_to_compare(project: Path) -> None:
    result = spec_diff(project)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "No release to compare with: no tag v[0-9]* leads here.\n"


def test_compares_with_the_newest_release(project: Path) -> None:
    git(project, "tag", "v0.9.0")
    edit(project / "openapi.yaml", FIELD, NEW_FIELD + FIELD)
    git(project, "commit", "-qam", "two")
    git(project, "tag", "v0.10.0")
    result = spec_diff(project)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "openapi.yaml is as it was in v0.10.0.\n"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not on PATH")
def test_says_what_changes_on_the_wire_and_for_code(project: Path) -> None:
    edit(project / "openapi.yaml", OPTIONAL, OPTIONAL.replace("false", "true"))
    result = spec_diff(project, "HEAD")
    assert (result.returncode, result.stderr) == (1, "")
    path = f"{EXECUTIONS}/{{execution_id}}/steps".replace("/", "~1")
    place = f"#/paths/{path}/get/parameters/1/required"
    retyped = "parameter limit retyped from int | Unset to int"
    assert result.stdout.splitlines() == [
        "On the wire, since HEAD:",
        f"  breaking  {place}: `limit` query parameter became required.",
        "For code that uses coc_steps_api, since HEAD:",
        f"  breaking  operation list_execution_steps: {retyped}",
        "Callers break: pyproject.toml says 0.1.0, and must say 0.2.0 or later.",
    ]


def test_without_node_the_package_is_still_compared(project: Path, tmp_path: Path) -> None:
    edit(project / "openapi.yaml", FIELD, FIELD.replace("string", "integer"))
    path = without_node(tmp_path / "bin")
    result = spec_diff(project, "HEAD", PATH=path)
    assert result.returncode == 1
    assert "SKIPPED: the judgement of Redocly" in result.stderr
    assert result.stdout.splitlines()[:2] == ["On the wire, since HEAD:", "  not judged"]
    assert "breaking  model ExecutionStep: field action retyped" in result.stdout


def test_under_ci_the_judge_must_not_be_missing(project: Path, tmp_path: Path) -> None:
    edit(project / "openapi.yaml", FIELD, NEW_FIELD + FIELD)
    result = spec_diff(project, "HEAD", PATH=without_node(tmp_path / "bin"), CI="true")
    assert result.returncode == 2
    assert "CI must not skip it" in result.stderr


@pytest.mark.parametrize("base", ["v9.9.9", "--all"])
def test_a_revision_that_is_not_there_is_no_answer(project: Path, base: str) -> None:
    result = spec_diff(project, "--", base)
    assert result.returncode == 2
    assert result.stderr


def test_a_description_that_gives_no_package_is_no_answer(project: Path, tmp_path: Path) -> None:
    edit(project / "openapi.yaml", "          in: query\n", "          in: cookies\n")
    result = spec_diff(project, "HEAD", PATH=without_node(tmp_path / "bin"))
    assert result.returncode == 2
    assert "openapi.yaml gives no clean package" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("0.1.0", "0.1.1", False),
        ("0.1.0", "0.2.0", True),
        ("0.1.0", "0.2.0rc1", True),
        ("0.1.0", "1.0.0", True),
        ("1.2.0", "1.3.0", False),
        ("1.2.0", "2.0.0", True),
        ("0.2.0", "0.1.0", False),
    ],
)
def test_which_versions_may_break(old: str, new: str, allowed: bool) -> None:
    assert allows_breaking(Version(old), Version(new)) is allowed


@pytest.mark.parametrize(
    ("breaks", "new", "code", "said"),
    [
        (False, "0.1.0", 0, "Nothing breaks callers."),
        (True, "0.2.0", 0, "Callers break, and version 0.2.0 after 0.1.0 says so."),
        (
            True,
            "0.1.1",
            1,
            "Callers break: pyproject.toml says 0.1.1, and must say 0.2.0 or later.",
        ),
    ],
)
def test_the_version_decides(
    breaks: bool, new: str, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert conclude(breaks, Version("0.1.0"), Version(new)) == code
    assert capsys.readouterr().out == said + "\n"
