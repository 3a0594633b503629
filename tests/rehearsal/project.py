"""A copy of the project in which a change is rehearsed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

IDENTITY = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"]
PARTS = (
    "openapi.yaml",
    "pyproject.toml",
    "redocly.yaml",
    "schemathesis.toml",
    "tools",
    "generated",
    "wrapper",
    "tests",
)
TESTS = (
    "steps",
    "test_openapi.py",
    "test_client.py",
    "contract/test_contract.py",
    # Not the rest of it: where a hundred generated pages fail, hypothesis shrinks for minutes.
    "tools/doc_check/test_differences.py::test_the_page_of_today_gives_none",
)
CONTRACT = "contract/test_contract.py"
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
    """A text of a file of the project, and the one that takes its place, wherever it stands."""

    old: str
    new: str
    path: str = "openapi.yaml"


class Copy:
    """A copy of the project's tree, with git's history beginning anew."""

    def __init__(self, source: Path, root: Path) -> None:
        self.source = source
        self.root = root
        root.mkdir()
        for part in PARTS:
            if (source / part).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", ".*")
                shutil.copytree(source / part, root / part, ignore=ignored)
            else:
                shutil.copyfile(source / part, root / part)

    def edit(self, edits: Sequence[Edit]) -> None:
        for each in edits:
            path = self.root / each.path
            text = path.read_text(encoding="utf-8")
            assert each.old in text, each
            path.write_text(text.replace(each.old, each.new), encoding="utf-8")

    def commit(self) -> None:
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "before"]):
            subprocess.run(["git", *IDENTITY, *command], cwd=self.root, check=True)

    def generate(self, tools: Path | None = None) -> list[str]:
        """Make the package, with the project's tools or others; return what is said of it."""
        result = self._run("generate.py", "--root", str(self.root), tools=tools)
        assert result.returncode == 0, result.stderr
        return [line.strip() for line in result.stdout.splitlines()[1:]]

    def refusal(self) -> str:
        """Fail to make the package; return why."""
        result = self._run("generate.py", "--root", str(self.root))
        assert result.returncode == 1, result.stdout
        return result.stderr

    def spec_diff(self) -> list[str]:
        """Compare with the commit; give what is said."""
        result = self._run("spec_diff.py", "--root", str(self.root), "HEAD")
        assert result.returncode in {0, 1}, result.stderr
        return [line.strip() for line in result.stdout.splitlines()]

    def test(self, *names: str) -> str:
        """Run the tests that a change can touch; return their output if they fail, or nothing."""
        tests = [str(self.root / "tests" / name) for name in names or TESTS]
        options = ["-q", "--tb=short", "-p", "no:cacheprovider", "--rootdir", str(self.root)]
        options += ["-n", "2", "--timeout", "300"]
        result = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=self.root,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode in {0, 1, 2}, result.stderr  # passed, failed, not collected
        return result.stdout if result.returncode else ""

    def python(self, code: str) -> str:
        """Run a program with the packages of the copy; return what it prints."""
        command = [sys.executable, "-c", code]
        environment = self._environment()
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    def _environment(self) -> dict[str, str]:
        roots = [str(self.root / "wrapper"), str(self.root / "generated")]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}

    def _run(
        self, tool: str, *arguments: str, tools: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str((tools or self.source / "tools") / tool), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)
