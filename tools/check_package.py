"""Checks what `make build` made: it has what git has, and whoever builds it gets the same bytes.

The source distribution must have every file that git has, and the wheel every one of the packages;
neither has anything else. Both are built again from the unpacked source distribution, in another
folder and with other settings, and must come out the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = Path(__file__).resolve().parent.parent
PACKAGES = ("wrapper/", "generated/")
OTHER_SETTINGS = {"LC_ALL": "C", "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai"}
OTHER_UMASK = 0o077


def tracked(root: Path) -> set[str]:
    """Lists what git has of a folder."""
    command = ["git", "-C", str(root), "ls-files", "-z"]
    listing = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    return set(listing.split("\0")[:-1])


def in_sdist(path: Path) -> set[str]:
    """Lists the files of a source distribution, apart from the metadata."""
    with tarfile.open(path) as archive:
        names = {each.name.partition("/")[2] for each in archive if each.isfile()}
    return names - {"PKG-INFO"}


def in_wheel(path: Path) -> set[str]:
    """Lists the files of a wheel, apart from the metadata."""
    with zipfile.ZipFile(path) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def compare(archive: str, found: set[str], expected: set[str]) -> Iterator[str]:
    """Says what an archive lacks, and what it has too many."""
    yield from (f"{archive} lacks {name}" for name in sorted(expected - found))
    yield from (f"{archive} has {name}, which git has not" for name in sorted(found - expected))


def unpack(sdist: Path, folder: Path) -> Path:
    """Unpacks a source distribution as it was before it was built; returns its folder."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    root = folder / sdist.name.removesuffix(".tar.gz")
    (root / "PKG-INFO").unlink()
    return root


def build(root: Path, target: Path) -> None:
    """Builds a project into a folder, with other settings than usual."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
    settings = {**os.environ, **OTHER_SETTINGS, "HATCH_QUIET": "1"}
    subprocess.run(command, cwd=root, env=settings, umask=OTHER_UMASK, check=True)


def compare_bytes(dist: Path, again: Path) -> Iterator[str]:
    """Says which archives are not the same, byte for byte."""
    for path in sorted(dist.iterdir()):
        other = again / path.name
        if not other.exists() or other.read_bytes() != path.read_bytes():
            yield f"{path.name} comes out differently when it is built again"


def check(root: Path) -> list[str]:
    """Checks what is in dist/ of a project; returns what is wrong."""
    dist = root / "dist"
    (sdist,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    files = tracked(root)
    packaged = {name.partition("/")[2] for name in files if name.startswith(PACKAGES)}
    with tempfile.TemporaryDirectory(prefix="coc-steps-") as folder:
        again = Path(folder) / "dist"
        build(unpack(sdist, Path(folder)), again)
        return [
            *compare(sdist.name, in_sdist(sdist), files),
            *compare(wheel.name, in_wheel(wheel), packaged),
            *compare_bytes(dist, again),
        ]


def main() -> int:
    """Checks the project's packages; returns the exit code."""
    problems = check(HOME)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print("Both archives have what git has, and come out the same when they are built again.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
