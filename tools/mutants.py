"""Judges the conformance check: does it find every broken server, and accuse no honest one?

Usage: python tools/mutants.py [family | NAME...], which runs all mutants of the mock and its honest
variations, or the servers of the second family, or the ones that are named, and where no names are
given writes the tables of docs/conformance.md.
Exit code 1 when a mutant survives that is not marked undetectable, or an honest server is accused.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from coc_steps import AkSk, AuthToken  # noqa: E402
from coc_steps.conformance import Kind, Report, catalogue, conform  # noqa: E402
from coc_steps.mock import MockServer, serve  # noqa: E402
from conformance.family import BROKEN, HONEST, TICKETS, TOKEN, serve_family  # noqa: E402
from conformance.honest import VARIATIONS, Variation  # noqa: E402
from conformance.mutants import MUTANTS, Mutant  # noqa: E402

PAGE = ROOT / "docs" / "conformance.md"
BEGIN, END = "<!-- made by tools/mutants.py -->", "<!-- end -->"
FAMILY_BEGIN, FAMILY_END = "<!-- made by tools/mutants.py family -->", "<!-- end of family -->"
LAYERS = ("schemathesis", "expectations", "relations", "drift")
SHORT, MOST_STEPS = 50, 250
"""Most breaks show on short tickets; the longest show no more of these servers (count)."""


class Row(NamedTuple):
    """What came of a server.

    Attributes:
        name: Its name.
        checks: The checks that found something, by layer.
        classes: The classes of what was found.
        verdict: The verdict in words.
    """

    name: str
    checks: dict[str, list[str]]
    classes: list[str]
    verdict: str

    @property
    def killed(self) -> bool:
        """Whether something was found."""
        return self.verdict == "failed"


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
    """Check a server of the second family: an honest one whole, and with two seeds."""
    tickets, seeds = (TICKETS, (1, 2)) if name in HONEST else (list(TICKETS)[:2], (1,))
    with serve_family(name) as address:
        reports = [
            conform(address, tickets, credentials=AuthToken(TOKEN), seed=seed, max_examples=10)
            for seed in seeds
        ]
    return next((report for report in reports if not report.passed), reports[0])


def run(name: str) -> Row:
    """Check the server of a name."""
    if name in HONEST or name in BROKEN:
        report = judge_family(name)
    else:
        report = judge(MUTANTS[name] if name in MUTANTS else VARIATIONS[name])
    layers = {entry.name: entry.layer for entry in catalogue()}
    checks: dict[str, list[str]] = {layer: [] for layer in LAYERS}
    for finding in report.findings:
        if finding.check not in checks[layers[finding.check]]:
            checks[layers[finding.check]].append(finding.check)
    classes = sorted({str(finding.kind) for finding in report.findings})
    return Row(name, checks, classes, report.verdict())


def wrong(row: Row) -> str | None:
    """Return what is wrong with an outcome, if something is."""
    mutant, variation = MUTANTS.get(row.name), VARIATIONS.get(row.name)
    if mutant and not row.killed and not mutant.undetectable:
        return f"{row.name} survives ({row.verdict}): {mutant.breaks}"
    if variation and not set(row.classes) <= variation.tolerated:
        return f"{row.name} is accused of {', '.join(row.classes)}: {variation.why}"
    if row.name in BROKEN and not row.killed:
        return f"{row.name} survives ({row.verdict}): {BROKEN[row.name]}"
    if row.name in HONEST and row.verdict != "passed":
        return f"{row.name} is accused of {', '.join(row.classes)}: {HONEST[row.name]}"
    return None


def family_tables(rows: Iterable[Row]) -> str:
    """Return the tables of the second family."""
    of = {row.name: row for row in rows}
    killed = sum(of[name].killed for name in BROKEN)
    accused = sum(of[name].verdict != "passed" for name in HONEST)
    lines = [f"{killed} of {len(BROKEN)} broken servers are found.", ""]
    lines += ["| broken server | it breaks | checks | worst class |", "|---|---|---|---|"]
    for name, breaks in sorted(BROKEN.items()):
        checks = ", ".join(found for each in of[name].checks.values() for found in each)
        worst = min(of[name].classes, key=lambda each: Kind(each).rank, default="")
        lines.append(f"| {name} | {breaks} | {checks} | {worst} |")
    lines += ["", f"Of {len(HONEST)} honest servers {accused} get a finding:", ""]
    lines += ["| honest server | why it is honest | verdict |", "|---|---|---|"]
    lines += [f"| {name} | {why} | {of[name].verdict} |" for name, why in sorted(HONEST.items())]
    return "\n".join(lines)


def tables(rows: Iterable[Row]) -> str:
    """Return the tables of the page."""
    of = {row.name: row for row in rows}
    killed = [name for name in MUTANTS if of[name].killed]
    kills = Counter(layer for name in killed for layer in LAYERS if of[name].checks[layer])
    alone = Counter(
        found[0]
        for name in killed
        if len(found := [layer for layer in LAYERS if of[name].checks[layer]]) == 1
    )
    lines = [f"{len(killed)} of {len(MUTANTS)} mutants are found.", ""]
    lines += ["| layer | finds | finds alone |", "|---|---|---|"]
    lines += [f"| {layer} | {kills[layer]} | {alone[layer]} |" for layer in LAYERS]
    lines += ["", f"| mutant | it breaks | {' | '.join(LAYERS)} |", f"|{'---|' * 6}"]
    for mutant in sorted(MUTANTS.values(), key=lambda each: (each.theme, each.name)):
        cells = " | ".join(", ".join(of[mutant.name].checks[layer]) for layer in LAYERS)
        note = f" *Undetectable: {mutant.undetectable}*" if mutant.undetectable else ""
        lines.append(f"| {mutant.name} | {mutant.breaks}{note} | {cells} |")
    accused = sum(bool(of[name].classes) for name in VARIATIONS)
    lines += [
        "",
        f"Of {len(VARIATIONS)} honest servers {accused} get a finding, none a violation:",
        "",
        "| honest server | why it is honest | findings |",
        "|---|---|---|",
    ]
    for variation in sorted(VARIATIONS.values(), key=lambda each: (each.theme, each.name)):
        row = of[variation.name]
        checks = ", ".join(name for found in row.checks.values() for name in found)
        lines.append(f"| {variation.name} | {variation.why} | {checks or row.verdict} |")
    return "\n".join(lines)


def write(text: str, begin: str = BEGIN, end: str = END) -> None:
    """Put tables into the page, between two marks."""
    page = PAGE.read_text("utf-8")
    head, _, rest = page.partition(begin)
    _, _, tail = rest.partition(end)
    PAGE.write_text(f"{head}{begin}\n\n{text}\n\n{end}{tail}", "utf-8")


def main(names: list[str]) -> int:
    """Run, and return the exit code."""
    family = [*HONEST, *BROKEN]
    whole = names in ([], ["family"])
    known = {*MUTANTS, *VARIATIONS, *family}
    chosen = (family if names else [*MUTANTS, *VARIATIONS]) if whole else names
    if unknown := [name for name in chosen if name not in known]:
        print(f"no such server: {', '.join(unknown)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for row in pool.map(run, chosen):
            print(
                f"{row.name}: {row.verdict} {' '.join(map(str, row.checks.values()))}", flush=True
            )
            rows.append(row)
    complaints = [complaint for row in rows if (complaint := wrong(row))]
    print("\n".join(complaints))
    if whole and names:
        write(family_tables(rows), FAMILY_BEGIN, FAMILY_END)
    elif whole:
        write(tables(rows))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
