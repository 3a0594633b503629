"""Asks for windows of tickets, and reads whole tickets to compare the windows with."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from coc_steps._steps.request import PageRequest, build_url

from .session import Unanswered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps._json import Json

    from .exchange import Exchange
    from .session import Session

PAGE_SIZE = 100
"""The page size that the vendor's own Terraform provider uses: no server refuses it.

A larger one may be refused: nothing says what the largest is.
"""
LONGEST = 3_000
"""Of a longer ticket only so many steps are read (count)."""
_LONGEST_ID = 1_000
"""Of an id in a URL (bytes)."""


@dataclass(frozen=True, slots=True)
class Window:
    """What a request asks for; None leaves a parameter out."""

    limit: int | None = None
    offset: int | None = None
    step_ids: tuple[str, ...] | None = None
    backwards: bool = False
    """Whether the parameters come in the other order."""

    def __str__(self) -> str:
        ids = [] if self.step_ids is None else [f"{len(self.step_ids)} ids"]
        numbers = (("limit", self.limit), ("offset", self.offset))
        parts = [*ids, *(f"{name} {value}" for name, value in numbers if value is not None)]
        return ", ".join(parts) or "no parameters"


@dataclass(frozen=True, slots=True)
class Page:
    """A usable success."""

    steps: list[Json]
    total: int
    exchange: Exchange


@dataclass(frozen=True)
class Listing:
    """A ticket as one walk saw it.

    Attributes:
        execution_id: The ticket.
        steps: Its steps; of a long one, those at its head.
        total: How many there are, by the first page (count).
        totals: All totals that the pages of the walk had.
        complete: Whether the walk went to the end.
    """

    execution_id: str
    steps: list[Json]
    total: int
    totals: frozenset[int]
    complete: bool

    @cached_property
    def keys(self) -> list[str]:
        """The steps as texts that are equal only if the steps are."""
        return [canonical(step) for step in self.steps]

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the steps that can be asked for, in order."""
        return [found for step in self.steps if (found := step_id(step)) and is_sendable(found)]

    def same_as(self, other: Listing) -> bool:
        """Return whether another walk saw the same."""
        return self.keys == other.keys and self.totals == other.totals


class Prober:
    """Asks for windows; each method raises `Unanswered` and `Stopped` as the session does."""

    def __init__(self, base_url: str, session: Session) -> None:
        self.base_url = base_url
        self.session = session
        self.history: defaultdict[str, list[Listing]] = defaultdict(list)
        """The states of each ticket, as pages of the usual size showed them."""

    def url(self, execution_id: str, window: Window) -> str:
        """Return the address of a window."""
        request = PageRequest(execution_id, window.limit, window.offset, window.step_ids)
        url = build_url(self.base_url, request)
        if not window.backwards:
            return url
        path, _, query = url.partition("?")
        return f"{path}?{'&'.join(reversed(query.split('&')))}"

    def get(self, execution_id: str, window: Window) -> Exchange:
        """Ask for a window."""
        return self.session.send(self.url(execution_id, window))

    def get_with(self, execution_id: str, *pairs: tuple[str, str | int | bytes]) -> Exchange:
        """Ask with any parameters, in this order."""
        query = urlencode(pairs, quote_via=quote, safe="~")
        url = self.url(execution_id, Window())
        return self.session.send(f"{url}{'&' if '?' in url else '?'}{query}")

    def fails_alone(self, exchange: Exchange, execution_id: str) -> bool:
        """Return whether a request meets an outage again while a ticket can be read."""
        if not exchange.is_busy or exchange.status == HTTPStatus.TOO_MANY_REQUESTS:
            return False
        sent = (self.url(execution_id, Window(limit=1)), exchange.url)
        before, again, after = (self.session.send(url) for url in (*sent, sent[0]))
        return before.success is not None and again.is_busy and after.success is not None

    def page(self, execution_id: str, window: Window) -> Page:
        """Ask for a window that there must be an answer to, and one that can be used."""
        exchange = self.get(execution_id, window)
        body = exchange.success
        if body is None:
            raise Unanswered(f"{window} was answered {exchange.status}", exchange)
        data, total = body.get("data"), body.get("total")
        if data is None and total == 0:
            data = []
        if not isinstance(data, list) or not isinstance(total, int) or isinstance(total, bool):
            raise Unanswered(f"the answer to {window} has no list of steps or no total", exchange)
        return Page(data, total, exchange)

    def read(self, execution_id: str, *, page_size: int = PAGE_SIZE) -> Listing:
        """Walk a ticket as the vendor's own clients do; of a long one, only its head."""
        steps: list[Json] = []
        totals: list[int] = []
        while not totals or len(steps) < min(totals[0], LONGEST):
            page = self.page(execution_id, Window(limit=page_size, offset=len(steps)))
            totals.append(page.total)
            steps += page.steps
            if not page.steps:
                break
        # The same head, whatever the size of the pages.
        head = steps[:LONGEST] if totals[0] > LONGEST else steps
        complete = len(steps) < LONGEST or totals[0] <= LONGEST
        listing = Listing(execution_id, head, totals[0], frozenset(totals), complete)
        if page_size == PAGE_SIZE:
            states = self.history[execution_id]
            if not states or not states[-1].same_as(listing):
                states.append(listing)
        return listing


def page_too_large(exchange: Exchange) -> bool:
    """Return whether a server may have refused a request because it asks for too many steps."""
    limit = dict(exchange.query).get("limit", "")
    large = limit.isdecimal() and int(limit) > PAGE_SIZE
    return exchange.status == HTTPStatus.BAD_REQUEST and large


def step_id(step: Json) -> str | None:
    """Return the id of a step if it has a usable one."""
    found = step.get("execution_step_id") if isinstance(step, dict) else None
    return found if isinstance(found, str) and found else None


def is_sendable(text: str) -> bool:
    """Return whether a text that came from a server can go into a URL."""
    try:
        return 0 < len(quote(text)) <= _LONGEST_ID
    except UnicodeEncodeError:
        return False


def canonical(value: object) -> str:
    """Return a text that is equal only for equal JSON, so that 1 is neither 1.0 nor true."""
    return json.dumps(value, sort_keys=True)


def ids_of(steps: Sequence[Json]) -> list[str | None]:
    """Return the ids of steps, in order."""
    return [step_id(step) for step in steps]
