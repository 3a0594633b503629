"""Takes a copy of the project through each change, and holds docs/regenerating.md to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .changes import HISTORY, LIBRARY, REHEARSALS, Rehearsal, back
from .project import CONTRACT, LIBRARY_TESTS, SENT_BY, SHOW_EXECUTION, Copy

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "docs" / "regenerating.md"
NOTHING = "nothing"
HEAD = "| change | by hand | edits |\n|---|---|---|\n"

pytestmark = pytest.mark.source
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not on PATH")


def table() -> dict[str, list[str]]:
    """What the runbook says is to be written by hand, and in how many places, by change."""
    rows = RUNBOOK.read_text(encoding="utf-8").partition(HEAD)[2].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in rows]
    return {change: said for change, *said in cells}


def test_the_runbook_has_a_row_for_each_change_and_no_other() -> None:
    assert set(table()) == {each.row for each in REHEARSALS.values()}


@pytest.mark.parametrize("name", REHEARSALS)
def test_the_runbook_says_what_a_change_costs(name: str) -> None:
    change = REHEARSALS[name]
    by_hand, edits = table()[change.row]
    assert edits == ("" if change.refused else str(len(change.by_hand)))
    assert by_hand.startswith(NOTHING) is not bool(change.by_hand or change.refused)
    assert all(each.path in by_hand or each.whole for each in change.by_hand)


def rehearse(change: Rehearsal, copy: Copy) -> None:
    if change.before:  # and what people wrote then
        copy.edit([*change.before, *back(*change.by_hand)])
        copy.generate()
        # The vendor's SDK that is installed reads the fields of today.
        (copy.root / "tests" / "test_third_party.py").unlink()
        failures = copy.check()
        assert not failures, failures
    copy.commit()
    copy.edit(change.after)
    if change.refused:
        assert change.refused in copy.refusal()
        return
    said = [*copy.spec_diff(), *copy.generate()]
    assert [words for words in change.said if not any(words in line for line in said)] == []
    if change.noticed:
        assert change.noticed in copy.test()
        copy.edit(change.by_hand)
    if not change.before:
        failures = copy.types() if change.unchecked else copy.check()
        assert not failures, failures


@needs_node
@pytest.mark.rehearsal
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", REHEARSALS)
def test_change(name: str, tmp_path: Path) -> None:
    rehearse(REHEARSALS[name], Copy(ROOT, tmp_path / "project"))


@needs_node
@pytest.mark.rehearsal
def test_another_operation_is_offered_signed_and_the_contract_holds(tmp_path: Path) -> None:
    copy = Copy(ROOT, tmp_path / "project")
    copy.edit(REHEARSALS["second operation"].after)
    copy.generate()
    assert copy.python(SHOW_EXECUTION) == "200\n401\n"
    assert copy.test(CONTRACT) == ""


@pytest.mark.rehearsal
@pytest.mark.timeout(600)
def test_another_http_library(tmp_path: Path) -> None:
    """The client's requests go out by httpx2, and the tests say nothing of the change."""
    copy = Copy(ROOT, tmp_path / "project")
    copy.edit(LIBRARY)
    copy.generate()
    assert copy.python(SENT_BY) == "httpx2 httpcore2\n"
    assert copy.test(*LIBRARY_TESTS) == ""


@pytest.mark.rehearsal
@pytest.mark.parametrize("name", HISTORY)
def test_a_historical_change_ends_in_the_project_of_today(name: str, tmp_path: Path) -> None:
    change, copy = HISTORY[name], Copy(ROOT, tmp_path / "project")
    edits = [*change.after, *change.by_hand]
    today = {each.path: copy.read(each.path) for each in edits}
    copy.edit([*change.before, *back(*change.by_hand)])
    copy.edit(edits)
    assert {path: copy.read(path) for path in today} == today
