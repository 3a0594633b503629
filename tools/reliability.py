"""Make the tables of docs/reliability.md: run what the tests run, and say what came of it.

Usage: python tools/reliability.py
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import chain, product
from pathlib import Path
from typing import TYPE_CHECKING

from tables import table, write_parts

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from faults.pages import IDS
from faults.scenarios import SCENARIOS, Scenario
from faults.vendor import SILENT, VERDICTS, judge
from faults.walks import WAYS, Stage, Way
from paging.model import simulate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LOST = "**steps lost, repeated or moved, no error**"
EDITS = {"insert delete": (1, 4), "move": (1,), "insert move": (4,), "insert delete move": (1, 4)}


def run(scenario: Scenario, way: Way) -> str:
    """Run a scenario one way; return in words what it came to."""
    with Stage(scenario, way) as stage:
        outcome = stage.walker.walk()
    if outcome.error is not None:
        return type(outcome.error).__name__
    return "complete" if outcome.ids == IDS[: scenario.steps] else LOST


def by_fault(outcomes: Iterable[tuple[str, str]]) -> str:
    """Return a table of the faults: its outcomes, and the places where it came to each."""
    faults: dict[str, dict[str, list[str]]] = {}
    for name, outcome in outcomes:
        fault, place = name.rsplit(": ", 1)
        faults.setdefault(fault, {}).setdefault(outcome, []).append(place)
    cells = {
        fault: [f"{outcome} ({'; '.join(where)})" for outcome, where in places.items()]
        for fault, places in faults.items()
    }
    return table(["the server …", "outcome"], [(k, ", ".join(v)) for k, v in cells.items()])


def rates() -> Iterator[tuple[object, ...]]:
    """Yield a row for each kind of edits: how walks end over lists that change."""
    for kinds, bounds in EDITS.items():
        for most, verify in product(bounds, (False, True)):
            counts = simulate(tuple(kinds.split()), most, runs=2_000, gaps=60, verify=verify)
            ends = (counts[end] for end in ("right", "error", "lost"))
            edits = f"{kinds.replace(' ', ' · ')}, up to {most}"
            yield edits, "yes" if verify else "no", *ends


def main() -> None:
    """Write the tables."""
    ends = {scenario.name: [run(scenario, way) for way in WAYS] for scenario in SCENARIOS}
    words = [each if each in {"complete", LOST} else "error" for each in chain(*ends.values())]
    verdicts = {scenario.name: judge(scenario) for scenario in SCENARIOS}
    walks, loops = Counter(words), Counter(verdicts.values())
    edited = ["edits between two requests", "verify", "right", "PaginationError", "lost"]
    parts = {
        "walks": table(["outcome", "walks"], [(k, walks[k]) for k in ("complete", "error", LOST)]),
        "faults": by_fault((name, " or ".join(dict.fromkeys(each))) for name, each in ends.items()),
        "loops": table(["outcome", "scenarios"], [(each, loops[each]) for each in VERDICTS]),
        "silent": by_fault(each for each in verdicts.items() if each[1] in SILENT),
        "rates": table(edited, rates()),
    }
    write_parts("reliability.md", parts)


if __name__ == "__main__":
    main()
