"""Judge the conformance check: does it find every broken server, and accuse no honest one?

Usage: python tools/mutants.py [NAME...], which checks all mutants of the mock and its honest
variations, or the ones that are named, and without names writes the tables of docs/conformance.md.
Exit code 1 when a mutant survives that is not marked undetectable, or an honest server is accused.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from tables import table, write_parts

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from coc_steps import AkSk, AuthToken
from coc_steps.conformance import catalogue, conform
from coc_steps.mock import serve
from conformance.honest import VARIATIONS
from conformance.mutants import MUTANTS

LAYERS = ("schemathesis", "expectations", "relations", "drift")
MOST_STEPS = 250  # longer tickets take longer, and show no more of these servers


class Row(NamedTuple):
    """The verdict on a server, the classes of what was found, and the checks that found it."""

    verdict: str
    classes: set[str]
    checks: dict[str, list[str]]


def run(name: str) -> Row:
    """Check a server as a stranger would, with its token; where that passes, also with its keys."""
    server = MUTANTS[name] if name in MUTANTS else VARIATIONS[name]
    with serve(**server.options) as mock:
        ordinary = [ticket for ticket, count in mock.tickets.items() if 0 < count <= MOST_STEPS]
        tickets = ordinary or list(mock.tickets)
        report = conform(mock.base_url, tickets, credentials=AuthToken(mock.token))
        if report.passed and server.theme == "authentication":
            keys = AkSk(mock.access_key, mock.secret_key)
            report = conform(mock.base_url, tickets, credentials=keys)
    layers = {entry.name: entry.layer for entry in catalogue()}
    checks: dict[str, list[str]] = {layer: [] for layer in LAYERS}
    for check in dict.fromkeys(finding.check for finding in report.findings):
        checks[layers[check]].append(check)
    return Row(report.verdict(), {str(each.kind) for each in report.findings}, checks)


def complaint(name: str, row: Row) -> str:
    """Return what is wrong with a verdict, if something is."""
    mutant, variation = MUTANTS.get(name), VARIATIONS.get(name)
    if mutant and row.verdict != "failed" and not mutant.undetectable:
        return f"{name} survives ({row.verdict}): {mutant.breaks}"
    if variation and not row.classes <= variation.tolerated:
        return f"{name} is accused of {', '.join(sorted(row.classes))}: {variation.why}"
    return ""


def render(rows: dict[str, Row]) -> str:
    """Return the tables of the page."""
    found = [
        [layer for layer in LAYERS if rows[name].checks[layer]]
        for name in MUTANTS
        if rows[name].verdict == "failed"
    ]
    finds = Counter(layer for layers in found for layer in layers)
    alone = Counter(layers[0] for layers in found if len(layers) == 1)
    by_theme = attrgetter("theme", "name")
    mutants: list[list[str]] = []
    for mutant in sorted(MUTANTS.values(), key=by_theme):
        note = f" *Undetectable: {mutant.undetectable}*" if mutant.undetectable else ""
        checks = [", ".join(rows[mutant.name].checks[layer]) for layer in LAYERS]
        mutants.append([mutant.name, f"{mutant.breaks}{note}", *checks])
    variations: list[list[str]] = []
    for variation in sorted(VARIATIONS.values(), key=by_theme):
        row = rows[variation.name]
        said = ", ".join(chain.from_iterable(row.checks.values())) or row.verdict
        variations.append([variation.name, variation.why, said])
    accused = sum(bool(rows[name].classes) for name in VARIATIONS)
    parts = [
        f"{len(found)} of {len(MUTANTS)} mutants are found.",
        table(["layer", "finds", "finds alone"], [(k, finds[k], alone[k]) for k in LAYERS]),
        table(["mutant", "it breaks", *LAYERS], mutants),
        f"Of {len(VARIATIONS)} honest servers {accused} get a finding, none a violation:",
        table(["honest server", "why it is honest", "findings"], variations),
    ]
    return "\n\n".join(parts)


def main(names: list[str]) -> int:
    """Check the servers of these names, or all; return the exit code."""
    known = [*MUTANTS, *VARIATIONS]
    if unknown := set(names) - set(known):
        print(f"no such server: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    rows: dict[str, Row] = {}
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for name, row in zip(names or known, pool.map(run, names or known), strict=True):
            print(f"{name}: {row.verdict} {' '.join(map(str, row.checks.values()))}", flush=True)
            rows[name] = row
    complaints = [said for name, row in rows.items() if (said := complaint(name, row))]
    print("\n".join(complaints))
    if not names:
        write_parts("conformance.md", {"made by tools/mutants.py": render(rows)})
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
