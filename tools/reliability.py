"""Write docs/reliability.md: run every fault scenario of the tests, and say what came of it.

Usage: python tools/reliability.py
"""

from __future__ import annotations

import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from coc_steps import ApiError, CocError, ResponseFormatError  # noqa: E402
from faults.pages import IDS, REQUEST_ID, TOTAL  # noqa: E402
from faults.scenarios import MAX_RETRIES, PAGE_SIZE, SCENARIOS, Scenario  # noqa: E402
from faults.vendor import SILENT, VERDICTS, judge  # noqa: E402
from faults.walks import WAYS, Outcome, Stage, Way  # noqa: E402
from paging.model import simulate  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = ROOT / "docs" / "reliability.md"

INTRODUCTION = """# What was measured

Made by `python tools/reliability.py`, which runs what the tests run. Do not edit it by hand.
"""

FAULTS = f"""## Faults over a real socket

A loopback server holds {TOTAL} steps and breaks on purpose. Each of {len(SCENARIOS)} scenarios is
walked {len(WAYS)} ways: with the sync and the async client, without prefetch and with four pages
ahead; {PAGE_SIZE} steps a page, up to {MAX_RETRIES} retries. Where the ways agree, the outcome is
said once. "Complete" is every step once and in order. An error comes after every step of the pages
before it; "resume at" is its `.offset`. "Once" and "twice" are on how many requests of that page
the fault came; without them it came on all.
"""

VENDOR = """## The usual offset loop over the vendor's SDK

The same scenarios, with `offset += limit` until a page is empty, over huaweicloudsdkcoc {version}
as it is (it retries nothing unless told to), with the same timeout.
"""

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
RATES = "| edits between two requests | verify | right | PaginationError | lost |"
PAGING = f"""
## Lists that change while they are walked

{RUNS:,} random lists of 12 steps, 4 a page, edited at random places between all of the first {GAPS}
requests. "Right": each step that was there all the time came once. Steps are both deleted and moved
in the last four rows alone, which the promise leaves out unless `verify` is given.
"""

LOST = "**steps lost, repeated or moved, no error**"


def run(scenario: Scenario, way: Way) -> str:
    """Run a scenario one way; say in words what it came to."""
    with Stage(scenario, way) as stage:
        outcome = stage.walker.walk()
        retries = len(stage.waits) if scenario.counted else 0
    words = describe(outcome, scenario, way)
    return f"{words} ({retries} {'retry' if retries == 1 else 'retries'})" if retries else words


def describe(outcome: Outcome, scenario: Scenario, way: Way) -> str:
    """Say what a walk came to, in words."""
    if outcome.error is not None:
        return f"{describe_error(outcome.error)}; {resume(outcome.error, scenario, way)}"
    if outcome.ids == IDS[: scenario.steps]:
        return "complete" if scenario.steps else "complete: no steps"
    return LOST


def describe_error(error: CocError) -> str:
    """Name an error and what it carries."""
    facts: list[str] = []
    if isinstance(error, ApiError):
        facts += [str(error.status_code), *([error.error_code] if error.error_code else [])]
    if isinstance(error, ApiError | ResponseFormatError) and error.request_id == REQUEST_ID:
        facts.append("request id")
    return type(error).__name__ + (f" ({', '.join(facts)})" if facts else "")


def resume(error: CocError, scenario: Scenario, way: Way) -> str:
    """Say where to resume: after a 401 which of the pages before it were still sent is a race."""
    at = scenario.place.resume
    early = way.prefetch > 0 and error.offset is not None and error.offset < at
    if scenario.silences and at and (early or error.offset == at):
        return f"resume at {at}, or before with prefetch"
    return f"resume at {error.offset}"


def faults_section() -> str:
    """Give the outcome of every scenario."""
    outcomes = {scenario.name: [run(scenario, way) for way in WAYS] for scenario in SCENARIOS}
    counts = Counter(_kind(words) for each in outcomes.values() for words in each)
    lines = [FAULTS, "| outcome | walks |", "|---|---|"]
    lines += [f"| {kind} | {counts[kind]} |" for kind in ("complete", "error", LOST)]
    lines += ["", "| the server … | outcome |", "|---|---|"]
    lines += [f"| {name} | {_agreed(each)} |" for name, each in outcomes.items()]
    return "\n".join([*lines, ""])


def _kind(words: str) -> str:
    return words if words == LOST else "complete" if words.startswith("complete") else "error"


def _agreed(outcomes: list[str]) -> str:
    """Give the outcome once if all ways agree, and of each way if they do not."""
    if len(set(outcomes)) == 1:
        return outcomes[0]
    return "; ".join(f"{way}: {words}" for way, words in zip(WAYS, outcomes, strict=True))


def vendor_section() -> str:
    """Count what the vendor's SDK makes of the same scenarios, and name what it loses."""
    verdicts = {scenario.name: judge(scenario) for scenario in SCENARIOS}
    counts = Counter(verdicts.values())
    lines = [VENDOR.format(version=version("huaweicloudsdkcoc"))]
    lines += ["| outcome | scenarios |", "|---|---|"]
    lines += [f"| {verdict} | {counts[verdict]} |" for verdict in VERDICTS]
    lines += ["", "Without an error it lost or repeated steps when the server …", ""]
    silent = (name for name, verdict in verdicts.items() if verdict in SILENT)
    return "\n".join([*lines, *_by_fault(silent), ""])


def _by_fault(names: Iterator[str]) -> list[str]:
    """List the places of each fault on one line."""
    places: dict[str, list[str]] = {}
    for name in names:
        fault, place = name.rsplit(": ", 1)
        places.setdefault(fault, []).append(place)
    return [f"- {fault} ({'; '.join(where)})" for fault, where in places.items()]


def paging_section() -> str:
    """Count how walks over lists end that are edited between all requests."""
    rows = [
        f"| {' · '.join(kinds)}, up to {most} | {'yes' if verify else 'no'} "
        f"| {counts['right']} | {counts['error']} | {counts['lost']} |"
        for kinds, most in EDITS
        for verify in (False, True)
        for counts in [simulate(kinds, most, runs=RUNS, gaps=GAPS, verify=verify)]
    ]
    return "\n".join([PAGING, RATES, "|---|---|---|---|---|", *rows, ""])


SECTIONS: list[Callable[[], str]] = [faults_section, vendor_section, paging_section]
"""What makes the page, in order."""


def main() -> None:
    """Write the page."""
    PAGE.write_text("\n".join([INTRODUCTION, *(section() for section in SECTIONS)]), "utf-8")


if __name__ == "__main__":
    main()
