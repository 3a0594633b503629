"""docs/reliability.md is made from the table; one that is older than the table is caught here."""

from __future__ import annotations

import re
from pathlib import Path

from .scenarios import SCENARIOS

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
HEADING = "## Faults over a real socket"
HEAD = "| the server … | outcome |"


def test_it_has_the_scenarios_of_the_table() -> None:
    section = PAGE.read_text("utf-8").split(HEADING)[1].split("\n## ")[0]
    lines = [line for line in section.split(HEAD)[1].splitlines() if line.startswith("| ")]
    rows = [line.strip("| ").split(" | ") for line in lines]
    names = [
        f"{fault}: {place}"
        for fault, outcomes in rows
        for places in re.findall(r"\((.*?)\)", outcomes)
        for place in places.split("; ")
    ]
    expected = sorted(scenario.name for scenario in SCENARIOS)
    assert sorted(names) == expected, "run python tools/reliability.py"


def test_nothing_was_lost() -> None:
    section = PAGE.read_text("utf-8").split(HEADING)[1].split("\n## ")[0]
    assert [line for line in section.splitlines() if "no error" in line] == [
        "| **steps lost, repeated or moved, no error** | 0 |"
    ]
