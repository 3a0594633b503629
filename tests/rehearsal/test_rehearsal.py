"""Takes a copy of the project through each change, and holds docs/regenerating.md to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .changes import HISTORY, REHEARSALS, Rehearsal
from .project import Copy

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "docs" / "regenerating.md"
NOTHING = "nothing"
SAMPLE = "field"  # the rest takes more than a minute: `make rehearse`

pytestmark = pytest.mark.source
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not on PATH")


def table() -> dict[str, str]:
    """What the runbook says is to be written by hand, by change."""
    rows = RUNBOOK.read_text(encoding="utf-8").partition("| change | by hand |\n|---|---|\n")[2]
    cells = [line.strip("|").split("|", 1) for line in rows.splitlines()]
    return {change.strip(): by_hand.strip() for change, by_hand in cells}


def test_the_runbook_has_a_row_for_each_change_and_no_other() -> None:
    assert set(table()) == {each.row for each in REHEARSALS.values()}


def rehearse(change: Rehearsal, copy: Copy) -> None:
    copy.edit(change.before)
    if change.before:
        copy.generate()
    copy.commit()
    failures = copy.test() if change.before else ""
    copy.edit(change.after)
    said = [*copy.spec_diff(), *copy.generate()]
    failures = failures or ("" if change.before else copy.test())

    assert [words for words in change.said if not any(words in line for line in said)] == []
    assert change.noticed in failures
    needs_a_person = not table()[change.row].startswith(NOTHING)
    assert bool(failures) is bool(change.noticed) is needs_a_person
    if change.by_hand:
        copy.edit(change.by_hand)
        assert copy.test() == ""


@needs_node
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name == SAMPLE else [pytest.mark.rehearsal])
        for name in REHEARSALS
    ],
)
def test_change(name: str, tmp_path: Path) -> None:
    rehearse(REHEARSALS[name], Copy(ROOT, tmp_path / "project"))


@pytest.mark.rehearsal
@pytest.mark.parametrize("name", HISTORY)
def test_a_historical_change_ends_in_the_description_of_today(name: str, tmp_path: Path) -> None:
    copy = Copy(ROOT, tmp_path / "project")
    copy.edit(HISTORY[name].before)
    copy.edit(HISTORY[name].after)
    today = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    assert (copy.root / "openapi.yaml").read_text(encoding="utf-8") == today
