"""What a watch yields, as properties over a ticket that changes between all requests."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from coc_steps._paging.watch import MAX_INTERVAL
from hypothesis import event, given, settings
from hypothesis import strategies as st

from .model import ORDER, Edit, Simulated, Watched, run

PLACES = st.integers(0, 40)
FAULTS = st.lists(st.sampled_from([False, False, True]), max_size=40)
PAGE_SIZE = 4
"""So that short lists take many requests (steps)."""


def edits(*kinds: str) -> st.SearchStrategy[list[list[Edit]]]:
    edit = st.tuples(st.sampled_from(kinds), PLACES, PLACES)
    return st.lists(st.lists(edit, max_size=3), max_size=30)


RUNNING = edits("advance", "append", "append")
ANYTHING = edits("advance", "advance", "append", "insert", "delete", "move")


def consistent(ticket: Simulated, watched: Watched) -> None:
    """Each step appears first and once; each change begins where the one before it ended."""
    for name, changes in watched.by_step().items():
        assert (changes[0].kind, changes[0].previous_status) == ("appeared", None)
        kinds = Counter(change.kind for change in changes)
        assert kinds["appeared"] == 1
        assert kinds["finished"] <= 1
        for before, after in pairwise(changes):
            at_first_sight = before.kind == "appeared" and before.step == after.step
            assert after.previous_status == (None if at_first_sight else before.step.status)
            assert (after.kind == "finished") == after.step.is_finished
        assert in_order([change.step.status for change in changes], ticket.history[str(name)])


def in_order(seen: list[str | None], history: list[str]) -> bool:
    """Whether these statuses, each perhaps several times, come in this order."""
    places = [history.index(str(status)) for status in seen]
    return places == sorted(places)


def nothing_is_missing(ticket: Simulated, watched: Watched) -> None:
    """Every step that is there in the end has been seen to finish."""
    steps = watched.by_step()
    for name in ticket.ids:
        assert ticket.status(name) == ORDER[-1]
        assert [change.kind for change in steps[name]][-1] == "finished"
        assert steps[name][-1].step.status == ORDER[-1]


@given(st.integers(0, 30), st.integers(1, 8), RUNNING, FAULTS)
@settings(max_examples=150, deadline=None)
def test_a_running_ticket(
    size: int, cap: int, script: list[list[Edit]], faults: list[bool]
) -> None:
    ticket = Simulated(size + 1, cap=cap)
    watched = run(ticket, iter(script), faults, page_size=PAGE_SIZE)
    consistent(ticket, watched)
    nothing_is_missing(ticket, watched)


@given(st.integers(1, 30), ANYTHING, FAULTS)
@settings(max_examples=200, deadline=None)
def test_a_list_on_the_move(size: int, script: list[list[Edit]], faults: list[bool]) -> None:
    ticket = Simulated(size)
    watched = run(ticket, iter([*script, [("append", 0, 0)]]), faults, page_size=PAGE_SIZE)
    consistent(ticket, watched)
    nothing_is_missing(ticket, watched)


@settings(deadline=None)
@given(st.integers(1, 20), RUNNING, st.sampled_from([0.0, 1.0, 7.5, 60.0]))
def test_it_ends_when_nothing_new_was_seen_for_so_long(
    size: int, script: list[list[Edit]], settle: float
) -> None:
    ticket = Simulated(size)
    watched = run(ticket, iter(script), settle=settle, page_size=PAGE_SIZE)
    last_change, _ = watched.changes[-1]
    looks = 0.125 * len(ticket.requests)
    assert settle <= watched.ended - last_change <= settle + looks


@settings(deadline=None)
@given(st.integers(1, 60), RUNNING, st.sampled_from([0.5, 2.0, 40.0]))
def test_it_waits_as_long_as_the_pages_of_the_look_ask_for(
    size: int, script: list[list[Edit]], interval: float
) -> None:
    watched = run(Simulated(size), iter(script), interval=interval, page_size=PAGE_SIZE)
    for pause in watched.pauses:
        longest = min(interval * pause.pages, max(interval, MAX_INTERVAL))
        if pause.unfinished:
            assert pause.seconds == longest
        assert pause.seconds <= longest
    event(f"the longest wait: {max(pause.seconds for pause in watched.pauses)}")
