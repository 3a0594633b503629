"""Makes generated/coc_steps_api from openapi.yaml, or checks that it is up to date.

The package is a pure function of openapi.yaml, tools/generator.yaml and the two versions
pinned in pyproject.toml (openapi-python-client and ruff): the same bytes in every folder.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

import yaml
from shapes import refusals
from surface import compare_surfaces, read_surface

HOME = Path(__file__).resolve().parent.parent
MYPY = [
    "--strict",
    "--config-file=",
    "--python-version=3.11",
    "--follow-imports=silent",
    f"--cache-dir={HOME / '.mypy_cache' / 'generate'}",
]
TOOLS = {
    "openapi-python-client": [sys.executable, "-m", "openapi_python_client"],
    "ruff": ["ruff"],
}


class GenerationError(Exception):
    """The package could not be made, or is not up to date; it is left as it was."""


@dataclass(frozen=True)
class Project:
    """Where things are in a project's folder."""

    root: Path

    @property
    def pyproject(self) -> Path:
        """The file that pins the tools."""
        return self.root / "pyproject.toml"

    @property
    def description(self) -> Path:
        """The OpenAPI description that the package is made from."""
        return self.root / "openapi.yaml"

    @property
    def config(self) -> Path:
        """The generator's configuration."""
        return self.root / "tools" / "generator.yaml"

    @property
    def package(self) -> Path:
        """The generated package, as it is committed."""
        return self.root / "generated" / "coc_steps_api"


def tool_environment() -> dict[str, str]:
    """Returns an environment in which the generator's hooks find the ruff beside this Python."""
    scripts = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)])}


def run(command: list[str], complaint: str) -> str:
    """Runs a command and returns its output; GenerationError with the complaint when it fails."""
    try:
        result = subprocess.run(
            command,
            env=tool_environment(),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except FileNotFoundError as error:
        raise GenerationError(f"{complaint}: {error}") from error
    if result.returncode:
        raise GenerationError(f"{complaint}:\n{result.stdout}{result.stderr}".rstrip())
    return result.stdout


def pinned_version(project: Project, tool: str) -> str:
    """Returns the version that the development group of pyproject.toml pins exactly."""
    groups = tomllib.loads(project.pyproject.read_text(encoding="utf-8"))["dependency-groups"]
    for requirement in groups["dev"]:
        name, _, version = requirement.partition("==")
        if name == tool and version:
            return str(version)
    raise GenerationError(f"{project.pyproject.name} does not pin {tool} with ==")


def require_pinned_tools(project: Project) -> None:
    """Refuses tools of other versions than the pinned ones: they would give other bytes."""
    for tool, command in TOOLS.items():
        version = pinned_version(project, tool)
        answer = run([*command, "--version"], f"{tool} does not run")
        if version not in answer.split():
            raise GenerationError(
                f"{project.pyproject.name} pins {tool} {version}, but this one is installed: "
                f"{answer.strip()}\n`make generate` sets up the pinned one"
            )


def generate(project: Project, package: Path, description: Path | None = None) -> None:
    """Makes the package in a folder that does not exist yet.

    Args:
        project: Where the description and the pins are.
        package: The folder to make.
        description: Another description than the project's.

    Raises:
        GenerationError: A tool is not the pinned one, the description has a shape that cannot be
            kept, or the generator failed or warned.
    """
    require_pinned_tools(project)
    description = description or project.description
    if refused := list(refusals(yaml.safe_load(description.read_text(encoding="utf-8")))):
        raise GenerationError("\n".join(f"{description.name}: {each}" for each in refused))
    generator = [*TOOLS["openapi-python-client"], "generate"]
    source = ["--path", str(description), "--config", str(project.config)]
    target = ["--output-path", str(package), "--meta", "none", "--fail-on-warning"]
    run([*generator, *source, *target], f"{description.name} gives no clean package")
    (package / "py.typed").touch()
    shutil.copyfile(description, package / description.name)


def replace(package: Path, fresh: Path) -> None:
    """Puts the fresh package in the place of the old one, which stays until it is complete."""
    staged = package.with_name(f".{package.name}.new")
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(fresh, staged)
    if package.exists():
        shutil.rmtree(package)
    staged.rename(package)


def contents(package: Path) -> dict[str, bytes]:
    """Returns the bytes of every file of a package by its path; what Python caches is left out."""
    paths = {path.relative_to(package): path for path in package.rglob("*") if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in paths.items()
        if "__pycache__" not in name.parts
    }


def differences(package: Path, fresh: Path) -> list[str]:
    """Returns one line for each file in which the package is not the fresh one, sorted by path."""
    old, new = contents(package), contents(fresh)
    words = {name: "changed" for name in old.keys() & new.keys() if old[name] != new[name]}
    words |= dict.fromkeys(new.keys() - old.keys(), "missing")
    words |= dict.fromkeys(old.keys() - new.keys(), "stale")
    return [f"{word:<7}  {name}" for name, word in sorted(words.items())]


def check(project: Project, fresh: Path) -> None:
    """Raises GenerationError when the committed package is not the fresh one."""
    found = differences(project.package, fresh)
    if found:
        listing = "".join(f"\n  {line}" for line in found)
        raise GenerationError(
            f"{project.package.relative_to(project.root)} is not what "
            f"{project.description.name} gives:{listing}\nrun make generate"
        )


def judge(project: Project, fresh: Path) -> str:
    """Say what the fresh package changes, whether callers break, and what is to be done by hand.

    Raises:
        GenerationError: The package loses what it reads, or does not type-check.
    """
    program = [sys.executable, str(HOME / "tools" / "round_trip.py"), str(fresh)]
    run(program, f"{project.description.name} gives a package that does not keep what it reads")
    mistakes = type_errors(project, fresh)
    if own := [each for each in mistakes if not each.startswith("wrapper")]:
        raise GenerationError(
            "\n".join([f"{project.description.name} gives a package of wrong types:", *own])
        )
    before = read_surface(project.package) if project.package.exists() else {}
    changes = compare_surfaces(before, read_surface(fresh))
    lines = [str(each) for each in changes] or ["the same models, fields and parameters"]
    lines += [f"by hand   {each}" for each in mistakes]
    breaks = any(each.breaking for each in changes)
    lines += [f"callers {'break' if breaks else 'do not break'}"] if changes else []
    return "\n".join(f"  {each}" for each in lines)


def type_errors(project: Project, fresh: Path) -> list[str]:
    """Type-check the fresh package, and what of the wrapper uses it; return mypy's complaints."""
    wrapper = project.root / "wrapper"
    users = [
        path
        for path in sorted(wrapper.rglob("*.py"))
        if "coc_steps_api" in path.read_text(encoding="utf-8")
    ]
    result = subprocess.run(
        [sys.executable, "-m", "mypy", *MYPY, str(fresh), *map(str, users)],
        cwd=project.root,
        env={**os.environ, "MYPYPATH": os.pathsep.join([str(fresh.parent), str(wrapper)])},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if result.returncode not in {0, 1}:
        raise GenerationError(f"mypy fails:\n{result.stdout}{result.stderr}".rstrip())
    found = [line for line in result.stdout.splitlines() if ": error: " in line]
    return [line.replace(f"{fresh.parent}{os.sep}", "").replace("\\", "/") for line in found]


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="change nothing; fail on a difference")
    parser.add_argument(
        "--root",
        type=Path,
        default=HOME,
        help="the project's folder (default: the one this script is in)",
    )
    return parser.parse_args()


def main() -> int:
    """Makes or checks the package; returns the exit code."""
    arguments = parse_arguments()
    project = Project(arguments.root)
    with tempfile.TemporaryDirectory(prefix="coc-steps-") as folder:
        fresh = Path(folder) / project.package.name
        try:
            generate(project, fresh)
            if arguments.check:
                check(project, fresh)
                outcome = "is up to date"
            else:
                outcome = f"made\n{judge(project, fresh)}"
                replace(project.package, fresh)
        except GenerationError as error:
            print(error, file=sys.stderr)
            return 1
    print(f"{project.package.relative_to(project.root)}: {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
