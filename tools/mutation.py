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

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tools" / "equivalent_mutants.toml"

TESTS = {
    "_paging": ["tests/paging"],
    "_signer": ["tests/test_signer.py"],
    "_responses": ["tests/test_responses.py"],
    "_errors": ["tests/test_errors.py", "tests/test_responses.py"],
}
"""The modules that are mutated, and the tests that must notice."""

NOTICED = {"killed", "timeout", "caught by type check"}
# A copy of a method declares its attributes again, which says nothing of the mutant in it.
MYPY = ["-m", "mypy", "--output=json", "--config-file=", "--disable-error-code=no-redef"]
OPTIONS = [
    *["--hypothesis-profile=mutation", "--timeout=30", "-p", "no:cacheprovider"],
    # What only measures, or compares a page with what was measured, is slow or notices nothing.
    "--ignore=tests/paging/test_rates_doc.py",
    "--deselect=tests/paging/test_promise.py::test_the_rates_are_no_worse_than_the_design_asks",
]

Mutant = tuple[str, str]
"""The function that is changed, and the lines that go, after a minus, and come, after a plus."""


def listed(text: str, modules: list[str]) -> set[Mutant]:
    """Return the mutants of these modules that nobody could notice; each must have a reason."""
    entries = tomllib.loads(text).get("mutant", [])
    if bare := [each["function"] for each in entries if not each["reason"].strip()]:
        raise ValueError(f"{', '.join(bare)}: a mutant without a reason")
    mutants = {(each["function"], each["change"].strip("\n")) for each in entries}
    prefixes = tuple(f"{module}." for module in modules)
    return {mutant for mutant in mutants if mutant[0].startswith(prefixes)}


def parse_mutant(name: str, diff: str) -> Mutant:
    """Return the mutant that mutmut names and shows, without what lies around the change."""
    module, _, function = name.removeprefix("coc_steps.").rpartition(".")
    function = function.rpartition("__mutmut_")[0][2:].replace("ǁ", ".")
    lines = re.findall(r"(?m)^(?:-(?!-- )|\+(?!\+\+ )).*", diff)
    return f"{module}.{function}", "\n".join(lines)


def lay_out(folder: Path, modules: list[str]) -> None:
    """Copy the project to a folder, in the only layout that mutmut imports mutants from."""
    ignore = shutil.ignore_patterns("__pycache__")
    for source in ("wrapper/coc_steps", "generated/coc_steps_api"):
        shutil.copytree(ROOT / source, folder / "src" / Path(source).name, ignore=ignore)
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=ignore)
    shutil.copyfile(ROOT / "tools" / "mutation_conftest.py", folder / "conftest.py")
    files = [f"src/coc_steps/{module.replace('.', '/')}.py" for module in modules]
    # Each mutant starts afresh: caches that the tests of the original filled would hide it. mypy
    # goes without the project's settings, which the code around the mutants does not pass.
    settings = f"""
[tool.mutmut]
source_paths = ["src"]
only_mutate = {files}
also_copy = ["conftest.py"]
process_isolation = "forkserver"
type_check_command = {[sys.executable, *MYPY, *files]}
pytest_add_cli_args = {OPTIONS}
pytest_add_cli_args_test_selection = {sorted({t for each in modules for t in TESTS[each]})}
"""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    (folder / "pyproject.toml").write_text(text + settings, "utf-8")


def mutmut(folder: Path, *arguments: str, output: int | None = subprocess.PIPE) -> str:
    """Run mutmut; return what it prints."""
    command = [str(Path(sys.executable).with_name("mutmut")), *arguments]
    environment = {**os.environ, "MYPYPATH": "src"}
    return subprocess.run(
        command, cwd=folder, env=environment, stdout=output, encoding="utf-8", check=True
    ).stdout


def main(modules: list[str]) -> int:
    """Test all mutants of these modules; return the exit code."""
    equivalent = listed(LIST.read_text("utf-8"), modules)
    with tempfile.TemporaryDirectory(prefix="coc-steps-") as name:
        folder = Path(name)
        lay_out(folder, modules)
        mutmut(folder, "run", output=None)
        text = mutmut(folder, "results", "--all", "true")
        results: list[tuple[str, str]] = re.findall(r"(?m)^\s+(\S+__mutmut_\d+): (.+)$", text)
        unnoticed = [mutant for mutant, status in results if status not in NOTICED]
        survivors = {parse_mutant(each, mutmut(folder, "show", each)) for each in unnoticed}
    counts = Counter(status for _, status in results)
    ends = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    print(f"{len(results)} mutants: {ends}; {len(equivalent)} listed as equivalent")
    for function, change in sorted(survivors - equivalent):
        print(f"\nno test notices: {function}\n{change}")
    for function, change in sorted(equivalent - survivors):
        print(f"\nlisted, but noticed or gone: {function}\n{change}")
    return 1 if survivors != equivalent or not results else 0


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - TESTS.keys():
        sys.exit(f"no such module: {', '.join(sorted(unknown))}; there are {', '.join(TESTS)}")
    sys.exit(main(sys.argv[1:] or list(TESTS)))
