"""Mutation testing: change the code where a mistake would be quiet; some test must notice.

Usage: python tools/mutation.py [MODULE]...

mutmut makes the changes, the mutants, in a copy of the project, and runs the tests on each. What
neither a test nor mypy notices must be in tools/equivalent_mutants.toml with the reason why nobody
could notice it; a line there that is noticed after all, or is no mutant any more, fails, too.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tools" / "equivalent_mutants.toml"
SCRIPTS = Path(sys.executable).parent

TESTS = {
    "_paging": ["tests/paging"],
    "_signer": ["tests/huawei/test_signer.py"],
    "_responses": ["tests/test_responses.py"],
    "_errors": ["tests/test_errors.py", "tests/test_responses.py"],
}
"""The modules that are mutated, and the tests that must notice."""

NOTICED = {"killed", "timeout", "caught by type check"}

# What only measures, or compares a page with what was measured, is too slow or notices nothing.
LEFT_OUT = [
    "--ignore=tests/paging/test_rates_doc.py",
    "--deselect=tests/paging/test_promise.py::test_the_rates_are_no_worse_than_the_design_asks",
]

# Each mutant starts afresh: caches that the tests of the original filled would hide it. mypy goes
# without the project's settings, which the code that mutmut puts around the mutants does not pass.
# A mutant that never ends is stopped by the time limit of its first test.
CONFIGURATION = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = {files}
also_copy = ["conftest.py"]
process_isolation = "forkserver"
type_check_command = {mypy}
pytest_add_cli_args = {options}
pytest_add_cli_args_test_selection = {tests}
"""
# A copy of a method declares its attributes again, which says nothing of the mutant in it.
MYPY = ["--output=json", "--config-file=", "--disable-error-code=no-redef"]
OPTIONS = ["--hypothesis-profile=mutation", "--timeout=30", "-p", "no:cacheprovider", *LEFT_OUT]


class Mutant(NamedTuple):
    """A change of the code.

    Attributes:
        function: Where it is made: module, class and function.
        change: The lines that go, each after a minus, and those that come, each after a plus.
    """

    function: str
    change: str


def listed(text: str, modules: list[str]) -> set[Mutant]:
    """Read the mutants of these modules that nobody could notice; each has a reason."""
    entries = tomllib.loads(text).get("mutant", [])
    for entry in entries:
        if not entry["reason"].strip():
            raise ValueError(f"{entry['function']}: a mutant without a reason")
    mutants = (Mutant(entry["function"], entry["change"].strip("\n")) for entry in entries)
    return {mutant for mutant in mutants if mutant.function.partition(".")[0] in modules}


def differences(survivors: set[Mutant], equivalent: set[Mutant]) -> list[str]:
    """Describe the survivors that are not listed, and the listed ones that do not survive."""
    return [
        f"{problem}: {mutant.function}\n{mutant.change}"
        for problem, mutants in (
            ("no test notices", survivors - equivalent),
            ("listed, but noticed or gone", equivalent - survivors),
        )
        for mutant in sorted(mutants)
    ]


def parse_results(text: str) -> dict[str, str]:
    """Read the status of each mutant, by mutmut's name of it, from ``mutmut results``."""
    return dict(re.findall(r"^\s+(\S+__mutmut_\d+): (.+)$", text, re.MULTILINE))


def parse_mutant(name: str, diff: str) -> Mutant:
    """Make a mutant of mutmut's name and diff, without what changes with the lines around it."""
    module, function = name.removeprefix("coc_steps.").partition("__mutmut_")[0].split(".", 1)
    lines = re.findall(r"^(?:-(?!-- )|\+(?!\+\+ )).*", diff, re.MULTILINE)
    return Mutant(f"{module}.{function[2:].replace('ǁ', '.')}", "\n".join(lines))


def lay_out(folder: Path, modules: list[str]) -> None:
    """Copy the project to a folder, in the only layout that mutmut imports mutants from."""
    ignore = shutil.ignore_patterns("__pycache__")
    for source in ("wrapper/coc_steps", "generated/coc_steps_api"):
        shutil.copytree(ROOT / source, folder / "src" / Path(source).name, ignore=ignore)
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=ignore)
    shutil.copyfile(ROOT / "tools" / "mutation_conftest.py", folder / "conftest.py")
    files = [f"src/coc_steps/{module}.py" for module in modules]
    settings = CONFIGURATION.format(
        files=files,
        options=OPTIONS,
        mypy=[sys.executable, "-m", "mypy", *MYPY, *files],
        tests=sorted({test for module in modules for test in TESTS[module]}),
    )
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    (folder / "pyproject.toml").write_text(text + settings, "utf-8")


def mutmut(folder: Path, *arguments: str, show: bool = False) -> str:
    """Run mutmut; give what it prints, or show it."""
    return subprocess.run(
        [str(SCRIPTS / "mutmut"), *arguments],
        cwd=folder,
        env={**os.environ, "MYPYPATH": "src"},
        stdout=None if show else subprocess.PIPE,
        encoding="utf-8",
        check=True,
    ).stdout


def run(modules: list[str]) -> tuple[Counter[str], set[Mutant]]:
    """Test all mutants of these modules; give how they ended, and those that nobody noticed."""
    with tempfile.TemporaryDirectory(prefix="coc-steps-") as name:
        folder = Path(name)
        lay_out(folder, modules)
        mutmut(folder, "run", show=True)
        results = parse_results(mutmut(folder, "results", "--all", "true"))
        unnoticed = (mutant for mutant, status in results.items() if status not in NOTICED)
        survivors = {parse_mutant(each, mutmut(folder, "show", each)) for each in unnoticed}
    return Counter(results.values()), survivors


def main() -> int:
    """Test the mutants of the modules named, or of all; return the exit code."""
    modules = sys.argv[1:] or list(TESTS)
    if unknown := set(modules) - TESTS.keys():
        sys.exit(f"no such module: {', '.join(sorted(unknown))}; there are {', '.join(TESTS)}")
    equivalent = listed(LIST.read_text("utf-8"), modules)
    counts, survivors = run(modules)
    ends = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    print(f"{counts.total()} mutants: {ends}; {len(equivalent)} listed as equivalent")
    found = differences(survivors, equivalent)
    for difference in found:
        print(f"\n{difference}")
    return 1 if found or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
