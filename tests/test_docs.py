"""Every sample of README, CONTRIBUTING and docs/ runs, or is listed with the reason why not."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from coc_steps._steps.records import COLUMNS
from coc_steps._steps.request import REGIONS
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps.mock import MockServer
    from conftest import Clock

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
TICKET = "EX20250624161701019xxxx"
STEPS: list[dict[str, Any]] = [
    {"id": 2**63 - 1, "execution_step_id": "a", "status": "Succeed", "start_time": 2**62 + 1},
    {"execution_step_id": "b", "status": "Failed", "name": 'a "name",\n名', "message": ""},
    {"execution_step_id": "c", "status": "Failed", "inputs": [{"key": "k", "value": None}] * 2},
    {"execution_step_id": "d", "status": "Failed", "更": {"deep": [1, None, 10**30]}},
]

NOT_RUN = {
    "python -m venv": "makes an environment from a package index",
    "pip install": "asks a package index",
    "export COC_AUTH_TOKEN=": "the tests have a token",
    "export HTTPS_PROXY=": "there is no proxy",
    "export NO_PROXY=": "there is no proxy",
    "export SSL_CERT_FILE=": "a file of some company",
    "make ": "runs the tests, among others",
    ".venv/bin/": "tools of the checkout, which make runs",
    "npm install": "asks a package index",
    "git tag": "begins a release",
    "coc-steps list -": "reads files; tests/examples/test_export.py runs it",
    "jq ": "reads files; tests/examples/test_export.py runs it",
    "sort ": "reads files; tests/examples/test_export.py runs it",
    "coc-steps mock": "serves until Ctrl-C; tests/cli/test_mock.py pastes what it prints",
    "coc-steps conform": "takes too long here; tests/cli/test_conform.py runs it",
}
"""Commands of `sh` samples, by how they begin, and why no test of this file runs them."""

NOT_READ = {"yaml": "for a CI of somebody else's", "ini": "a file, not a program"}
SERVES_ITSELF = {"errors.md", "offset-paging.md"}
PYTEST = {"testing.md": 3, "conformance.md": 1}
"""Pages whose samples are tests, and how many of them pass."""

LOOKED_AT = {"export.md", "watch.md"}
"""Pages with a test of their own below."""


class Sample(NamedTuple):
    """A fenced block of a page."""

    language: str
    text: str


def pages() -> Iterator[Path]:
    yield from (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md")))


def samples(page: Path) -> list[Sample]:
    tokens = MarkdownIt().parse(page.read_text("utf-8"))
    return [Sample(each.info, each.content) for each in tokens if each.type == "fence"]


def python_of(page: Path) -> list[str]:
    return [sample.text for sample in samples(page) if sample.language == "python"]


def run(page: Path) -> dict[str, Any]:
    """Run the samples of a page one after the other; give what they made."""
    made: dict[str, Any] = {}
    for sample in python_of(page):
        exec(compile(sample, page.name, "exec"), made)
    return made


ELSEWHERE = {*PYTEST, *LOOKED_AT}
PROGRAMS = [page for page in pages() if python_of(page) and page.name not in ELSEWHERE]


@pytest.fixture
def server(coc_steps_mock: MockServer, monkeypatch: pytest.MonkeyPatch) -> MockServer:
    """The mock as whatever the samples ask for: every region, and the ticket of the vendor's."""
    coc_steps_mock.put(TICKET, STEPS)
    for region in REGIONS:
        monkeypatch.setitem(REGIONS, region, coc_steps_mock.base_url)
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", coc_steps_mock.access_key)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", coc_steps_mock.secret_key)
    return coc_steps_mock


@pytest.fixture
def same_logger() -> Iterator[None]:
    """Let a sample turn the log on, and no other test see it."""
    yield
    logging.getLogger("coc_steps").setLevel(logging.NOTSET)


@pytest.mark.usefixtures("same_logger")
@pytest.mark.parametrize("page", PROGRAMS, ids=lambda page: page.name)
def test_the_programs_run(
    page: Path,
    server: MockServer,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    run(page)
    asked = {request.status for request in server.requests}
    assert asked == (set() if page.name in SERVES_ITSELF else {200})


@pytest.mark.coc_steps_mock(tickets={"EX1": 1, "EX2": 12})
@pytest.mark.parametrize(("page", "passed"), PYTEST.items())
def test_the_tests_pass(
    page: str, passed: int, coc_steps_mock: MockServer, pytester: pytest.Pytester
) -> None:
    here = [
        text.replace("http://127.0.0.1:8080", coc_steps_mock.base_url)
        for text in python_of(DOCS / page)
    ]
    pytester.makepyfile(*here)
    pytester.runpytest("-p", "no:cacheprovider").assert_outcomes(passed=passed)


def test_what_is_not_run_is_listed() -> None:
    known = {"python", "console", "sh", *NOT_READ}
    assert {sample.language for page in pages() for sample in samples(page)} == known
    unlisted: list[str] = []
    used: set[str] = set()
    for command in shell_commands():
        listed = [start for start in NOT_RUN if command.startswith(start)]
        used.update(listed)
        unlisted += [] if listed else [command]
    assert (unlisted, used) == ([], {*NOT_RUN})


def shell_commands() -> Iterator[str]:
    for page in pages():
        for sample in samples(page):
            if sample.language == "sh":
                yield from filter(None, sample.text.splitlines())


def test_exporting(server: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = run(DOCS / "export.md")
    records = made["records"]
    assert {*made["INTEGERS"], *made["TEXTS"]} <= {*COLUMNS}
    assert [restored(record) for record in records] == STEPS
    rows = [
        {name: None if value is made["pandas"].NA else value for name, value in row.items()}
        for row in made["frame"].to_dict("records")
    ]
    columns = [*made["INTEGERS"], *made["TEXTS"]]
    records = [{name: record[name] for name in columns} for record in records]
    assert rows == records
    assert made["table"].select(columns).to_dicts() == records
    header, *_ = (tmp_path / "steps.csv").read_text("utf-8").splitlines()
    assert header.split(",") == [*made["INTEGERS"], *made["TEXTS"]]


def restored(record: dict[str, Any]) -> dict[str, Any]:
    """Undo what makes a record flat."""
    step = {name: value for name, value in record.items() if value is not None}
    for name in ("inputs", "outputs", "properties", "additional"):
        if name in step:
            step[name] = json.loads(step[name])
    additional: dict[str, Any] = step.pop("additional", {})
    return {**step, **additional}


def test_watching(server: MockServer, capsys: pytest.CaptureFixture[str], clock: Clock) -> None:
    run(DOCS / "watch.md")
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["appeared None None -> Succeed", "finished None None -> Succeed"]
    kinds = [line.split()[0] for line in lines]
    assert (kinds.count("appeared"), kinds.count("finished")) == (len(STEPS), len(STEPS))
