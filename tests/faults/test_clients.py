"""What one client does over several walks."""

from __future__ import annotations

import pytest

from . import faults
from .pages import IDS
from .scenarios import MAX_RETRIES, Place, Scenario
from .walks import WAYS, Outcome, Stage, Way

pytestmark = [pytest.mark.timeout(20), pytest.mark.parametrize("way", WAYS, ids=str)]


@pytest.mark.parametrize("fault", [faults.CUT_BODY, faults.BROKEN_GZIP], ids=["cut", "gzip"])
def test_a_hundred_failures_leave_no_connection_behind(fault: faults.Fault, way: Way) -> None:
    tries, walks = MAX_RETRIES + 1, 34
    with Stage(Scenario(fault, Place.FIRST), way) as stage:
        for _ in range(walks):
            assert stage.walker.walk().error is not None
        assert len(stage.server.requests) == tries * walks
        assert stage.server.settles(1)
        stage.heal()
        assert stage.walker.walk().ids == IDS


def test_a_client_keeps_its_connection(way: Way) -> None:
    with Stage(Scenario(faults.HARMLESS[0], Place.EVERY), way) as stage:
        for _ in range(5):
            assert stage.walker.walk().ids == IDS
        assert stage.server.accepted <= 1 + way.prefetch


def test_steps_before_a_failing_page_come_before_the_error(way: Way) -> None:
    with Stage(Scenario(faults.MISSHAPEN[0], Place.LAST), way) as stage:
        outcome = stage.walker.walk()
        assert outcome.ids == IDS[: Place.LAST.resume]
        assert outcome.error is not None
        assert outcome.error.offset == len(outcome.ids)


def resume(outcome: Outcome) -> int:
    """Return where a walk that failed may be resumed."""
    assert outcome.error is not None
    assert outcome.error.offset is not None
    return outcome.error.offset


def test_a_resumed_walk_that_fails_can_be_resumed_again(way: Way) -> None:
    with Stage(Scenario(faults.MISSHAPEN[0], Place.LAST), way) as stage:
        first = stage.walker.walk(offset=7)
        assert resume(first) == 7 + len(first.ids) < len(IDS)
        again = stage.walker.walk(offset=resume(first))
        assert resume(again) == resume(first) + len(again.ids)
        stage.heal()
        rest = stage.walker.walk(offset=resume(again))
        assert first.ids + again.ids + rest.ids == IDS[7:]
