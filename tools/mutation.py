"""Mutation testing: change the code where a mistake would be quiet; some test must notice.

Usage: python tools/mutation.py [MODULE]...

mutmut makes the changes, the mutations (its word is mutants), in a copy of the project, and runs
the tests on each. What neither a test nor mypy notices must be in tools/equivalent_mutants.toml
with the reason why nobody could notice it; an entry that is noticed after all, or is no mutation
any more, fails, too.
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

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
PATHS: dict[str, str] = {  # of the modules that are mutated
    path.removeprefix("src/coc_steps/").removesuffix(".py").replace("/", "."): path
    for path in SETTINGS["only_mutate"]
}
NOTICED = {"killed", "timeout", "caught by type check"}

Mutant = tuple[str, str]
"""The function that is changed, and the lines that go, after a minus, and come, after a plus."""


def listed(text: str, modules: list[str]) -> set[Mutant]:
    """Return the mutations of these modules that nobody could notice; each must have a reason."""
    entries = tomllib.loads(text).get("mutant", [])
    if bare := [each["function"] for each in entries if not each["reason"].strip()]:
        raise ValueError(f"{', '.join(bare)}: a mutant without a reason")
    mutants = {(each["function"], each["change"].strip("\n")) for each in entries}
    prefixes = tuple(f"{module}." for module in modules)
    return {mutant for mutant in mutants if mutant[0].startswith(prefixes)}


def parse_mutant(name: str, diff: str) -> Mutant:
    """Return the mutation that mutmut names and shows, without what lies around the change."""
    module, _, function = name.removeprefix("coc_steps.").rpartition(".")
    function = function.rpartition("__mutmut_")[0][2:].replace("ǁ", ".")
    lines = re.findall(r"(?m)^(?:-(?!-- )|\+(?!\+\+ )).*", diff)
    return f"{module}.{function}", "\n".join(lines)


def lay_out(folder: Path) -> None:
    """Copy the project to a folder, in the only layout that mutmut imports mutants from."""
    ignore = shutil.ignore_patterns("__pycache__")
    for source in ("wrapper/coc_steps", "generated/coc_steps_api"):
        shutil.copytree(ROOT / source, folder / "src" / Path(source).name, ignore=ignore)
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=ignore)
    shutil.copyfile(ROOT / "tools" / "mutation_conftest.py", folder / "conftest.py")
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")


def mutmut(folder: Path, *arguments: str, output: int | None = subprocess.PIPE) -> str:
    """Run mutmut; return what it prints."""
    scripts = str(Path(sys.executable).parent)
    command = [f"{scripts}/mutmut", *arguments]
    environment = {**os.environ, "MYPYPATH": "src", "PATH": f"{scripts}:{os.environ['PATH']}"}
    return subprocess.run(
        command, cwd=folder, env=environment, stdout=output, encoding="utf-8", check=True
    ).stdout


def main(modules: list[str]) -> int:
    """Test all mutations of these modules; return the exit code."""
    equivalent = listed(LIST.read_text("utf-8"), modules)
    with tempfile.TemporaryDirectory(prefix="coc-steps-") as name:
        folder = Path(name)
        lay_out(folder)
        mutmut(folder, "run", *(f"coc_steps.{module}.*" for module in modules), output=None)
        text = mutmut(folder, "results", "--all", "true")
        pattern = rf"(?m)^\s+(coc_steps\.(?:{'|'.join(map(re.escape, modules))})\.\S+): (.+)$"
        results: list[tuple[str, str]] = re.findall(pattern, text)
        unnoticed = [mutant for mutant, status in results if status not in NOTICED]
        survivors = {parse_mutant(each, mutmut(folder, "show", each)) for each in unnoticed}
    counts = Counter(status for _, status in results).most_common()
    ends = ", ".join(f"{count} {status}" for status, count in counts)
    print(f"{len(results)} mutants: {ends}; {len(equivalent)} listed as equivalent")
    for function, change in sorted(survivors - equivalent):
        print(f"\nno test notices: {function}\n{change}")
    for function, change in sorted(equivalent - survivors):
        print(f"\nlisted, but noticed or gone: {function}\n{change}")
    return 1 if survivors != equivalent or not results else 0


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - PATHS.keys():
        sys.exit(f"no such module: {', '.join(sorted(unknown))}; there are {', '.join(PATHS)}")
    sys.exit(main(sys.argv[1:] or list(PATHS)))
