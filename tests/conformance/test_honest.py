"""The honest variations serve what they promise: every step of every ticket, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from coc_steps import AuthToken, Client
from coc_steps.mock import Service, serve

from .battery import replies
from .honest import VARIATIONS, Variation
from .honest.registry import honest

if TYPE_CHECKING:
    from coc_steps.mock import MockServer

WALKED = 250
"""The longest ticket that is walked here (steps): a server may give one step a page."""

each = pytest.mark.parametrize("variation", VARIATIONS.values(), ids=VARIATIONS)


def connect(mock: MockServer) -> Client:
    return Client(base_url=mock.base_url, credentials=AuthToken(mock.token))


def ids(mock: MockServer, ticket: str) -> list[str]:
    return [step["execution_step_id"] for step in mock.steps(ticket)]


def test_there_are_enough() -> None:
    assert len(VARIATIONS) >= 20


def test_a_name_is_given_once() -> None:
    class NewestFirst(Service):
        pass

    with pytest.raises(ValueError, match="two variations are called newest-first"):
        honest("It is not.")(NewestFirst)


@each
def test_a_variation_differs(variation: Variation) -> None:
    pairs = zip(replies(variation.options), replies({}), strict=True)
    assert any(got != expected for got, expected in pairs)


@each
def test_a_walk_is_complete(variation: Variation) -> None:
    with serve(**variation.options) as mock, connect(mock) as client:
        for ticket in (name for name, count in mock.tickets.items() if count <= WALKED):
            before = ids(mock, ticket)
            walked = [step.id for step in client.iter_steps(ticket)]
            assert len(set(walked)) == len(walked)
            assert {*before} <= {*walked} <= {*ids(mock, ticket)}
