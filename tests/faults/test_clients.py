"""What one client does over several walks, or when it is left early."""

from __future__ import annotations

import threading
import time

import pytest

from . import faults
from .pages import IDS
from .scenarios import MAX_RETRIES, Place, Scenario
from .walks import WAYS, Stage, Way

pytestmark = [pytest.mark.timeout(20), pytest.mark.parametrize("way", WAYS, ids=str)]


def test_a_hundred_failures_do_not_use_up_the_pool(way: Way) -> None:
    tries, walks = MAX_RETRIES + 1, 34
    with Stage(Scenario(faults.CUT_BODY, Place.FIRST), way) as stage:
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


def test_who_stops_early_is_not_held_up_by_a_page_that_hangs(way: Way) -> None:
    threads = set(threading.enumerate())
    with Stage(Scenario(faults.HANGING_BODY, Place.LAST), way) as stage:
        started = time.monotonic()
        assert stage.walker.walk(stop_after=3).ids == IDS[:3]
        stage.close()
        # At most the tries that were in flight are waited for, and nothing is tried again.
        assert time.monotonic() - started < faults.SHORT + 2
        assert stage.script.hits <= 1
        assert stage.server.settles()
    assert set(threading.enumerate()) == threads


def test_who_stops_early_gets_no_error_of_a_later_page(way: Way) -> None:
    with Stage(Scenario(faults.REFUSED[0], Place.LAST), way) as stage:
        outcome = stage.walker.walk(stop_after=11)
        assert (outcome.ids, outcome.error) == (IDS[:11], None)


def test_steps_before_a_failing_page_come_before_the_error(way: Way) -> None:
    with Stage(Scenario(faults.MISSHAPEN[0], Place.LAST), way) as stage:
        outcome = stage.walker.walk()
        assert outcome.ids == IDS[: Place.LAST.resume]
        assert outcome.error is not None
        assert outcome.error.offset == len(outcome.ids)


def test_a_resumed_walk_that_fails_can_be_resumed_again(way: Way) -> None:
    with Stage(Scenario(faults.MISSHAPEN[0], Place.LAST), way) as stage:
        first = stage.walker.walk(offset=7)
        assert first.error is not None
        assert first.error.offset == 7 + len(first.ids) < len(IDS)
        again = stage.walker.walk(offset=first.error.offset)
        assert again.error is not None
        assert again.error.offset == first.error.offset + len(again.ids)
        stage.heal()
        rest = stage.walker.walk(offset=again.error.offset)
        assert first.ids + again.ids + rest.ids == IDS[7:]
