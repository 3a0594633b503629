"""Checks the vendor's page and the real service, and opens an issue about what has changed.

What to check comes from the environment, and what is not configured is not checked:
COC_PAGE_URL, the page's address; COC_BASE_URL, COC_EXECUTION_ID and HUAWEICLOUD_SDK_AK and _SK.
An issue is opened, or the open one commented, when a check says no. A check that could not judge
fails the run and opens none.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Run = Callable[[list[str]], tuple[int, str]]
    Fetch = Callable[[str], bytes]

HOME = Path(__file__).resolve().parent.parent
TITLE = "The vendor's page or service is not what openapi.yaml says"
ENDPOINT = ("COC_BASE_URL", "COC_EXECUTION_ID", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
SECRETS = ("COC_EXECUTION_ID", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "GH_TOKEN")
LARGEST = 60_000  # characters; GitHub takes 65,536 in an issue
SECONDS = 30.0  # for the page
NO = 1  # the exit code of both checks for "something differs"


@dataclass(frozen=True)
class Outcome:
    """What a check came to.

    Attributes:
        title: What was checked.
        code: The check's exit code.
        output: What it printed.
    """

    title: str
    code: int
    output: str

    def __str__(self) -> str:
        return f"## {self.title} (exit code {self.code})\n\n````\n{self.output.strip()}\n````\n"


@dataclass(frozen=True)
class Checks:
    """The checks that an environment configures.

    Attributes:
        environment: The variables of the process.
        folder: Where the page and the report of the conformance check are put.
        run: Runs a command; gives its exit code and what it printed.
        fetch: Gets what is at an address; raises httpx.HTTPError.
    """

    environment: Mapping[str, str]
    folder: Path
    run: Run
    fetch: Fetch

    def outcomes(self) -> Iterator[Outcome]:
        """Runs what is configured."""
        if address := self.environment.get("COC_PAGE_URL"):
            yield self._page(address)
        if all(self.environment.get(name) for name in ENDPOINT):
            yield self._endpoint()

    def _page(self, address: str) -> Outcome:
        page = self.folder / "page"
        try:
            page.write_bytes(self.fetch(address))
        except httpx.HTTPError as error:
            return Outcome("The page", 2, f"not fetched: {type(error).__name__}: {error}")
        return Outcome("The page", *self.run([sys.executable, "-m", "doc_check", str(page)]))

    def _endpoint(self) -> Outcome:
        base_url, execution_id = (self.environment[name] for name in ENDPOINT[:2])
        command = [str(Path(sys.executable).with_name("coc-steps")), "conform"]
        what = ["--base-url", base_url, "--execution-id", execution_id, "--profile", "live"]
        report = ["--report-dir", str(self.folder / "conform")]
        return Outcome("The service", *self.run([*command, *what, *report]))


def redact(text: str, environment: Mapping[str, str]) -> str:
    """Takes the secrets of an environment out of a text."""
    for secret in filter(None, map(environment.get, SECRETS)):
        text = text.replace(secret, "***")
    return text


def tell(report: Path, run: Run) -> int:
    """Opens an issue with a report, or comments the open one; returns gh's exit code."""
    listing = ["gh", "issue", "list", "--state", "open", "--limit", "100", "--json", "number,title"]
    code, output = run([*listing, "--search", f"{TITLE} in:title"])
    if code:
        print(output, file=sys.stderr)
        return code
    numbers = [str(each["number"]) for each in json.loads(output) if each["title"] == TITLE]
    about = ["comment", numbers[0]] if numbers else ["create", "--title", TITLE]
    code, output = run(["gh", "issue", *about, "--body-file", str(report)])
    print(output)
    return code


def check(checks: Checks) -> int:
    """Runs the checks and tells of what they found; returns the exit code."""
    outcomes = list(checks.outcomes())
    if not outcomes:
        print("Nothing is configured, so nothing was checked.")
        return 0
    text = redact("\n".join(map(str, outcomes)), checks.environment)
    print(text)
    undecided = any(each.code not in {0, NO} for each in outcomes)
    code = 0
    if any(each.code == NO for each in outcomes):
        report = checks.folder / "report.md"
        report.write_text(text[:LARGEST], encoding="utf-8")
        code = tell(report, checks.run)
    return 1 if code or undecided else 0


def run_command(command: list[str]) -> tuple[int, str]:
    """Runs a command in the project; gives its exit code and what it printed."""
    result = subprocess.run(
        command,
        cwd=HOME,
        env={**os.environ, "PYTHONPATH": str(HOME / "tools")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return result.returncode, result.stdout


def fetch(address: str) -> bytes:
    """Gets a page.

    Raises:
        httpx.HTTPError: It cannot be had.
    """
    return httpx.get(address, follow_redirects=True, timeout=SECONDS).raise_for_status().content


def main() -> int:
    """Checks what the environment configures; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--report-dir", type=Path, required=True, help="where reports are put")
    folder: Path = parser.parse_args().report_dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return check(Checks(os.environ, folder, run_command, fetch))


if __name__ == "__main__":
    sys.exit(main())
