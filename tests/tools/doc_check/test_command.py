"""The command: its exit codes, and the page as it was saved."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from doc_check.__main__ import main
from vendor_example import EXECUTIONS

from .render import CHINESE, ENGLISH, FORMS, Style
from .sheet import today

ROOT = Path(__file__).parents[3]
SAVED = Path(
    os.environ.get("COC_VENDOR_PAGE", ROOT.parent / "shared" / "vendor" / "ListExecutionSteps.txt")
)


@dataclass
class Result:
    returncode: int
    stdout: str
    stderr: str


DocCheck = Callable[..., Result]


@pytest.fixture
def doc_check(capsys: pytest.CaptureFixture[str]) -> DocCheck:
    """The command, in this process."""

    def run(*arguments: str | Path) -> Result:
        openapi = ["--openapi", str(ROOT / "openapi.yaml")]
        code = main([*map(str, arguments), *openapi])
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return run


def save(folder: Path, text: str) -> Path:
    page = folder / "page"
    page.write_text(text, encoding="utf-8")
    return page


@pytest.mark.skipif(not SAVED.exists(), reason="no saved copy of the vendor's page is here")
def test_the_saved_page_gives_no_difference(doc_check: DocCheck) -> None:
    result = doc_check(SAVED)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "no differences (page read as text)\n"


@pytest.mark.skipif(not SAVED.exists(), reason="no saved copy of the vendor's page is here")
def test_the_model_that_the_tests_render_is_the_saved_page() -> None:
    saved, _, _ = SAVED.read_text(encoding="utf-8").partition("\nFeedback\n")
    assert (
        FORMS["text"](today(), ENGLISH, Style(captions=False, wide_colons=False)) == saved.strip()
    )


@pytest.mark.parametrize("form", FORMS)
def test_differences_are_lines_and_exit_code_1(
    doc_check: DocCheck, tmp_path: Path, form: str
) -> None:
    sheet = today()
    sheet.query_parameters[0].type = "Long"
    sheet.statuses.append("409")
    result = doc_check(save(tmp_path, FORMS[form](sheet, ENGLISH, Style())))
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout.splitlines() == [
        "query.limit: page says Long, openapi.yaml says int32",
        "status 409: page says listed, openapi.yaml says nothing",
        f"2 differences (page read as {form})",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it has no line such as GET /v1/..."),
        (b"<html><body><p>Sign in</p></body></html>", "it has no line such as GET /v1/..."),
        (b"GET /v1/executions/{execution_id}/steps\n", "it has no table below 'uri'"),
        (b"\xff\xfe\x00", "codec can't decode"),
        (b"{}", "it has no line such as GET /v1/..."),
    ],
)
def test_another_page_is_exit_code_2(
    doc_check: DocCheck, tmp_path: Path, content: bytes, reason: str
) -> None:
    page = tmp_path / "page"
    page.write_bytes(content)
    result = doc_check(page)
    assert (result.returncode, result.stdout) == (2, "")
    assert reason in result.stderr


def test_a_page_that_is_cut_is_exit_code_2(doc_check: DocCheck, tmp_path: Path) -> None:
    text = FORMS["text"](today(), ENGLISH, Style())
    result = doc_check(save(tmp_path, text.partition("Response Parameters")[0]))
    assert result.returncode == 2
    assert "it has no table below 'response parameters' or '响应参数'; it has no" in result.stderr


def renamed(words: dict[str, str], **others: str) -> str:
    return FORMS["markdown"](today(), {**words, **others}, Style())


def another_types() -> str:
    sheet = today()
    for row in (row for schema in sheet.responses["200"] for row in schema.rows):
        row.type = "varchar(64)"
    return FORMS["html"](sheet, ENGLISH, Style())


def another_operation() -> str:
    sheet = today()
    sheet.path = "/v1/incidents/{incident_id}/tasks"
    return FORMS["markdown"](sheet, CHINESE, Style())


@pytest.mark.parametrize(
    ("page", "missing"),
    [
        (
            renamed(ENGLISH, parameter="Field", type="Schema", code="HTTP"),
            [
                "no table below 'uri' has the columns Parameter, Type",
                "below 'response parameters' or '响应参数' has the columns Parameter, Type",
                "no table below 'status codes' or '状态码' has the columns Status Code",
            ],
        ),
        (
            renamed(CHINESE, uri="请求路径", response="返回结果", statuses="返回码"),
            ["it has no table below 'response parameters' or '响应参数'", "below 'status codes'"],
        ),
        (another_types(), ["most of its types are not those of the vendor"]),
        (
            another_operation(),
            [
                "it describes GET /v1/incidents/{incident_id}/tasks, "
                f"and openapi.yaml has GET {EXECUTIONS}/{{execution_id}}/steps"
            ],
        ),
        (
            re.sub(r"(?m)^\|.*\n", "", renamed(ENGLISH)),
            ["it has no table below 'uri'", "'response parameters'", "'status codes'"],
        ),
    ],
    ids=["columns", "headings", "types", "operation", "no tables"],
)
def test_another_layout_is_refused_with_what_is_missing(
    doc_check: DocCheck, tmp_path: Path, page: str, missing: list[str]
) -> None:
    result = doc_check(save(tmp_path, page))
    assert (result.returncode, result.stdout) == (2, "")
    assert [each for each in missing if each not in result.stderr] == []
    assert len(result.stderr.splitlines()) == 2


def test_a_file_that_is_not_there_is_exit_code_2(doc_check: DocCheck, tmp_path: Path) -> None:
    result = doc_check(tmp_path / "missing")
    assert result.returncode == 2
    assert "No such file" in result.stderr
