"""A copy of the project in which a change is rehearsed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

IDENTITY = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"]
NAMING = (
    "steps",
    "test_openapi.py",
    # Of those of doc_check, the one where hypothesis does not shrink a hundred pages for minutes.
    "tools/doc_check/test_command.py",
)
"""Where a change shows first: they name what is to be edited."""

CONTRACT = "contract"
LIBRARY_TESTS = (
    "steps",
    "watch/test_clients.py",
    "test_client.py",
    "test_http_client.py",
    "test_prefetch.py",
    "test_prefetch_async.py",
    "test_retry.py",
    "_http/test_cancelling.py",
    "_http/test_deadline.py",
    "_http/test_event_loops.py",
    "_http/test_http_clients.py",
    "_http/test_surroundings.py",
    "_http/test_who_answered.py",
    "faults/test_stopping.py",
)
"""What does not speak of httpx itself, as those do that patch it or pass its clients an Auth."""
SHOW_EXECUTION = """
import re
from coc_steps import AkSk, Client
from coc_steps.mock import Service, serve
from coc_steps_api.api.executions import show_execution

class Other(Service):
    path = re.compile("/v1/executions/([^/]+)")

with serve(service=Other, tickets={"EX1": 1}) as mock:
    for secret in (mock.secret_key, "wrong"):
        with Client(base_url=mock.base_url, credentials=AkSk(mock.access_key, secret)) as client:
            print(show_execution.sync_detailed("EX1", client=client.api).status_code.value)
"""
SENT_BY = """
import sys
from coc_steps import AuthToken, Client
from coc_steps.mock import serve

with serve(tickets={"EX1": 1}) as mock:
    with Client(base_url=mock.base_url, credentials=AuthToken(mock.token)) as client:
        assert len(list(client.iter_steps("EX1"))) == 1
libraries = {name for name in sys.modules if name in {"httpx", "httpcore", "httpx2", "httpcore2"}}
print(*sorted(libraries, reverse=True))
"""


@dataclass(frozen=True)
class Edit:
    """A text of a file of the project, and the one that takes its place, wherever it stands.

    Attributes:
        whole: The text is replaced only where it is a whole word.
    """

    old: str
    new: str
    path: str = "openapi.yaml"
    whole: bool = False

    def __call__(self, text: str) -> str:
        edge = r"\b" if self.whole else ""
        edited, count = re.subn(edge + re.escape(self.old) + edge, lambda _: self.new, text)
        assert count, self
        return edited

    @property
    def undone(self) -> Edit:
        return Edit(self.new, self.old, self.path, self.whole)


class Copy:
    """A copy of all that git has or would take, with a history that begins anew."""

    def __init__(self, source: Path, root: Path) -> None:
        self.root = root
        listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        output = subprocess.run(listing, cwd=source, capture_output=True, check=True).stdout
        for name in filter(None, output.decode().split("\0")):
            if (source / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source / name, root / name)
        # What tools have made for the project is good for its copy.
        if (source / "node_modules").exists():
            (root / "node_modules").symlink_to(source / "node_modules")
            os.utime(root / "package-lock.json", (0, 0))  # or node.sh takes it for a new one
        if (source / ".mypy_cache").exists():
            shutil.copytree(source / ".mypy_cache", root / ".mypy_cache")

    def edit(self, edits: Sequence[Edit]) -> None:
        for each in edits:
            path = self.root / each.path
            path.write_text(each(path.read_text(encoding="utf-8")), encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def commit(self) -> None:
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "before"]):
            subprocess.run(["git", *IDENTITY, *command], cwd=self.root, check=True)

    def generate(self) -> list[str]:
        """Make the package; return what is said of it."""
        result = self._run(sys.executable, "tools/generate.py")
        assert result.returncode == 0, result.stderr
        return [line.strip() for line in result.stdout.splitlines()[1:]]

    def refusal(self) -> str:
        """Fail to make the package; return why."""
        result = self._run(sys.executable, "tools/generate.py")
        assert result.returncode == 1, result.stdout
        return result.stderr

    def spec_diff(self) -> list[str]:
        """Compare with the commit; return what is said."""
        result = self._run(sys.executable, "tools/spec_diff.py", "HEAD")
        assert result.returncode in {0, 1}, result.stderr
        return [line.strip() for line in result.stdout.splitlines()]

    def check(self) -> str:
        """Run `make check` and the tests of the tools; return what fails, if anything does.

        Without pyright, which says what mypy says and takes half a minute more.
        """
        return self.test("contract", "tools") or self._make("lint", "mypy", "quick")

    def types(self) -> str:
        """Check types alone; return what fails, if anything does."""
        return self._make("mypy")

    def test(self, *names: str) -> str:
        """Run tests, those that name a change if none are named; return what fails, if any."""
        options = ["-q", "--tb=short", "--numprocesses", "auto"]
        tests = [f"tests/{name}" for name in names or NAMING]
        return self._failure(sys.executable, "-m", "pytest", *options, *tests)

    def python(self, code: str) -> str:
        """Run a program with the packages of the copy; return what it prints."""
        result = self._run(sys.executable, "-c", code)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def _make(self, *targets: str) -> str:
        """Make targets in the environment of these tests, which is not made again for a copy."""
        settings = [f"--old-file={sys.prefix}/.installed", f"VENV={sys.prefix}"]
        return self._failure("make", *settings, *targets)

    def _failure(self, *command: str) -> str:
        result = self._run(*command)
        assert result.returncode in {0, 1, 2}, result.stderr  # passed, failed, not collected
        return result.stdout + result.stderr if result.returncode else ""

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        roots = [str(self.root / "wrapper"), str(self.root / "generated")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
        # What pytest says to the processes of its workers is not for pytest in the copy, nor what
        # make says to make.
        for name in [
            each for each in environment if each.startswith(("PYTEST_", "MAKE", "MFLAGS"))
        ]:
            del environment[name]
        return subprocess.run(
            command,
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
