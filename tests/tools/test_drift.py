"""The scheduled check: what it runs, when it opens an issue, and that it tells no secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from drift import ENDPOINT, LARGEST, SECRETS, TITLE, check, run_command

ROOT = Path(__file__).parents[2]
# YAML 1.1, which this reads, takes the key `on` for True.
WORKFLOW: dict[str | bool, Any] = yaml.safe_load(
    (ROOT / ".github" / "workflows" / "drift.yml").read_text(encoding="utf-8")
)
PAGE = {"COC_PAGE_URL": "https://vendor.example.invalid/page.html"}
SERVICE = {
    "COC_BASE_URL": "https://coc.example.invalid",
    "COC_EXECUTION_ID": "EX-secret",
    "HUAWEICLOUD_OIDC_PROVIDER_URN": "urn:provider",
    "HUAWEICLOUD_OIDC_AGENCY_URN": "urn:agency",
}


class Machine:
    """Plays the commands, and keeps what was run and what was said in issues."""

    def __init__(self, folder: Path, page: int = 0, service: int = 0, said: str = "said") -> None:
        self.folder = folder
        self.codes = {"curl": 0, "doc_check": page, "conform": service}
        self.said = said
        self.ran: list[list[str]] = []
        self.bodies: list[str] = []
        self.open_issues: list[dict[str, object]] = []

    def run(self, command: list[str]) -> tuple[int, str]:
        self.ran.append(command)
        if command[0] == "gh":
            return self._gh(command)
        return next((code, self.said) for name, code in self.codes.items() if name in command)

    def _gh(self, command: list[str]) -> tuple[int, str]:
        if command[2] == "list":
            return 0, json.dumps(self.open_issues)
        self.bodies.append(Path(command[-1]).read_text(encoding="utf-8"))
        return 0, ""

    def check(self, environment: dict[str, str]) -> int:
        return check(environment, self.folder, self.run)

    @property
    def issues(self) -> list[list[str]]:
        return [
            command[2:-2] for command in self.ran if command[0] == "gh" and command[2] != "list"
        ]


@pytest.mark.parametrize("missing", [None, *ENDPOINT])
def test_what_is_not_configured_is_not_checked(tmp_path: Path, missing: str | None) -> None:
    machine = Machine(tmp_path, service=1)
    environment = {} if missing is None else {**SERVICE, missing: ""}
    assert machine.check(environment) == 0
    assert machine.ran == []


def test_runs_the_page_through_doc_check_and_the_service_through_conform(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.check(PAGE | SERVICE) == 0
    fetch, page, service = machine.ran
    assert fetch[0] == "curl"
    assert fetch[-2:] == [str(tmp_path / "page"), PAGE["COC_PAGE_URL"]]
    assert page == [sys.executable, "-m", "doc_check", str(tmp_path / "page")]
    assert Path(service[0]).name == "coc-steps"
    assert service[1:] == [
        *["conform", "--base-url", "https://coc.example.invalid", "--execution-id", "EX-secret"],
        *["--profile", "live", "--report-dir", str(tmp_path / "conform")],
    ]


@pytest.mark.parametrize("codes", [(1, 0), (0, 1), (1, 1)])
def test_opens_one_issue_when_a_check_says_no(tmp_path: Path, codes: tuple[int, int]) -> None:
    machine = Machine(tmp_path, *codes)
    assert machine.check(PAGE | SERVICE) == 0
    assert machine.issues == [["create", "--title", TITLE]]
    (body,) = machine.bodies
    assert f"## The page (exit code {codes[0]})" in body
    assert f"## The service (exit code {codes[1]})" in body


def test_comments_the_issue_that_is_open(tmp_path: Path) -> None:
    machine = Machine(tmp_path, page=1)
    machine.open_issues = [
        {"number": 3, "title": f"{TITLE}, says somebody"},
        {"number": 7, "title": TITLE},
    ]
    assert machine.check(PAGE) == 0
    assert machine.issues == [["comment", "7"]]


@pytest.mark.parametrize("code", [2, 3, 4, 5])
def test_a_check_that_could_not_judge_fails_and_opens_no_issue(tmp_path: Path, code: int) -> None:
    machine = Machine(tmp_path, service=code)
    assert machine.check(SERVICE) == 1
    assert machine.issues == []


@pytest.mark.parametrize("code", [1, 6, 22])
def test_a_page_that_cannot_be_had_fails_and_opens_no_issue(tmp_path: Path, code: int) -> None:
    machine = Machine(tmp_path)
    machine.codes["curl"] = code
    assert machine.check(PAGE) == 1
    assert [command[0] for command in machine.ran] == ["curl"]


def test_an_issue_that_cannot_be_opened_fails(tmp_path: Path) -> None:
    machine = Machine(tmp_path, page=1)
    assert (
        check(PAGE, tmp_path, lambda each: (4, "no") if each[0] == "gh" else machine.run(each)) == 1
    )


def test_the_report_has_no_secret_and_fits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = Machine(tmp_path, service=1, said=f"{' '.join(SERVICE.values())} {'x' * 70_000}")
    machine.check(SERVICE)
    (body,) = machine.bodies
    assert len(body) <= LARGEST
    for text in (body, capsys.readouterr().out):
        assert "***" in text
        assert "secret" not in text


def test_a_real_run_of_doc_check_gives_its_code(tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.write_text("nothing", encoding="utf-8")
    code, output = run_command([sys.executable, "-m", "doc_check", str(page)])
    assert code == 2
    assert "not the vendor's page" in output


def test_without_configuration_the_command_does_nothing(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in {*ENDPOINT, "COC_PAGE_URL"}}
    result = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "drift.py"), "--report-dir", str(tmp_path / "r")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "Nothing is configured, so nothing was checked.\n"


class TestWorkflow:
    JOB = WORKFLOW["jobs"]["check"]
    STEP = JOB["steps"][-1]

    def test_runs_on_a_schedule_with_no_more_rights_than_it_needs(self) -> None:
        triggers = WORKFLOW[True]
        assert set(triggers) == {"schedule", "workflow_dispatch"}
        assert WORKFLOW["permissions"] == {
            "contents": "read",
            "id-token": "write",
            "issues": "write",
        }

    def test_is_skipped_when_nothing_is_configured(self) -> None:
        assert self.JOB["if"] == "vars.COC_PAGE_URL != '' || vars.COC_BASE_URL != ''"

    def test_gives_the_tool_what_it_reads_and_keeps_secrets_secret(self) -> None:
        given = self.STEP["env"]
        assert set(given) == {"COC_PAGE_URL", *ENDPOINT, "HUAWEICLOUD_OIDC_TOKEN_FILE", "GH_TOKEN"}
        for name in SECRETS:
            expected = "github.token" if name == "GH_TOKEN" else f"secrets.{name}"
            assert given[name] == f"${{{{ {expected} }}}}"

    def test_takes_no_key_that_outlives_the_run(self) -> None:
        assert not any("HUAWEICLOUD_SDK" in name for name in self.STEP["env"])

    def test_puts_no_expression_into_a_script(self) -> None:
        scripts = [step["run"] for step in self.JOB["steps"] if "run" in step]
        assert len(scripts) == 3
        assert not any("${{" in script for script in scripts)
