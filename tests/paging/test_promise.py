"""The paging promise, as properties over a list that is edited between requests."""

from __future__ import annotations

from itertools import repeat

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from .model import Edit, Edited, Outcome, simulate, walk

PLACES = st.integers(0, 40)
AHEAD = st.sampled_from([1, 1, 2, 4])


def edits(*kinds: str, gaps: int = 12) -> st.SearchStrategy[list[list[Edit]]]:
    edit = st.tuples(st.sampled_from(kinds), PLACES, PLACES)
    return st.lists(st.lists(edit, max_size=3), max_size=gaps)


def run(
    size: int, page_size: int, script: list[list[Edit]], verify: bool = False, ahead: int = 1
) -> Outcome:
    edited = Edited(size)
    outcome = walk(edited, iter(script), page_size=page_size, verify=verify, ahead=ahead)
    event("error" if outcome.error else "list")
    assert len(outcome.got) == len(set(outcome.got)), "a step came twice"
    if outcome.error is None:
        assert edited.stayed <= set(outcome.got), "a step was lost"
    return outcome


@given(st.integers(0, 60), st.integers(1, 20), st.booleans())
def test_a_still_list_comes_in_order_in_few_requests(size: int, page: int, verify: bool) -> None:
    edited = Edited(size)
    outcome = walk(edited, iter(()), page_size=page, verify=verify)
    assert outcome.error is None
    assert outcome.got == edited.ids
    assert outcome.resume == size
    stride = max(page - 1, 1)
    once = 1 if size < page else (size - 1) // stride + 2
    assert outcome.requests <= once * (2 if verify else 1)


@given(st.integers(0, 30), st.integers(1, 8), st.integers(0, 40), st.booleans())
def test_the_rest_comes_from_wherever_a_walk_starts(
    size: int, page: int, start: int, verify: bool
) -> None:
    edited = Edited(size)
    outcome = walk(edited, iter(()), page_size=page, start=start, verify=verify)
    assert outcome.error is None
    assert outcome.got == edited.ids[start:]
    assert outcome.resume == max(start, size)


@given(st.integers(0, 30), st.integers(2, 8), edits("insert", "delete"), AHEAD)
@settings(max_examples=400)
def test_where_the_order_is_kept_all_that_stays_comes_once(
    size: int, page: int, script: list[list[Edit]], ahead: int
) -> None:
    assert run(size, page, script, ahead=ahead).error is None


@given(st.integers(1, 40), st.integers(3, 10))
def test_an_insertion_at_the_head_between_all_requests(size: int, page: int) -> None:
    edited = Edited(size)
    endless = repeat([("insert", 0, 0)])
    outcome = walk(edited, endless, page_size=page)
    assert outcome.error is None
    assert edited.stayed <= set(outcome.got)


@given(st.integers(0, 30), st.integers(1, 8), edits("insert", "move"), AHEAD)
@settings(max_examples=400)
def test_where_nothing_is_deleted_nothing_is_lost(
    size: int, page: int, script: list[list[Edit]], ahead: int
) -> None:
    run(size, page, script, ahead=ahead)


@given(st.integers(0, 20), st.integers(1, 8), edits("insert", "delete", "move"), AHEAD)
@settings(max_examples=400)
def test_verified_nothing_is_lost_whatever_moves(
    size: int, page: int, script: list[list[Edit]], ahead: int
) -> None:
    run(size, page, script, verify=True, ahead=ahead)


@given(st.integers(1, 30), st.integers(2, 8), PLACES, PLACES, st.integers(0, 9))
def test_one_moved_step_is_no_error(size: int, page: int, at: int, to: int, when: int) -> None:
    script: list[list[Edit]] = [*([[]] * when), [("move", at, to)]]
    assert run(size, page, script).error is None


@pytest.mark.parametrize(
    ("kinds", "most", "right", "lost"),
    [
        (("insert", "delete"), 1, 1.0, 0.0),
        (("insert", "delete"), 3, 1.0, 0.0),
        (("move",), 1, 1.0, 0.0),
        (("insert", "delete", "move"), 4, 16_697 / 20_000, 319 / 20_000),
    ],
)
def test_the_rates_are_no_worse_than_the_design_asks(
    kinds: tuple[str, ...], most: int, right: float, lost: float
) -> None:
    runs = 2_000
    verdicts = simulate(kinds, most, runs=runs, gaps=60)
    assert verdicts["right"] / runs >= right
    assert verdicts["lost"] / runs <= lost
