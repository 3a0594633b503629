"""Says what changed in openapi.yaml since a git revision, and whether it breaks callers.

`redocly diff` judges the description; it knows which way data goes. The generated package is
compared, too, since a renamed schema means nothing on the wire but renames a class in Python.

Exit code 0: nothing breaks, or the version says so. 1: the version must say so. 2: no answer.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generate import GenerationError, Project, generate
from packaging.version import Version
from surface import Change, Surface, compare_surfaces, read_surface

HOME = Path(__file__).resolve().parent.parent
TAGS = "v[0-9]*"


class NoAnswerError(Exception):
    """The two descriptions could not be compared; says why."""


@dataclass(frozen=True)
class Repository:
    """A git repository with the description."""

    root: Path

    def git(self, *arguments: str) -> str:
        """Runs git and returns its output; NoAnswerError with its complaint when it fails."""
        command = ["git", "-C", str(self.root), *arguments]
        result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        if result.returncode:
            raise NoAnswerError(result.stderr.strip())
        return result.stdout

    def last_release(self) -> str | None:
        """Gives the newest release's tag that this revision comes from, if there is one."""
        tags = self.git("tag", "--list", TAGS, "--merged", "HEAD", "--sort=-version:refname")
        return next(iter(tags.split()), None)

    def write(self, revision: str, name: str, target: Path) -> None:
        """Writes a file of a revision to a path."""
        target.write_text(self.git("show", f"{revision}:{name}"), encoding="utf-8")


def judge(base: Path, revision: Path, report: Path) -> list[Change] | None:
    """Has Redocly judge two descriptions; None where Node is missing, which it says.

    Raises:
        NoAnswerError: Redocly gives no report.
    """
    command = [HOME / "tools" / "node.sh", "the judgement of Redocly", "redocly", "diff"]
    options = ["--config", HOME / "redocly.yaml", "--format", "json", "--output", report]
    result = subprocess.run(
        list(map(str, [*command, base, revision, *options])),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    if report.exists():
        return [_spell(each) for each in json.loads(report.read_text("utf-8"))["changes"]]
    print(result.stderr.strip(), file=sys.stderr)
    if result.returncode:
        raise NoAnswerError("Redocly gave no report")
    return None


def _spell(change: dict[str, Any]) -> Change:
    side = change.get("revision") or change["base"]
    said = [verdict["message"] for verdict in change["verdicts"]] or [change["kind"]]
    return Change(f"{side['pointer']}: {' '.join(said)}", change["impact"] == "major")


def compare_packages(project: Project, base: Path, folder: Path) -> list[Change]:
    """Compares the packages that two descriptions give with the tools of today.

    Raises:
        NoAnswerError: One of them gives none.
    """
    packages: list[Surface] = []
    for name, description in (("base", base), ("revision", project.description)):
        try:
            generate(project, folder / name, description)
        except GenerationError as error:
            raise NoAnswerError(str(error)) from error
        packages.append(read_surface(folder / name))
    return compare_surfaces(*packages)


def allows_breaking(old: Version, new: Version) -> bool:
    """Whether a version may break the callers of another: a major one, below 1.0 a minor one."""
    if old.major == 0:
        return (new.major, new.minor) > (old.major, old.minor)
    return new.major > old.major


def version(pyproject: Path) -> Version:
    """Reads the project's version."""
    return Version(tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["version"])


def compare(repository: Repository, base: str, folder: Path) -> int:
    """Prints the changes since a revision; returns the exit code."""
    project = Project(repository.root)
    old, old_pyproject = folder / "openapi.yaml", folder / "pyproject.toml"
    repository.write(base, "openapi.yaml", old)
    repository.write(base, "pyproject.toml", old_pyproject)
    if old.read_bytes() == project.description.read_bytes():
        print(f"openapi.yaml is as it was in {base}.")
        return 0
    judged = judge(old, project.description, folder / "report.json")
    found = {
        "On the wire": judged,
        "For code that uses coc_steps_api": compare_packages(project, old, folder),
    }
    for title, changes in found.items():
        nothing = "  not judged" if changes is None else "  no change"
        print(f"{title}, since {base}:")
        print("\n".join(f"  {each}" for each in changes or ()) or nothing)
    breaks = any(each.breaking for changes in found.values() for each in changes or ())
    return conclude(breaks, version(old_pyproject), version(project.pyproject))


def conclude(breaks: bool, old: Version, new: Version) -> int:
    """Prints whether the version tells callers enough; returns the exit code."""
    if not breaks:
        print("Nothing breaks callers.")
    elif allows_breaking(old, new):
        print(f"Callers break, and version {new} after {old} says so.")
    else:
        wanted = f"0.{old.minor + 1}.0" if old.major == 0 else f"{old.major + 1}.0.0"
        print(f"Callers break: pyproject.toml says {new}, and must say {wanted} or later.")
        return 1
    return 0


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument(
        "base", nargs="?", default="", help="a revision (default: the last release)"
    )
    parser.add_argument("--root", type=Path, default=HOME, help="the project's folder")
    return parser.parse_args()


def main() -> int:
    """Compares with a revision or the last release; returns the exit code."""
    arguments = parse_arguments()
    repository = Repository(arguments.root.resolve())
    try:
        base = arguments.base or repository.last_release()
        if base is None:
            print(f"No release to compare with: no tag {TAGS} leads here.")
            return 0
        with tempfile.TemporaryDirectory(prefix="coc-steps-") as folder:
            return compare(repository, base, Path(folder))
    except NoAnswerError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
