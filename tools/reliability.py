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
from faults import vendor  # noqa: E402
from faults.pages import IDS, REQUEST_ID, TOTAL  # noqa: E402
from faults.scenarios import MAX_RETRIES, PAGE_SIZE, SCENARIOS, Scenario  # noqa: E402
from faults.walks import WAYS, Outcome, Stage, Way  # noqa: E402

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


def run(scenario: Scenario, way: Way) -> str:
    """Run a scenario one way; say in words what it came to."""
    with Stage(scenario, way) as stage:
        outcome = stage.walker.walk()
        retries = len(stage.waits) if scenario.counted else 0
    return f"{describe(outcome, IDS[: scenario.steps])}{_times(retries)}"


def _times(retries: int) -> str:
    return f" ({retries} {'retry' if retries == 1 else 'retries'})" if retries else ""


def describe(outcome: Outcome, truth: list[str]) -> str:
    """Say what a walk came to, in words."""
    if outcome.error is not None:
        return f"{describe_error(outcome.error)}; resume at {outcome.error.offset}"
    if outcome.ids == truth:
        return "complete" if truth else "complete: no steps"
    return "**STEPS LOST, REPEATED OR MOVED, no error**"


def describe_error(error: CocError) -> str:
    """Name an error and what it carries."""
    facts: list[str] = []
    if isinstance(error, ApiError):
        facts += [str(error.status_code), *([error.error_code] if error.error_code else [])]
    if isinstance(error, ApiError | ResponseFormatError) and error.request_id == REQUEST_ID:
        facts.append("request id")
    return type(error).__name__ + (f" ({', '.join(facts)})" if facts else "")


def faults_section() -> str:
    """Give the outcome of every scenario."""
    rows = [f"| {scenario.name} | {outcomes(scenario)} |" for scenario in SCENARIOS]
    return "\n".join([FAULTS, "| the server … | outcome |", "|---|---|", *rows, ""])


def outcomes(scenario: Scenario) -> str:
    """Give the outcome once if all ways agree, and of each way if they do not."""
    by_way = {str(way): run(scenario, way) for way in WAYS}
    if len(set(by_way.values())) == 1:
        return by_way[str(WAYS[0])]
    return "; ".join(f"{way}: {outcome}" for way, outcome in by_way.items())


def vendor_section() -> str:
    """Count what the vendor's SDK makes of the same scenarios, and name what it loses."""
    verdicts = {scenario.name: vendor.judge(scenario) for scenario in SCENARIOS}
    counts = Counter(verdicts.values())
    lines = [VENDOR.format(version=version("huaweicloudsdkcoc"))]
    lines += ["| outcome | scenarios |", "|---|---|"]
    lines += [f"| {verdict} | {counts[verdict]} |" for verdict in vendor.VERDICTS]
    lines += ["", "Without an error it lost or repeated steps when the server …", ""]
    silent = (name for name, verdict in verdicts.items() if verdict in vendor.SILENT)
    return "\n".join([*lines, *_by_fault(silent), ""])


def _by_fault(names: Iterator[str]) -> list[str]:
    """List the places of each fault on one line."""
    places: dict[str, list[str]] = {}
    for name in names:
        fault, place = name.rsplit(": ", 1)
        places.setdefault(fault, []).append(place)
    return [f"- {fault} ({'; '.join(where)})" for fault, where in places.items()]


SECTIONS: list[Callable[[], str]] = [faults_section, vendor_section]
"""What makes the page, in order."""


def main() -> None:
    """Write the page."""
    PAGE.write_text("\n".join([INTRODUCTION, *(section() for section in SECTIONS)]), "utf-8")


if __name__ == "__main__":
    main()
