"""Servers that page in their own way, honest or not: the whole list, or an error, never a gap."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from coc_steps._paging.walk import Walk, Window
from coc_steps.errors import PaginationError

IDS = [f"s{number}" for number in range(23)]
Server = Callable[[Window], tuple[list[str | None], int | None]]


def honest(window: Window) -> tuple[list[str | None], int | None]:
    return list(IDS[window.offset : window.offset + window.limit]), len(IDS)


def capped(cap: int) -> Server:
    return lambda window: honest(window._replace(limit=min(cap, window.limit)))


def with_total(total: int | None) -> Server:
    return lambda window: (honest(window)[0], total)


def ignores_limit(window: Window) -> tuple[list[str | None], int | None]:
    return list(IDS[window.offset : window.offset + 10]), len(IDS)


def ignores_offset(total: int | None) -> Server:
    return lambda window: (list(IDS[: window.limit]), total)


def sticks(window: Window) -> tuple[list[str | None], int | None]:
    return honest(window._replace(offset=min(window.offset, 6)))


def drive(server: Server, page_size: int, ahead: int = 1) -> tuple[list[str | None], int]:
    walk, got, requests = Walk(page_size), list[str | None](), 0
    while not walk.done:
        requests += 1
        ids, total = server(walk.ahead(ahead)[0])
        got += [ids[place] for place in walk.take(ids, total)]
    return got, requests


@pytest.mark.parametrize("ahead", [1, 5])
@pytest.mark.parametrize("page_size", [1, 2, 3, 7, 22, 23, 24, 100])
@pytest.mark.parametrize(
    "server",
    [
        pytest.param(honest, id="honest"),
        pytest.param(capped(1), id="cap of 1"),
        pytest.param(capped(2), id="cap of 2"),
        pytest.param(capped(5), id="cap of 5"),
        pytest.param(with_total(None), id="no total"),
        pytest.param(with_total(0), id="total 0"),
        pytest.param(with_total(5), id="total too small"),
        pytest.param(with_total(22), id="total one too small"),
        pytest.param(ignores_limit, id="ignores limit"),
    ],
)
def test_the_whole_list_comes(server: Server, page_size: int, ahead: int) -> None:
    got, requests = drive(server, page_size, ahead)
    assert got == IDS
    assert requests <= 2 * len(IDS) + 2


@pytest.mark.parametrize("page_size", [1, 2, 7, 22])
@pytest.mark.parametrize(
    "server",
    [
        pytest.param(ignores_offset(23), id="ignores offset"),
        pytest.param(ignores_offset(None), id="ignores offset, no total"),
        pytest.param(with_total(24), id="total one too large"),
        pytest.param(with_total(1000), id="total too large"),
    ],
)
def test_a_server_that_cannot_be_walked_is_an_error(server: Server, page_size: int) -> None:
    with pytest.raises(PaginationError):
        drive(server, page_size)


@pytest.mark.parametrize("page_size", [2, 4, 7])
def test_a_repeated_page_is_an_error_after_few_requests(page_size: int) -> None:
    asked: list[Window] = []

    def server(window: Window) -> tuple[list[str | None], int | None]:
        asked.append(window)
        return sticks(window)

    with pytest.raises(PaginationError, match="offset"):
        drive(server, page_size)
    assert len(asked) < 15


def test_a_list_shorter_than_a_page_takes_one_request() -> None:
    assert drive(honest, 24) == (IDS, 1)
    assert drive(lambda _: ([], 0), 24) == ([], 1)


def test_steps_without_ids_come_in_one_clean_pass() -> None:
    ids: list[str | None] = [None, "", "a", None, "b", None]

    def server(window: Window) -> tuple[list[str | None], int | None]:
        return ids[window.offset : window.offset + window.limit], len(ids)

    for page_size in (1, 2, 3, 6, 7):
        got, _ = drive(server, page_size)
        assert got == ids


def test_steps_without_ids_that_move_are_an_error() -> None:
    walk = Walk(2)
    assert list(walk.take([None, None], 4)) == [0, 1]
    with pytest.raises(PaginationError, match="without an id"):
        walk.take([None, None], 5)


def test_an_id_that_comes_twice_is_never_a_silent_gap() -> None:
    ids: list[str | None] = ["a", "b", "a", "c"]
    with pytest.raises(PaginationError):
        drive(lambda w: (ids[w.offset : w.offset + w.limit], 4), 3)


def test_growth_at_the_end_needs_no_second_pass() -> None:
    ids, asked = [f"s{n}" for n in range(10)], 0

    def server(window: Window) -> tuple[list[str | None], int | None]:
        nonlocal asked
        asked += 1
        page = list[str | None](ids[window.offset : window.offset + window.limit])
        total = len(ids)
        if asked <= 2:
            ids.append(f"s{len(ids)}")
        return page, total

    got, requests = drive(server, 5)
    assert got == ids
    assert requests == 3


def test_windows_ahead_overlap_by_one_and_stop_at_the_total() -> None:
    walk = Walk(5)
    assert walk.ahead(4) == [Window(0, 5, 1)]
    walk.take(IDS[:5], 23)
    assert [window.offset for window in walk.ahead(3)] == [4, 8, 12]
    assert [window.offset for window in walk.ahead(99)] == [4, 8, 12, 16, 20]


def test_ids_with_the_same_hash_are_an_error_and_no_silent_gap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alike = {IDS[7]: IDS[16]}
    monkeypatch.setattr(
        "coc_steps._paging.evidence.hash", lambda name: hash(alike.get(name, name)), raising=False
    )
    with pytest.raises(PaginationError):
        drive(honest, page_size=5)
