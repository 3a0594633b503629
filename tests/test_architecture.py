"""ARCHITECTURE.md is the first page that a new owner reads: its tree is the real one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.source

TEXT = Path("ARCHITECTURE.md").read_text("utf-8")
ROOT = Path("wrapper/coc_steps")
CLI = ("cli", "cli/_commands", "cli/_page", "cli/_terminal", "cli/_ticket")
WHOLE = ("_client", "_http", "_huawei", "_paging", "_steps", "mock", *CLI)
"""The rooms of which the tree names each file."""


def tree() -> set[str]:
    """Return the paths of the tree, folders with a slash."""
    (block,) = [one for one in TEXT.split("```") if one.startswith("\nopenapi.yaml")]
    paths: set[str] = set()
    folders: list[tuple[int, str]] = []
    for line in block.strip("\n").splitlines():
        indent = len(line) - len(line.lstrip())
        name = line.split()[0]
        folders = [each for each in folders if each[0] < indent]
        path = "".join(folder for _, folder in folders) + name
        paths.add(path)
        if name.endswith("/"):
            folders.append((indent, name))
    return paths


def test_what_the_tree_names_is_there() -> None:
    assert [path for path in tree() if not Path(path).exists()] == []


def test_the_tree_names_what_is_there() -> None:
    there = {f"{path}" for path in ROOT.glob("*.py")}
    there |= {f"{path.parent}/" for path in ROOT.glob("*/__init__.py")}
    there |= {f"{path.parent}/" for path in ROOT.parent.glob("*/__init__.py")}
    for room in WHOLE:
        there |= {f"{path}" for path in (ROOT / room).glob("*.py") if path.name != "__init__.py"}
    assert there - tree() == set()


def test_the_files_that_the_text_names_are_there() -> None:
    prose = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    for name in set(re.findall(r"`(?:\w+/)*(\w+\.(?:py|toml|yaml))`", prose)):
        assert (
            list(Path().glob(f"{name}"))
            or list(ROOT.rglob(name))
            or list(Path("tests").rglob(name))
            or list(Path("tools").rglob(name))
        ), name
