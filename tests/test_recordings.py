"""What docs/ shows of the command is what it prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from coc_steps.mock import serve
from record import FENCE, PAGE_PICTURE, PICTURE, ROOT, environment_of, picture, recorded

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


def test_the_picture_shows_an_overview_and_names_no_other_place() -> None:
    svg = PICTURE.read_text("utf-8")
    words = re.sub(r"<[^>]+>", " ", svg).replace("&#160;", " ")
    assert re.search(r"EX20250624161701019xxxx\s+finished,\s+\d+ steps failed", words)
    assert all(word in words for word in ("timeline", "▮▮", "▯▯", "reasons"))
    assert "Waiting" not in words
    addresses = set(re.findall(r"https?://[^\s\"<]+", svg))
    assert addresses == {"http://www.w3.org/2000/svg", "https://www.textualize.io"}
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "(docs/overview.svg)" in readme


def test_the_picture_of_the_page_is_there() -> None:
    assert PAGE_PICTURE.read_bytes().startswith(b"\x89PNG\r\n")
    assert "(page.png)" in (ROOT / "docs" / "command.md").read_text("utf-8")
