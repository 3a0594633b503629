"""Judges the conformance check: does it find every broken server, and accuse no honest one?

Usage: python tools/mutants.py [NAME...], which checks the servers that are named, or all of them,
and then makes the tables of docs/mutants.md.
Exit code 1 when a mutant survives that is not marked undetectable, or an honest server is accused.
"""

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from coc_steps import AkSk, AuthToken
from coc_steps.conformance import Kind, Report, catalogue, conform
from coc_steps.mock import MockServer, serve
from conformance.family import BROKEN, HONEST, TICKETS, TOKEN, serve_family
from conformance.honest import VARIATIONS, Variation
from conformance.mutants import MUTANTS, Mutant
from tables import table, write_parts

LAYERS = {entry.name: entry.layer for entry in catalogue()}
SHORT, MOST_STEPS = 50, 250
"""Most breaks show on short tickets; the longest show no more of these servers (count)."""


class Row(NamedTuple):
    """What came of a server.

    Attributes:
        name: Its name.
        checks: The checks that found something.
        classes: The classes of what was found, the worst first.
        verdict: The verdict in words.
    """

    name: str
    checks: list[str]
    classes: list[Kind]
    verdict: str

    @property
    def found(self) -> str:
        """The checks that found something, or else the verdict."""
        return ", ".join(self.checks) or self.verdict


def tickets(mock: MockServer, most: int) -> list[str]:
    """Return the tickets to check with."""
    chosen = [name for name, count in mock.tickets.items() if 0 < count <= most]
    return chosen or list(mock.tickets)


def judge(server: Mutant | Variation) -> Report:
    """Check a server as a stranger would: its address, some tickets, and credentials.

    A mutant that a short run does not find is checked whole, with a token and then with keys,
    which show more of how a server authenticates.
    """
    with serve(**server.options) as mock:
        token, keys = AuthToken(mock.token), AkSk(mock.access_key, mock.secret_key)
        short, whole = tickets(mock, SHORT), tickets(mock, MOST_STEPS)
        if isinstance(server, Mutant):
            report = conform(mock.base_url, short, credentials=token, max_examples=10)
            if report.failing():
                return report
        report = conform(mock.base_url, whole, credentials=token)
        if report.passed and server.theme == "authentication":
            report = conform(mock.base_url, short, credentials=keys)
        return report


def judge_family(name: str) -> Report:
    """Check a server of the second family, an honest one with all of its tickets."""
    chosen = list(TICKETS)[: 3 if name in HONEST else 2]
    with serve_family(name) as address:
        return conform(address, chosen, credentials=AuthToken(TOKEN), max_examples=10)


def run(name: str) -> Row:
    """Check the server of a name."""
    server = MUTANTS.get(name) or VARIATIONS.get(name)
    report = judge(server) if server else judge_family(name)
    checks = dict.fromkeys(finding.check for finding in report.findings)
    classes = dict.fromkeys(finding.kind for finding in report.findings)
    return Row(name, list(checks), list(classes), report.verdict())


def wrong(row: Row) -> str | None:
    """Return what is wrong with an outcome, if something is."""
    mutant, variation = MUTANTS.get(row.name), VARIATIONS.get(row.name)
    if mutant or row.name in BROKEN:
        fine = row.verdict == "failed" or bool(mutant and mutant.undetectable)
        return None if fine else f"{row.name} survives ({row.verdict})"
    fine = set(row.classes) <= variation.tolerated if variation else row.verdict == "passed"
    return None if fine else f"{row.name} is accused: {row.found}"


def broken_table(rows: dict[str, Row], breaks: dict[str, str]) -> str:
    """Return the table of the broken servers of a family."""
    killed = sum(rows[name].verdict == "failed" for name in breaks)
    head = ("broken server", "it breaks", "found by", "worst class")
    cells = [
        (name, what, rows[name].found, next(iter(rows[name].classes), ""))
        for name, what in breaks.items()
    ]
    return f"{killed} of {len(breaks)} broken servers are found.\n\n{table(head, cells)}"


def honest_table(rows: dict[str, Row], why: dict[str, str]) -> str:
    """Return the table of the honest servers of a family."""
    accused = sum(bool(rows[name].classes) for name in why)
    head = ("honest server", "why it is honest", "findings")
    cells = [(name, what, rows[name].found) for name, what in why.items()]
    return f"Of {len(why)} honest servers {accused} get a finding:\n\n{table(head, cells)}"


def layer_table(rows: dict[str, Row]) -> str:
    """Return how many broken servers of both families each layer finds."""
    layers = [{LAYERS[check] for check in rows[name].checks} for name in (*MUTANTS, *BROKEN)]
    finds = Counter(layer for found in layers for layer in found)
    alone = Counter(layer for found in layers if len(found) == 1 for layer in found)
    names = dict.fromkeys(LAYERS.values())
    cells = [(layer, finds[layer], alone[layer]) for layer in names]
    return table(("layer", "finds", "finds alone"), cells)


def write(rows: dict[str, Row]) -> None:
    """Put the tables into the page."""
    by_theme = sorted(MUTANTS.values(), key=lambda each: (each.theme, each.name))
    variations = sorted(VARIATIONS.values(), key=lambda each: (each.theme, each.name))
    breaks = {
        each.name: f"{each.breaks} *Undetectable: {each.undetectable}*"
        if each.undetectable
        else each.breaks
        for each in by_theme
    }
    parts = {
        "layers": layer_table(rows),
        "mutants of the mock": broken_table(rows, breaks),
        "honest variations of the mock": honest_table(
            rows, {each.name: each.why for each in variations}
        ),
        "broken servers of others": broken_table(rows, dict(sorted(BROKEN.items()))),
        "honest servers of others": honest_table(rows, dict(sorted(HONEST.items()))),
    }
    write_parts("mutants.md", parts)


def main(names: list[str]) -> int:
    """Run, and return the exit code."""
    known = [*MUTANTS, *VARIATIONS, *BROKEN, *HONEST]
    if unknown := [name for name in names if name not in known]:
        print(f"no such server: {', '.join(unknown)}", file=sys.stderr)
        return 2
    rows: dict[str, Row] = {}
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for row in pool.map(run, names or known):
            print(f"{row.name}: {row.verdict} {row.found}", flush=True)
            rows[row.name] = row
    complaints = [complaint for row in rows.values() if (complaint := wrong(row))]
    print("\n".join(complaints))
    if not names:
        write(rows)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
