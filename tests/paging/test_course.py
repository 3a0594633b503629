"""Which windows a walk asks for, page by page, and where exactly it gives up."""

from __future__ import annotations

from itertools import chain, count, cycle, islice, repeat
from typing import TYPE_CHECKING

import pytest
from coc_steps._paging.walk import Walk
from coc_steps.errors import PaginationError

from .model import Edited, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .model import Edit

Page = tuple[str, int | None]
"""The ids of a page, a letter each, and its total."""


def course(walk: Walk, *pages: Page) -> list[int]:
    """Return the offset of the window before the first page, and of that after each."""
    offsets = [walk.ahead(1)[0].offset]
    for ids, total in pages:
        walk.take(list(ids), total)
        offsets.append(walk.ahead(1)[0].offset)
    return offsets


def give_up(walk: Walk, pages: Iterator[tuple[Sequence[str | None], int | None]]) -> str:
    """Walk until it gives up; say after how many requests, and why."""
    for requests, (ids, total) in enumerate(pages, 1):
        try:
            walk.take(ids, total)
        except PaginationError as error:
            return f"{requests}: {error}"
        assert not walk.done
    raise AssertionError("it did not give up")


def test_a_walk_that_has_not_begun() -> None:
    walk = Walk(3, 5)
    assert (walk.done, walk.total, walk.offset) == (False, None, 5)
    assert walk.ahead(4) == [(5, 3, 1)]


def test_nothing_is_read_ahead_once_the_list_moved_or_without_a_total() -> None:
    walk = Walk(3)
    walk.take("abc", None)
    assert walk.ahead(3) == [(2, 3, 1)]
    walk.take("cde", 30)
    assert walk.ahead(3) == [(4, 3, 1), (6, 3, 1), (8, 3, 1)]
    walk.take("xef", 31)
    assert walk.ahead(3) == [(6, 3, 1)]


@pytest.mark.parametrize(
    ("page_size", "total", "offsets"),
    [
        (3, 8, [2, 4, 6]),
        (3, 7, [2, 4, 6]),  # a full last page is followed by one more
        (3, 6, [2, 4]),
        (9, 7, [2, 4]),  # a capped one is shorter than what was asked for, and may be the last
    ],
)
def test_reading_ahead_stops_where_the_total_is_reached(
    page_size: int, total: int, offsets: list[int]
) -> None:
    walk = Walk(page_size)
    walk.take("abc", total)
    assert [window.offset for window in walk.ahead(9)] == offsets


def test_the_pages_that_new_steps_take_overlap() -> None:
    walk = Walk(3)
    assert walk.pages_for(5) == 5  # nothing is known of the server's pages yet
    walk.take("abc", 20)
    assert [walk.pages_for(steps) for steps in (4, 5, 6)] == [2, 3, 3]


@pytest.mark.parametrize(
    ("pages", "offsets"),
    [
        # An anchor that left is looked for before, from where the list ends now.
        ([("abc", 20), ("cde", 20), ("efg", 20), ("xyz", 20)], [0, 2, 4, 6, 4]),
        ([("abc", 20), ("cde", 20), ("efg", 20), ("xyz", 6)], [0, 2, 4, 6, 4]),
        ([("abc", 20), ("cde", 20), ("efg", 20), ("xyz", 5)], [0, 2, 4, 6, 3]),
        ([("abc", 20), ("cde", 20), ("efg", 20), ("xyz", None)], [0, 2, 4, 6, 4]),
        ([("abc", None), ("cde", None), ("xyz", None)], [0, 2, 4, 2]),
        ([("abc", 20), ("xyz", 20)], [0, 2, 0]),
        ([("abc", 20), ("cde", 20), ("xyz", 20), ("xyz", 20)], [0, 2, 4, 2, 0]),
        # A list that moves on at a steady pace is aimed ahead of,
        ([("abc", 20), ("bcd", 21), ("cde", 22), ("efg", 23)], [0, 2, 4, 7, 10]),
        ([("abc", 20), ("bcd", 21), ("cde", 22), ("fgh", 22), ("def", 22)], [0, 2, 4, 7, 5, 7]),
        # and one that moves faster than it is read.
        ([("abcd", 20), ("abcd", 23)], [0, 3, 9]),
    ],
)
def test_the_windows_that_are_asked_for(pages: list[Page], offsets: list[int]) -> None:
    size = len(pages[0][0])
    assert course(Walk(size), *pages) == offsets


def test_where_to_resume_goes_back_with_the_walk() -> None:
    walk = Walk(3)
    offsets: list[int] = []
    for ids in ("abc", "cde", "efg", "xyz", "ijk"):
        walk.take(list(ids), 20)
        offsets.append(walk.offset)
    assert offsets == [3, 5, 7, 5, 3]


@pytest.mark.parametrize(
    ("size", "page", "verify", "requests"),
    [
        (5, 6, False, 1),
        (5, 6, True, 1),  # one page is exact in any case
        (5, 5, False, 2),
        (5, 5, True, 2),
        (6, 3, False, 3),
        (6, 3, True, 5),
        (6, 1, False, 7),
        (0, 3, True, 1),
    ],
)
def test_the_requests_that_a_still_list_takes(
    size: int, page: int, verify: bool, requests: int
) -> None:
    edited = Edited(size)
    outcome = walk(edited, iter(()), page_size=page, verify=verify)
    assert (outcome.got, outcome.requests) == (edited.ids, requests)


@pytest.mark.parametrize("total", [2, None])
def test_a_total_that_cannot_be_believed_is_no_proof(total: int | None) -> None:
    edited = Edited(6)
    outcome = walk(edited, iter(()), page_size=3, verify=True, total=lambda _: total)
    assert (outcome.got, outcome.requests) == (edited.ids, 7)


@pytest.mark.parametrize("total", [2, None])
def test_one_page_with_steps_without_ids_is_exact_also_when_verified(total: int | None) -> None:
    walk = Walk(3, verify=True)
    assert list(walk.take([None, ""], total)) == [0, 1]
    assert walk.done is (total == 2)


def test_a_page_that_comes_four_times_in_a_row_is_refused() -> None:
    assert give_up(Walk(3), repeat(("abc", 20))) == (
        "4: the same page came for 4 offsets: the server ignores the offset, or repeats a page"
    )


def test_a_page_that_comes_again_after_another_is_not() -> None:
    walk = Walk(3)
    for ids in ("abc", "abc", "abc", "acb", "acb", "acb", "abc", "cde", "cde", "cde"):
        walk.take(list(ids), 20)
    with pytest.raises(PaginationError, match="the same page came for 4 offsets"):
        walk.take(list("cde"), 20)


def test_going_back_begins_the_count_of_repeated_pages_anew() -> None:
    pages: list[Page] = [("abc", 20), ("abc", 20), ("xyz", 20), *[("abc", 20)] * 3]
    assert give_up(Walk(3), iter(pages)).startswith("6: the same page came for 4 offsets")


@pytest.mark.parametrize(
    ("size", "script", "requests", "found"),
    [
        (0, [], 2, 0),
        (4, [], 6, 4),
        (8, [], 10, 8),
        # A pass that brings something is no proof that the rest will not come.
        (4, [[], [], [], [], [("insert", 4, 0)]], 10, 5),
    ],
)
def test_a_total_that_is_not_reached_is_refused_when_the_list_was_read_again(
    size: int, script: list[list[Edit]], requests: int, found: int
) -> None:
    outcome = walk(Edited(size), iter(script), page_size=3, total=lambda _: 9)
    assert (outcome.requests, str(outcome.error)) == (
        requests,
        f"the server says that there are 9 steps, but the list ends after {found} different ones, "
        "also when it is read again",
    )


def test_sixty_pages_that_bring_nothing_are_too_many() -> None:
    known = cycle([("cba", 20), ("abc", 20)])
    assert give_up(Walk(3), chain([("abc", 20)], known)) == (
        "62: 60 pages brought nothing new: the list moves faster than it can be read"
    )


def test_going_back_over_and_over_brings_nothing_either() -> None:
    lost = islice(cycle([("xyz", 20), ("abc", 20)]), 100)
    assert give_up(Walk(3), chain([("abc", 20), ("cde", 20)], lost)).startswith(
        "63: 60 pages brought nothing new"
    )


def test_a_list_that_never_settles_is_refused_in_the_end() -> None:
    # Twelve times the two requests of the first pass, and sixty, are 84; 86 end the 43rd.
    fresh = (page for number in count() for page in (([f"s{number}"], 10**6), ((), 10**6)))
    assert give_up(Walk(3), fresh) == (
        "86: the list changed in each pass over it, 86 requests in all"
    )


@pytest.mark.parametrize(
    "pages", [[([], 9), ([None], 9)], [([None, "b"], 3), (["b"], 3)]], ids=["later", "at once"]
)
def test_steps_without_ids_are_refused_where_one_pass_is_not_enough(
    pages: list[tuple[list[str | None], int]],
) -> None:
    assert give_up(Walk(3), iter(pages)).startswith("2: the list has steps without an id")


def test_steps_without_ids_are_refused_once_the_list_moves() -> None:
    assert give_up(Walk(2), iter([([None, None], 4), ([None, None], 5)])) == (
        "2: the list has steps without an id, which cannot be told apart, and it moved while it "
        "was walked, has fewer steps than its total, or was to be verified"
    )
