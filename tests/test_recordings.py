"""What docs/ shows of the command is what it prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from coc_steps.mock import serve
from record import FENCE, PICTURE, ROOT, environment_of, picture, recorded

if TYPE_CHECKING:
    from pathlib import Path

RECORDED = [
    page for page in sorted((ROOT / "docs").glob("*.md")) if FENCE.search(page.read_text("utf-8"))
]


def test_there_are_recordings() -> None:
    assert {page.name for page in RECORDED} >= {"command.md", "tutorial.md"}


@pytest.mark.parametrize("page", RECORDED, ids=lambda page: page.name)
def test_the_commands_print_what_is_recorded(page: Path, tmp_path: Path) -> None:
    text = page.read_text("utf-8")
    with serve(live=True) as server:
        assert recorded(text, environment_of(server, tmp_path)) == text, "run make recordings"


def test_the_picture_is_a_run_of_today(tmp_path: Path) -> None:
    assert PICTURE.read_text("utf-8") == picture(tmp_path), "run make recordings"


def test_the_picture_shows_the_columns_and_names_no_other_place() -> None:
    svg = PICTURE.read_text("utf-8")
    words = re.sub(r"<[^>]+>", " ", svg).replace("&#160;", " ")
    headers = ("status", "name", "action", "duration", "start", "step id")
    assert re.search(r"\s+".join(headers), words)
    assert "Failed" in words
    assert "Loading" not in words
    addresses = set(re.findall(r"https?://[^\s\"<]+", svg))
    assert addresses == {"http://www.w3.org/2000/svg", "https://www.textualize.io"}
    assert "/docs/list.svg" in (ROOT / "README.md").read_text("utf-8").replace("(", "/")
