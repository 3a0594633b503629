"""`tools/check_package.py`: what it says of archives that are not what git has."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from check_package import check, compare
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

SDIST, WHEEL = "small-1.tar.gz", "small-1-py3-none-any.whl"
FILES = {
    "pyproject.toml": """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "small"
version = "1"
requires-python = ">=3.11"
[tool.hatch.build.targets.wheel]
packages = ["wrapper/small", "generated/small_api"]
""",
    ".gitignore": "dist/\nwrapper/small/local.py\n",
    ".ci/run": "true\n",
    "tests/test_small.py": "",
    "wrapper/small/__init__.py": "",
    "wrapper/small/py.typed": "",
    "generated/small_api/__init__.py": "",
    "generated/small_api/openapi.yaml": "openapi: 3.1.0\n",
}
NAMES = st.sets(st.text(min_size=1))


def write(root: Path, name: str, text: str = "") -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True)


def build(root: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build"]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that git has, and that is built."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for name, text in FILES.items():
        write(tmp_path, name, text)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    build(tmp_path)
    return tmp_path


def test_what_is_as_git_has_it_is_fine(project: Path) -> None:
    write(project, "wrapper/small/local.py")
    build(project)
    assert check(project) == []


def test_a_file_that_git_has_not_is_found(project: Path) -> None:
    write(project, "wrapper/small/new.py")
    write(project, "notes.txt")
    build(project)
    assert check(project) == [
        f"{SDIST} has notes.txt, which git has not",
        f"{SDIST} has wrapper/small/new.py, which git has not",
        f"{WHEEL} has small/new.py, which git has not",
    ]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            '[tool.hatch.build]\nexclude = ["py.typed"]\n',
            [f"{SDIST} lacks wrapper/small/py.typed", f"{WHEEL} lacks small/py.typed"],
        ),
        (
            '[tool.hatch.build.targets.sdist]\ninclude = ["/wrapper", "/generated"]\n',
            [f"{SDIST} lacks .ci/run", f"{SDIST} lacks tests/test_small.py"],
        ),
        (
            '[tool.hatch.build.targets.wheel.force-include]\ntests = "tests"\n',
            [f"{WHEEL} has tests/test_small.py, which git has not"],
        ),
    ],
)
def test_settings_that_take_too_little_or_too_much(
    project: Path, settings: str, said: list[str]
) -> None:
    write(project, "pyproject.toml", FILES["pyproject.toml"] + settings)
    build(project)
    assert check(project) == said


def test_a_time_that_is_not_the_commit_s_is_found(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000002")
    assert check(project) == [
        f"{name} comes out differently when it is built again" for name in (WHEEL, SDIST)
    ]


def test_one_byte_is_found_in_either(project: Path) -> None:
    with zipfile.ZipFile(project / "dist" / WHEEL, "a") as wheel:
        wheel.comment = b"."
    assert check(project) == [f"{WHEEL} comes out differently when it is built again"]


def test_a_source_distribution_that_leads_out_of_its_folder_is_refused(project: Path) -> None:
    with tarfile.open(project / "dist" / SDIST, "w:gz") as sdist:
        sdist.addfile(tarfile.TarInfo("../outside"), io.BytesIO())
    with pytest.raises(tarfile.OutsideDestinationError):
        check(project)


@given(NAMES, NAMES)
def test_each_difference_is_said_once(found: set[str], expected: set[str]) -> None:
    said = list(compare("it", found, expected))
    assert {*said} == {
        *(f"it has {name}, which git has not" for name in found - expected),
        *(f"it lacks {name}" for name in expected - found),
    }
    assert len(said) == len(found ^ expected)
