"""Check the vendor's page and the real service, and open an issue about what has changed.

What to check comes from the environment, and what is not configured is not checked:
COC_PAGE_URL, the page's address; COC_BASE_URL, COC_EXECUTION_ID, and an OIDC provider and agency
that give keys for the run (HUAWEICLOUD_OIDC_PROVIDER_URN and _AGENCY_URN).
An issue is opened, or the open one commented, when a check says no. A check that could not judge
fails the run and opens none.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from subprocess import PIPE, STDOUT, run
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Run = Callable[[list[str]], tuple[int, str]]

HOME = Path(__file__).resolve().parent.parent
TITLE = "The vendor's page or service is not what openapi.yaml says"
PROVIDER = ("HUAWEICLOUD_OIDC_PROVIDER_URN", "HUAWEICLOUD_OIDC_AGENCY_URN")
ENDPOINT = ("COC_BASE_URL", "COC_EXECUTION_ID", *PROVIDER)
SECRETS = ("COC_EXECUTION_ID", "GH_TOKEN")
LARGEST = 60_000  # characters; GitHub takes 65,536 in an issue


def run_command(command: list[str]) -> tuple[int, str]:
    """Run a command in the project; return its exit code and what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(HOME / "tools")}
    result = run(command, cwd=HOME, env=environment, stdout=PIPE, stderr=STDOUT, check=False)
    return result.returncode, result.stdout.decode(errors="replace")


def outcomes(environment: Mapping[str, str], folder: Path, run: Run) -> Iterator[tuple[int, str]]:
    """Run what is configured; yield the exit code of each check, and a report of it."""
    if address := environment.get("COC_PAGE_URL"):
        page = str(folder / "page")
        code, said = run(["curl", "-fsSL", "--max-time", "30", "--output", page, address])
        code, said = (2, said) if code else run([sys.executable, "-m", "doc_check", page])
        yield code, f"## The page (exit code {code})\n\n````\n{said.strip()}\n````\n"
    if all(environment.get(name) for name in ENDPOINT):
        command = [str(Path(sys.executable).with_name("coc-steps")), "conform"]
        base_url, execution_id = (environment[name] for name in ENDPOINT[:2])
        command += ["--base-url", base_url, "--execution-id", execution_id, "--profile", "live"]
        code, said = run([*command, "--report-dir", str(folder / "conform")])
        yield code, f"## The service (exit code {code})\n\n````\n{said.strip()}\n````\n"


def tell(report: Path, run: Run) -> int:
    """Open an issue with a report, or comment the open one; return gh's exit code."""
    listing = ["gh", "issue", "list", "--state", "open", "--limit", "100", "--json", "number,title"]
    code, said = run([*listing, "--search", f"{TITLE} in:title"])
    if code == 0:
        numbers = [str(each["number"]) for each in json.loads(said) if each["title"] == TITLE]
        about = ["comment", numbers[0]] if numbers else ["create", "--title", TITLE]
        code, said = run(["gh", "issue", *about, "--body-file", str(report)])
    print(said)
    return code


def check(environment: Mapping[str, str], folder: Path, run: Run) -> int:
    """Run the checks and tell of what they found; return the exit code."""
    found = list(outcomes(environment, folder, run))
    text = "\n".join(report for _, report in found)
    text = text or "Nothing is configured, so nothing was checked."
    for secret in filter(None, map(environment.get, SECRETS)):
        text = text.replace(secret, "***")
    print(text)
    report = folder / "report.md"
    report.write_text(text[:LARGEST], encoding="utf-8")
    codes = {code for code, _ in found}
    told = tell(report, run) if 1 in codes else 0
    return 1 if told or codes - {0, 1} else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--report-dir", type=Path, required=True, help="where reports are put")
    folder: Path = parser.parse_args().report_dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    sys.exit(check(os.environ, folder, run_command))
