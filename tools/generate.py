"""Make generated/coc_steps_api from openapi.yaml, or check that it is up to date.

The package is a pure function of openapi.yaml, tools/generator.yaml and the two tools that
pyproject.toml pins (openapi-python-client and ruff): the same bytes in every folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from shapes import refusals
from surface import compare_surfaces, read_surface

HOME = Path(__file__).resolve().parent.parent
DESCRIPTION = "openapi.yaml"
PACKAGE = "generated/coc_steps_api"
MYPY = [
    "--strict",
    "--config-file=",
    "--python-version=3.11",
    "--follow-imports=silent",
    "--show-absolute-path",
    f"--cache-dir={HOME / '.mypy_cache' / 'generate'}",
]


class GenerationError(Exception):
    """The package could not be made, or is not up to date; it is left as it was."""


def run(command: list[str], complaint: str, *, worst: int = 0, **environment: str) -> str:
    """Run a command with the tools beside this Python; return what it printed.

    Raises:
        GenerationError: Its exit code is above the worst; says the complaint and what was printed.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    result = subprocess.run(
        command,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if not 0 <= result.returncode <= worst:
        raise GenerationError(f"{complaint}:\n{result.stdout}{result.stderr}".rstrip())
    return result.stdout


def generate(root: Path, package: Path, description: Path | None = None) -> None:
    """Make the package in a folder that does not exist yet.

    Args:
        root: The project's folder.
        package: The folder to make.
        description: Another description than the project's.

    Raises:
        GenerationError: The description has a shape that cannot be kept, or the generator failed
            or warned.
    """
    description = description or root / DESCRIPTION
    if refused := list(refusals(yaml.safe_load(description.read_text(encoding="utf-8")))):
        raise GenerationError("\n".join(f"{DESCRIPTION}: {each}" for each in refused))
    generator = [sys.executable, "-m", "openapi_python_client", "generate"]
    source = ["--path", str(description), "--config", str(root / "tools" / "generator.yaml")]
    target = ["--output-path", str(package), "--meta", "none", "--fail-on-warning"]
    run([*generator, *source, *target], f"{DESCRIPTION} gives no clean package")
    (package / "py.typed").touch()
    shutil.copyfile(description, package / DESCRIPTION)


def replace(package: Path, fresh: Path) -> None:
    """Put the fresh package in the place of the old one, which stays until it is complete."""
    staged = package.with_name(f".{package.name}.new")
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(fresh, staged)
    if package.exists():
        shutil.rmtree(package)
    staged.rename(package)


def contents(package: Path) -> dict[str, bytes]:
    """Return the bytes of every file of a package by its path; what Python caches is left out."""
    files = (path for path in package.rglob("*") if path.is_file())
    kept = (path for path in files if path.parent.name != "__pycache__")
    return {path.relative_to(package).as_posix(): path.read_bytes() for path in kept}


def check(package: Path, fresh: Path) -> None:
    """Raise GenerationError with a line for each file in which the package is not the fresh one."""
    old, new = contents(package), contents(fresh)
    words = {name: "changed" for name in old.keys() & new.keys() if old[name] != new[name]}
    words |= dict.fromkeys(new.keys() - old.keys(), "missing")
    words |= dict.fromkeys(old.keys() - new.keys(), "stale")
    if words:
        lines = [f"  {word:<7}  {name}" for name, word in sorted(words.items())]
        head = f"{PACKAGE} is not what {DESCRIPTION} gives:"
        raise GenerationError("\n".join([head, *lines, "run make generate"]))


def judge(root: Path, fresh: Path) -> str:
    """Say what the fresh package changes, whether callers break, and what is to be done by hand.

    Raises:
        GenerationError: The package loses what it reads, or does not type-check.
    """
    program = [sys.executable, str(HOME / "tools" / "round_trip.py"), str(fresh)]
    run(program, f"{DESCRIPTION} gives a package that does not keep what it reads")
    mistakes = type_errors(root, fresh)
    if own := [each for each in mistakes if not each.startswith("wrapper")]:
        raise GenerationError("\n".join([f"{DESCRIPTION} gives a package of wrong types:", *own]))
    package = root / PACKAGE
    before = read_surface(package) if package.exists() else {}
    changes = compare_surfaces(before, read_surface(fresh))
    lines = [str(each) for each in changes] or ["the same models, fields and parameters"]
    lines += [f"by hand   {each}" for each in mistakes]
    breaks = any(each.breaking for each in changes)
    lines += [f"callers {'break' if breaks else 'do not break'}"] if changes else []
    return "\n".join(f"  {each}" for each in lines)


def type_errors(root: Path, fresh: Path) -> list[str]:
    """Type-check the fresh package, and what of the wrapper uses it; return mypy's complaints."""
    wrapper = root / "wrapper"
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(wrapper.rglob("*.py"))}
    users = [str(path) for path, text in sources.items() if "coc_steps_api" in text]
    packages = os.pathsep.join([str(fresh.parent), str(wrapper)])
    mypy = [sys.executable, "-m", "mypy", *MYPY, str(fresh), *users]
    said = run(mypy, "mypy fails", worst=1, MYPYPATH=packages)
    for folder in (fresh.parent, root):
        said = said.replace(f"{folder}{os.sep}", "")
    return [line.replace("\\", "/") for line in said.splitlines() if ": error: " in line]


def main() -> int:
    """Make or check the package; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__ and __doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; fail on a difference")
    parser.add_argument("--root", type=Path, default=HOME, help="the project's folder")
    arguments = parser.parse_args()
    root: Path = arguments.root.resolve()
    package = root / PACKAGE
    with tempfile.TemporaryDirectory(prefix="coc-steps-") as folder:
        fresh = Path(folder) / package.name
        try:
            generate(root, fresh)
            if arguments.check:
                check(package, fresh)
                outcome = "is up to date"
            else:
                outcome = f"made\n{judge(root, fresh)}"
                replace(package, fresh)
        except GenerationError as error:
            print(error, file=sys.stderr)
            return 1
    print(f"{PACKAGE}: {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
