"""The honest variations serve what they promise: every step of every ticket, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from coc_steps import AuthToken, Client
from coc_steps.mock import Application, Service, run_app

from .battery import application, honest_replies, replies
from .honest import VARIATIONS, Variation
from .honest.registry import honest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope, Send

each = pytest.mark.parametrize("variation", VARIATIONS.values(), ids=VARIATIONS)


class Stage:
    """An address for one server after the other, since each start takes its time."""

    app: Application
    url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    def ids(self, ticket: str) -> list[str]:
        return [step["execution_step_id"] for step in self.app.store.steps(ticket) or ()]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    stage = Stage()
    with run_app(stage) as stage.url:
        yield stage


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    # Shared, since what a client of its own costs is to read certificates that are not needed.
    with httpx.Client(trust_env=False, verify=False) as client:
        yield client


def test_there_are_enough() -> None:
    assert len(VARIATIONS) >= 20


def test_a_name_is_given_once() -> None:
    class NewestFirst(Service):
        pass

    with pytest.raises(ValueError, match="two variations are called newest-first"):
        honest("It is not.")(NewestFirst)


@each
def test_a_variation_differs(variation: Variation) -> None:
    pairs = zip(replies(variation.options), honest_replies(), strict=True)
    assert any(got != expected for got, expected in pairs)


@each
def test_a_walk_is_complete(variation: Variation, stage: Stage, http: httpx.Client) -> None:
    stage.app = application(variation.options)
    client = Client(
        base_url=stage.url, credentials=AuthToken(stage.app.keys.token), http_client=http
    )
    for ticket in stage.app.store.counts():
        before = stage.ids(ticket)
        walked = [step.id for step in client.iter_steps(ticket)]
        assert len(set(walked)) == len(walked)
        assert {*before} <= {*walked} <= {*stage.ids(ticket)}
