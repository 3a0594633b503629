"""docs/reliability.md is made from the table; one that is older than the table is caught here."""

from __future__ import annotations

from pathlib import Path

from .scenarios import SCENARIOS

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
HEADING = "## Faults over a real socket"
HEAD = "| the server … | outcome |"


def test_it_has_the_scenarios_of_the_table() -> None:
    section = PAGE.read_text("utf-8").split(HEADING)[1].split("\n## ")[0]
    table = section.split(HEAD)[1]
    names = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert names == [scenario.name for scenario in SCENARIOS], "run python tools/reliability.py"


def test_nothing_was_lost() -> None:
    section = PAGE.read_text("utf-8").split(HEADING)[1].split("\n## ")[0]
    assert [line for line in section.splitlines() if "no error" in line] == [
        "| **steps lost, repeated or moved, no error** | 0 |"
    ]
