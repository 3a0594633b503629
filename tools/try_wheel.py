"""Installs the wheel of dist/ as people do, away from the source, and tries it.

It makes three environments with the Python that runs it, which needs no package for it:

1. without extras: the library can be imported, and the command names its extra;
2. with all extras and nothing else: each command works on the mock;
3. with the pinned development dependencies: the tests of the source distribution pass. wrapper/ and
   generated/ are taken away first, and the tests marked `source`, which read them, left out.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

HOME = Path(__file__).resolve().parent.parent
SOURCE = ("wrapper", "generated")
TESTS = "not source and not rehearsal"
HINT = "coc-steps: the command needs its extra: pip install 'coc-steps[cli]'\n"
STEPS = 250  # of the mock's ticket that is tried; all of them are finished
OURS = ("COC_", "HUAWEICLOUD_", "PYTHONPATH", "VIRTUAL_ENV")
COMMANDS = ("conform", "list", "mock", "show", "watch")


class Environment:
    """A virtual environment in a folder of its own, in which everything runs.

    Attributes:
        folder: The folder.
        variables: The environment variables of what runs.
    """

    def __init__(self, folder: Path, *packages: str) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.variables = {**kept, "NO_PROXY": "127.0.0.1", "PYTHONUNBUFFERED": "1"}
        venv.create(folder / "venv", with_pip=True)
        self.install(*packages)

    def install(self, *what: str) -> None:
        """Installs packages with pip; everything that is installed must fit together."""
        self.run("python", "-m", "pip", "install", "--quiet", *what)
        self.run("python", "-m", "pip", "check")

    def start(self, *command: str, output: int | None = subprocess.PIPE) -> subprocess.Popen[str]:
        """Starts one of its commands."""
        return subprocess.Popen(
            [str(self.folder / "venv" / "bin" / command[0]), *command[1:]],
            cwd=self.folder,
            env=self.variables,
            stdout=output,
            stderr=output,
            encoding="utf-8",
        )

    def run(
        self, *command: str, code: int = 0, output: int | None = subprocess.PIPE
    ) -> tuple[str, str]:
        """Runs one of its commands to its end; gives its output and errors.

        Raises:
            SystemExit: It ended with another exit code.
        """
        process = self.start(*command, output=output)
        printed, errors = process.communicate()
        require(process.returncode == code, command, process.returncode, printed, errors)
        return printed, errors


def require(true: object, *facts: object) -> None:
    """Ends the program, telling the facts, when something does not hold."""
    if not true:
        sys.exit("\n".join(map(str, facts)))


@contextmanager
def mock(environment: Environment) -> Generator[str]:
    """Runs the mock and exports what it says to export; gives a ticket."""
    with environment.start("coc-steps", "mock") as process:
        try:
            printed = "".join(read_until(process, "# Try:"))
            environment.variables |= re.findall(r"^export (\w+)=(.+)$", printed, re.MULTILINE)
            (ticket,) = re.findall(rf"(EX\w+) +{STEPS} steps", printed)
            yield ticket
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()
    require(process.returncode == 130, "Ctrl-C ended the mock with", process.returncode)


def read_until(process: subprocess.Popen[str], last: str) -> list[str]:
    """Reads what a process prints up to a line."""
    assert process.stdout  # noqa: S101 - it is a pipe
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line.strip() == last:
            return lines
    sys.exit(f"It ended before it printed {last!r}: {''.join(lines)}")


def try_without_extras(environment: Environment) -> None:
    """Imports the library, and asks the command for its extra."""
    environment.run("python", "-c", "import coc_steps, coc_steps_api")
    _, errors = environment.run("coc-steps", "list", "EX", code=2)
    require(errors == HINT, "not the hint:", errors)


def try_commands(environment: Environment) -> None:
    """Tries each command as people do."""
    printed, _ = environment.run("coc-steps", "--help")
    require(all(f"\n  {command} " in printed for command in COMMANDS), printed)
    environment.run("coc-steps", "conform", "--list")
    with mock(environment) as ticket:
        try_on_mock(environment, ticket)


def try_on_mock(environment: Environment, ticket: str) -> None:
    """Lists, shows, watches and checks a ticket."""
    listed, _ = environment.run("coc-steps", "list", ticket, "--output", "json")
    steps = json.loads(listed)
    require(len(steps) == STEPS, "listed:", len(steps))
    step_id = steps[0]["execution_step_id"]
    shown, _ = environment.run("coc-steps", "show", ticket, step_id)
    require(step_id in shown, "shown:", shown)
    watched, _ = environment.run("coc-steps", "watch", ticket)
    require(step_id in watched, "watched:", watched)
    environment.run("coc-steps", "conform", "--execution-id", ticket)


def run_tests(environment: Environment, sdist: Path) -> None:
    """Runs the tests of a source distribution against what is installed."""
    with tarfile.open(sdist) as archive:
        archive.extractall(environment.folder, filter="data")
    root = environment.folder / sdist.name.removesuffix(".tar.gz")
    for name in SOURCE:
        shutil.rmtree(root / name)
    options = ["--rootdir", str(root), "-c", str(root / "pyproject.toml"), "-q"]
    tests = ["-m", TESTS, str(root / "tests")]
    environment.run("python", "-m", "pytest", *options, *tests, output=None)


def end_early(*_: object) -> None:
    """Ends as an exit, so that all that is open gets closed."""
    sys.exit("ended early")


def main() -> None:
    """Tries the wheel; ends with an error at the first thing that does not hold."""
    # A shell lets what it starts in the background ignore Ctrl-C, and the mock would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Whoever ends this early leaves no mock and no folder behind.
    signal.signal(signal.SIGTERM, end_early)
    (wheel,), (sdist,) = (HOME / "dist").glob("*.whl"), (HOME / "dist").glob("*.tar.gz")
    pins = ["--require-hashes", "-r", str(HOME / "requirements-dev.txt")]
    with tempfile.TemporaryDirectory(prefix="coc-steps-") as name:
        folder = Path(name)
        print(f"-- Python {sys.version.split()[0]}, without extras", flush=True)
        try_without_extras(Environment(folder / "bare", str(wheel)))
        print("-- with all extras: each command on the mock", flush=True)
        try_commands(Environment(folder / "all", f"{wheel}[all]"))
        print("-- the tests, without the source", flush=True)
        environment = Environment(folder / "tests", *pins)
        environment.install(f"{wheel}[all]")
        run_tests(environment, sdist)


if __name__ == "__main__":
    main()
