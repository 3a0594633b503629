"""Every sample of these pages runs; the tables that are made of records lose nothing."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps._records import COLUMNS
from coc_steps._settings import REGIONS

if TYPE_CHECKING:
    from coc_steps.mock import MockServer
    from conftest import Clock

pytest_plugins = ["pytester"]

DOCS = Path(__file__).parents[1] / "docs"
TICKET = "EX20250624161701019xxxx"
TICKETS = {TICKET: 23}
PAGES = [
    "../README.md",
    "async.md",
    "credentials.md",
    "errors.md",
    "index.md",
    "observability.md",
    "offset-paging.md",
    "paging.md",
]
"""The pages whose samples ask only for tickets that the mock has."""
STEPS: list[dict[str, Any]] = [
    {"id": 2**63 - 1, "execution_step_id": "a", "status": "Succeed", "start_time": 2**62 + 1},
    {"execution_step_id": "b", "status": "Failed", "name": 'a "name",\n名', "message": ""},
    {"execution_step_id": "c", "status": "Failed", "inputs": [{"key": "k", "value": None}] * 2},
    {"execution_step_id": "d", "status": "Failed", "更": {"deep": [1, None, 10**30]}},
]


def samples(page: str) -> list[str]:
    return re.findall(
        r"^```python\n(.*?)^```$", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def run(page: str) -> dict[str, Any]:
    """Run the samples of a page one after the other; give what they made."""
    made: dict[str, Any] = {}
    for sample in samples(page):
        exec(compile(sample, page, "exec"), made)
    return made


@pytest.mark.coc_steps_mock(tickets={TICKET: STEPS})
def test_exporting(
    coc_steps_mock: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = run("export.md")
    records = made["records"]
    assert {*made["INTEGERS"], *made["TEXTS"]} == {*COLUMNS}
    assert [restored(record) for record in records] == STEPS
    rows = [
        {name: None if value is made["pandas"].NA else value for name, value in row.items()}
        for row in made["frame"].to_dict("records")
    ]
    assert rows == records
    assert made["table"].select(COLUMNS).to_dicts() == records
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


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.coc_steps_mock(tickets=TICKETS)
def test_a_page(page: str, coc_steps_mock: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for region in REGIONS:
        monkeypatch.setitem(REGIONS, region, coc_steps_mock.base_url)
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", coc_steps_mock.access_key)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", coc_steps_mock.secret_key)
    logger = logging.getLogger("coc_steps")
    try:
        assert run(page)
    finally:
        logger.setLevel(logging.NOTSET)
    own = page in ("errors.md", "offset-paging.md")  # they make a mock of their own
    assert own or any(request.status == 200 for request in coc_steps_mock.requests)


def test_the_tutorial(coc_steps_mock: MockServer) -> None:
    run("tutorial.md")
    assert {request.status for request in coc_steps_mock.requests} == {200}


@pytest.mark.coc_steps_mock(tickets={TICKET: STEPS})
def test_watching(
    coc_steps_mock: MockServer, capsys: pytest.CaptureFixture[str], clock: Clock
) -> None:
    run("watch.md")
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["appeared None None -> Succeed", "finished None None -> Succeed"]
    kinds = [line.split()[0] for line in lines]
    assert (kinds.count("appeared"), kinds.count("finished")) == (len(STEPS), len(STEPS))


def test_testing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(*samples("testing.md"))
    pytester.runpytest("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_the_picture_shows_the_columns_and_asks_nobody() -> None:
    picture = (DOCS / "list.svg").read_text("utf-8").replace("&#160;", " ")
    for header in ("status", "name", "action", "duration", "start", "step id"):
        assert f">{header}" in picture or f" {header}" in picture
    assert "url(http" not in picture
