"""Say what changed in openapi.yaml since a git revision, and whether it breaks callers.

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
from pathlib import Path

from generate import DESCRIPTION, HOME, GenerationError, generate
from packaging.version import Version
from surface import Change, compare_surfaces, read_surface

TAGS = "v[0-9]*"


def git(root: Path, *arguments: str) -> str:
    """Return the output of git."""
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


def judge(base: Path, revision: Path, report: Path) -> list[Change] | None:
    """Return Redocly's verdicts; None where Node is missing, which tools/node.sh says."""
    node = HOME / "tools" / "node.sh"
    command: list[str | Path] = [node, "the judgement of Redocly", "redocly", "diff"]
    command += [base, revision, "--config", HOME / "redocly.yaml"]
    command += ["--format", "json", "--output", report]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if not report.exists():
        result.check_returncode()
        print(result.stderr.strip(), file=sys.stderr)
        return None
    changes: list[Change] = []
    for each in json.loads(report.read_text("utf-8"))["changes"]:
        said = [verdict["message"] for verdict in each["verdicts"]] or [each["kind"]]
        place = (each.get("revision") or each["base"])["pointer"]
        changes.append(Change(f"{place}: {' '.join(said)}", each["impact"] == "major"))
    return changes


def allows_breaking(old: Version, new: Version) -> bool:
    """Return whether a version may break callers of another: a major one, below 1.0 a minor one."""
    return new.release[:2] > old.release[:2] if old.major == 0 else new.major > old.major


def compare(root: Path, base: str, folder: Path) -> int:
    """Print the changes since a revision; return the exit code."""
    new, old = root / DESCRIPTION, folder / DESCRIPTION
    old.write_text(git(root, "show", f"{base}:{DESCRIPTION}"), encoding="utf-8")
    if old.read_bytes() == new.read_bytes():
        print(f"{DESCRIPTION} is as it was in {base}.")
        return 0
    wire = judge(old, new, folder / "report.json")
    packages = {folder / "old": old, folder / "new": new}
    for package, description in packages.items():
        generate(root, package, description)
    code = compare_surfaces(*map(read_surface, packages))
    for title, changes in (("On the wire", wire), ("For code that uses coc_steps_api", code)):
        nothing = "  not judged" if changes is None else "  no change"
        print(f"{title}, since {base}:")
        print("\n".join(f"  {each}" for each in changes or ()) or nothing)
    breaks = any(each.breaking for each in [*(wire or ()), *code])
    project = "pyproject.toml"
    texts = git(root, "show", f"{base}:{project}"), (root / project).read_text("utf-8")
    return conclude(breaks, *(Version(tomllib.loads(each)["project"]["version"]) for each in texts))


def conclude(breaks: bool, old: Version, new: Version) -> int:
    """Print whether the version tells callers enough; return the exit code."""
    if not breaks:
        print("Nothing breaks callers.")
    elif allows_breaking(old, new):
        print(f"Callers break, and version {new} after {old} says so.")
    else:
        wanted = f"0.{old.minor + 1}.0" if old.major == 0 else f"{old.major + 1}.0.0"
        print(f"Callers break: pyproject.toml says {new}, and must say {wanted} or later.")
        return 1
    return 0


def main() -> int:
    """Compare with a revision or the last release; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__ and __doc__.partition("\n")[0])
    parser.add_argument("base", nargs="?", help="a revision (default: the last release)")
    parser.add_argument("--root", type=Path, default=HOME, help="the project's folder")
    arguments = parser.parse_args()
    root: Path = arguments.root.resolve()
    try:
        releases = git(root, "tag", "--list", TAGS, "--merged", "HEAD", "--sort=-version:refname")
        base: str | None = arguments.base or next(iter(releases.split()), None)
        if base is None:
            print(f"No release to compare with: no tag {TAGS} leads here.")
            return 0
        with tempfile.TemporaryDirectory(prefix="coc-steps-") as folder:
            return compare(root, base, Path(folder))
    except (subprocess.CalledProcessError, GenerationError) as error:
        print(getattr(error, "stderr", error), file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
