"""docs/reliability.md says what the promise says."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


def test_only_deletions_with_moves_unverified_lose_anything() -> None:
    section = PAGE.read_text("utf-8").split("## Lists that change while they are walked")[1]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if ", up to " in line]
    assert len(rows) == 12
    for edits, verify, _right, _errors, lost in rows:
        promised = verify == "yes" or not ("delete" in edits and "move" in edits)
        assert lost == "0" or not promised
