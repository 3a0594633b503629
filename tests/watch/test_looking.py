"""What the looks at a ticket ask for, and what they make of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from coc_steps import PaginationError
from coc_steps._paging.snapshot import Ticket

from .model import ROOM, Simulated, page

if TYPE_CHECKING:
    from coc_steps import StepChange


def look(ticket: Ticket, server: Simulated) -> list[StepChange]:
    """Look once, whole or not, and forget the requests before."""
    server.requests.clear()
    changes = ticket.take(server.answer(ticket.request()))
    while ticket.looking:
        changes += ticket.take(server.answer(ticket.request()))
    return changes


def kinds(changes: list[StepChange]) -> list[tuple[str | None, str, str | None]]:
    return [(change.step.id, change.kind, change.previous_status) for change in changes]


def asked(server: Simulated) -> list[tuple[int, int | None]]:
    """Give how many ids and which offset each request asked for."""
    return [(len(request.step_ids or ()), request.offset) for request in server.requests]


@pytest.fixture
def server() -> Simulated:
    """A ticket of 250 steps, of which the last ten are not finished."""
    server = Simulated(250)
    for _ in range(2):
        server.advance(server.ids[:240])
    return server


@pytest.fixture
def ticket(server: Simulated) -> Ticket:
    ticket = Ticket("EX", ROOM)
    look(ticket, server)
    return ticket


def test_the_first_look_is_a_whole_one(ticket: Ticket, server: Simulated) -> None:
    assert asked(server) == [(0, 0), (0, 99), (0, 198)]
    assert ticket.complete
    assert len(ticket.listed) == 250
    assert len(ticket.unfinished) == 10


def test_a_large_ticket_is_then_asked_for_what_may_have_changed(
    ticket: Ticket, server: Simulated
) -> None:
    server.advance(["s245"])
    server.insert(250)
    assert kinds(look(ticket, server)) == [
        ("s245", "changed", "Pending"),
        ("s250", "appeared", None),
    ]
    assert asked(server) == [(10, 0), (0, 249)]
    assert not ticket.complete
    assert not ticket.doubtful
    assert len(ticket.listed) == 251


def test_a_ticket_of_two_pages_is_not_worth_it() -> None:
    server, ticket = Simulated(150), Ticket("EX", ROOM)
    for _ in range(2):
        look(ticket, server)
        assert asked(server) == [(0, 0), (0, 99)]


def test_ids_that_fill_more_than_a_url_are_asked_for_in_pieces() -> None:
    server, room = Simulated(400), 7 * len("&execution_step_id_list=s399")
    for _ in range(2):
        server.advance(server.ids[:388])
    ticket = Ticket("EX", room)
    for _ in range(2):
        look(ticket, server)
    assert asked(server) == [(7, 0), (5, 0), (0, 399)]


def test_they_are_as_many_as_one_page_holds() -> None:
    server, ticket = Simulated(1_000), Ticket("EX", ROOM)
    for _ in range(2):
        server.advance(server.ids[150:])
    for _ in range(2):
        look(ticket, server)
    assert asked(server) == [(99, 0), (51, 0), (0, 999)]


def test_a_server_with_shorter_pages_is_asked_for_fewer() -> None:
    server, ticket = Simulated(60, cap=10), Ticket("EX", ROOM)
    for _ in range(2):
        server.advance(server.ids[15:])
    for _ in range(2):
        look(ticket, server)
    assert asked(server) == [(10, 0), (5, 0), (0, 59)]


def test_an_id_that_no_url_holds(server: Simulated) -> None:
    for _ in range(2):
        server.advance(server.ids[:249])
    ticket = Ticket("EX", len("&execution_step_id_list="))
    for _ in range(2):
        look(ticket, server)
        assert asked(server) == [(0, 0), (0, 99), (0, 198)]


@pytest.mark.parametrize("edit", [("insert", 0, 0), ("delete", 3, 0), ("delete", 249, 0)])
def test_what_came_or_went_elsewhere_is_found_by_a_whole_look(
    ticket: Ticket, server: Simulated, edit: tuple[str, int, int]
) -> None:
    server.apply([edit])
    look(ticket, server)
    assert ticket.doubtful
    changes = look(ticket, server)
    assert ticket.complete
    assert len(ticket.listed) == len(server.ids)
    assert len(changes) == (edit[0] == "insert")


def test_an_unfinished_step_that_is_gone_while_another_came(
    ticket: Ticket, server: Simulated
) -> None:
    server.apply([("delete", 244, 0), ("insert", 0, 0)])
    look(ticket, server)
    assert ticket.doubtful


def statuses(*pairs: tuple[str | None, str]) -> list[dict[str, Any]]:
    return [{"execution_step_id": name, "status": status} for name, status in pairs]


def test_a_step_that_is_run_again() -> None:
    ticket = Ticket("EX", ROOM)
    seen: list[tuple[str | None, str, str | None]] = []
    for status in ("Failed", "Running", "Succeed", "Succeed"):
        seen += kinds(ticket.take(page(statuses(("a", status)), 1)))
    assert seen == [
        ("a", "appeared", None),
        ("a", "finished", None),
        ("a", "changed", "Failed"),
        ("a", "finished", "Running"),
    ]


def test_a_step_that_has_an_end_is_finished_whatever_its_status() -> None:
    ticket = Ticket("EX", ROOM)
    (step,) = statuses(("a", "Paused"))
    ticket.take(page([step], 1))
    seen = [ticket.take(page([step | {"end_time": end}], 1)) for end in (1, None, 1)]
    assert [change.kind for changes in seen for change in changes] == [
        "finished",
        "changed",
        "finished",
    ]


def test_steps_without_an_id_are_told_apart_by_their_place() -> None:
    ticket = Ticket("EX", ROOM)
    ticket.take(page(statuses((None, "Running"), ("a", "Running"), ("", "Pending")), 3))
    changes = ticket.take(page(statuses((None, "Succeed"), ("a", "Running"), ("", "Pending")), 3))
    assert kinds(changes) == [(None, "finished", "Running")]
    assert ticket.unfinished == ["a", 2]


def test_a_large_ticket_with_a_step_without_an_id_is_read_as_a_whole(server: Simulated) -> None:
    ticket = Ticket("EX", ROOM)
    server.ids[3] = ""
    server.history[""] = ["Running"]
    for _ in range(2):
        look(ticket, server)
        assert asked(server) == [(0, 0), (0, 99), (0, 198)]


def test_a_list_that_cannot_be_walked_is_begun_anew() -> None:
    ticket, full = Ticket("EX", ROOM), statuses(*((f"s{place}", "Running") for place in range(100)))
    assert len(ticket.take(page(full, 500))) == 100
    for _ in range(2):
        ticket.take(page(full, 500))
    with pytest.raises(PaginationError):
        ticket.take(page(full, 500))
    assert not ticket.looking
    assert ticket.doubtful
    assert ticket.request().offset == 0
