"""Write docs/reliability.md: run every fault scenario of the tests, and say what came of it.

Usage: python tools/reliability.py
"""

from __future__ import annotations

import sys
from collections import Counter
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from faults.pages import IDS, TOTAL  # noqa: E402
from faults.scenarios import MAX_RETRIES, PAGE_SIZE, SCENARIOS, Scenario  # noqa: E402
from faults.vendor import SILENT, VERDICTS, judge  # noqa: E402
from faults.walks import WAYS, Stage, Way  # noqa: E402
from paging.model import simulate  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LOST = "**steps lost, repeated or moved, no error**"
RUNS = 2_000
GAPS = 60
EDITS = [
    (("insert", "delete"), 1),
    (("insert", "delete"), 4),
    (("move",), 1),
    (("insert", "move"), 4),
    (("insert", "delete", "move"), 1),
    (("insert", "delete", "move"), 4),
]

PAGE = f"""# What was measured

Made by `python tools/reliability.py`, which runs what the tests run. Do not edit it by hand.

## Faults over a real socket

A loopback server holds {TOTAL} steps and breaks on purpose. Each of {len(SCENARIOS)} scenarios is
walked {len(WAYS)} ways: with the sync and the async client, without prefetch and with four pages
ahead; {PAGE_SIZE} steps a page, up to {MAX_RETRIES} retries. "Complete" is every step once and in
order. An error comes after every step of the pages before it, and carries the offset to resume at.
"Once" and "twice" are on how many requests of that page the fault came; without them it came on
all.

| outcome | walks |
|---|---|
{{counts}}

| the server … | outcome |
|---|---|
{{outcomes}}

## The usual offset loop over the vendor's SDK

The same scenarios, with `offset += limit` until a page is empty, over huaweicloudsdkcoc
{version("huaweicloudsdkcoc")} as it is (it retries nothing unless told to), with the same timeout.

| outcome | scenarios |
|---|---|
{{verdicts}}

| the server … | lost or repeated without an error |
|---|---|
{{silent}}

## Lists that change while they are walked

{RUNS:,} random lists of 12 steps, 4 a page, edited at random places between all of the first {GAPS}
requests. "Right": each step that was there all the time came once. Steps are both deleted and moved
in the last four rows alone, which the promise leaves out unless `verify` is given.

| edits between two requests | verify | right | PaginationError | lost |
|---|---|---|---|---|
{{rates}}
"""


def run(scenario: Scenario, way: Way) -> str:
    """Run a scenario one way; return in words what it came to."""
    with Stage(scenario, way) as stage:
        outcome = stage.walker.walk()
    if outcome.error is not None:
        return type(outcome.error).__name__
    return "complete" if outcome.ids == IDS[: scenario.steps] else LOST


def by_fault(outcomes: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a row for each fault: its outcomes, and the places where it came to each."""
    faults: dict[str, dict[str, list[str]]] = {}
    for name, outcome in outcomes:
        fault, place = name.rsplit(": ", 1)
        faults.setdefault(fault, {}).setdefault(outcome, []).append(place)
    for fault, places in faults.items():
        cells = (f"{outcome} ({'; '.join(where)})" for outcome, where in places.items())
        yield f"| {fault} | {', '.join(cells)} |"


def rates() -> Iterator[str]:
    """Yield a row for each kind of edits: how walks end over lists that change."""
    for kinds, most in EDITS:
        for verify in (False, True):
            counts = simulate(kinds, most, runs=RUNS, gaps=GAPS, verify=verify)
            cells = [f"{' · '.join(kinds)}, up to {most}", "yes" if verify else "no"]
            cells += [str(counts[end]) for end in ("right", "error", "lost")]
            yield f"| {' | '.join(cells)} |"


def main() -> None:
    """Write the page."""
    ends = {scenario.name: [run(scenario, way) for way in WAYS] for scenario in SCENARIOS}
    words = Counter(
        each if each in {"complete", LOST} else "error" for each in chain(*ends.values())
    )
    verdicts = {scenario.name: judge(scenario) for scenario in SCENARIOS}
    counts = Counter(verdicts.values())
    parts = {
        "counts": (f"| {each} | {words[each]} |" for each in ("complete", "error", LOST)),
        "outcomes": by_fault(
            (name, " or ".join(dict.fromkeys(each))) for name, each in ends.items()
        ),
        "verdicts": (f"| {each} | {counts[each]} |" for each in VERDICTS),
        "silent": by_fault(each for each in verdicts.items() if each[1] in SILENT),
        "rates": rates(),
    }
    text = PAGE.format(**{name: "\n".join(lines) for name, lines in parts.items()})
    (ROOT / "docs" / "reliability.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
