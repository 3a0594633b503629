"""Asks for windows of tickets, and reads whole tickets to compare the windows with."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import requests

from coc_steps._settings import build_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps._json import Json

    from .exchange import Exchange
    from .session import Wire

TIMEOUT = 30.0
"""How long the server may be silent (seconds)."""
PAGE_SIZE = 100
"""The page size that the vendor's own Terraform provider uses: no server refuses it.

A larger one may be refused: nothing says what the largest is.
"""
LONGEST = 3_000
"""Of a longer ticket only so many steps are read (count)."""


class Unanswered(Exception):  # noqa: N818 - a server that refuses is no error of ours
    """There was no usable success; nothing can be compared."""

    def __init__(self, message: str, exchange: Exchange | None = None) -> None:
        super().__init__(message)
        self.exchange = exchange


@dataclass(frozen=True, slots=True)
class Window:
    """What a request asks for; None leaves a parameter out."""

    limit: int | None = None
    offset: int | None = None
    step_ids: tuple[str, ...] | None = None

    def __str__(self) -> str:
        parts: list[str] = []
        if self.step_ids is not None:
            parts.append(f"{len(self.step_ids)} ids")
        parts += [f"{name} {value}" for name, value in self.numbers if value is not None]
        return ", ".join(parts) or "no parameters"

    @property
    def numbers(self) -> tuple[tuple[str, int | None], tuple[str, int | None]]:
        """The two numbers, by name."""
        return ("limit", self.limit), ("offset", self.offset)


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
        """The usable ids of the steps, in order."""
        return [found for step in self.steps if (found := step_id(step))]

    def same_as(self, other: Listing) -> bool:
        """Return whether another walk saw the same."""
        return self.keys == other.keys and self.totals == other.totals


class Prober:
    """Sends one request for one window.

    Args:
        base_url: The server.
        wire: What the requests go through.
    """

    def __init__(self, base_url: str, wire: Wire) -> None:
        self.base_url = base_url
        self.wire = wire
        self.answers: Counter[bool] = Counter()
        """How many pages that there must be came (True), or did not."""
        self.refused: list[Exchange] = []
        """What was answered to bad credentials."""
        self._session = requests.Session()
        # No .netrc, and no proxy in front of a server on the loopback.
        self._session.trust_env = False

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def url(self, execution_id: str, window: Window) -> str:
        """Return the address of a window."""
        return build_url(
            self.base_url,
            execution_id,
            limit=window.limit,
            offset=window.offset,
            step_ids=window.step_ids,
        )

    def get(self, execution_id: str, window: Window) -> Exchange:
        """Ask for a window, twice if nothing arrives.

        Raises:
            Unanswered: Nothing arrived.
            Stopped: Nothing more is sent.
        """
        return self._get(self.url(execution_id, window), str(window))

    def get_with(self, execution_id: str, name: str, value: str | bytes) -> Exchange:
        """Ask with any value of a parameter.

        Raises:
            Unanswered: Nothing arrived.
            Stopped: Nothing more is sent.
        """
        query = urlencode({name: value})
        return self._get(f"{self.url(execution_id, Window())}?{query}", query)

    def send_as(self, url: str, headers: dict[str, str]) -> Exchange:
        """Send a GET with other credentials than the valid ones.

        Raises:
            Unanswered: Nothing arrived.
        """
        sent = {"User-Agent": self.wire.agent, **headers}
        try:
            response = self._session.get(url, headers=sent, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            raise Unanswered(f"no answer to bad credentials: {type(error).__name__}") from error
        exchange = self.wire.exchange(
            response.request, response.status_code, response.headers, response.content
        )
        self.refused.append(exchange)
        return exchange

    def page(self, execution_id: str, window: Window) -> Page:
        """Ask for a window that there must be an answer to.

        Raises:
            Unanswered: It was refused, or the answer cannot be used.
            Stopped: Nothing more is sent.
        """
        exchange = self.get(execution_id, window)
        body = exchange.success
        if not page_too_large(exchange):
            self.answers[body is not None] += 1
        if body is None:
            raise Unanswered(f"{window} was answered {exchange.status}", exchange)
        data, total = body.get("data"), body.get("total")
        if data is None and total == 0:
            data = []
        if not isinstance(data, list) or not isinstance(total, int) or isinstance(total, bool):
            raise Unanswered(f"the answer to {window} has no list of steps or no total", exchange)
        return Page(data, total, exchange)

    def read(self, execution_id: str, *, page_size: int = PAGE_SIZE) -> Listing:
        """Walk a ticket as the vendor's own clients do; of a long one, only its head.

        Raises:
            Unanswered: A page did not come.
            Stopped: Nothing more is sent.
        """
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
        return Listing(execution_id, head, totals[0], frozenset(totals), complete)

    def _get(self, url: str, what: str) -> Exchange:
        try:
            return self._send(url)
        except requests.RequestException:
            pass
        try:
            return self._send(url)
        except requests.RequestException as error:
            cause = self.wire.mask(_cause(error))
            raise Unanswered(f"no answer to {what}: {cause}") from error

    def _send(self, url: str) -> Exchange:
        # The wire keeps what arrives, once, when it has been read.
        self._session.get(url, auth=self.wire, timeout=TIMEOUT, allow_redirects=False)
        return self.wire.exchanges[-1]


def _cause(error: BaseException) -> str:
    """Return what an error began with: requests wraps it several times."""
    while error.__context__ is not None:
        error = error.__context__
    return f"{type(error).__name__}: {error}"


def page_too_large(exchange: Exchange) -> bool:
    """Return whether a server may have refused a request because it asks for too many steps."""
    limit = dict(exchange.query).get("limit", "")
    large = limit.isdecimal() and int(limit) > PAGE_SIZE
    return exchange.status == HTTPStatus.BAD_REQUEST and large


def step_id(step: Json) -> str | None:
    """Return the id of a step if it has a usable one."""
    found = step.get("execution_step_id") if isinstance(step, dict) else None
    return found if isinstance(found, str) and found else None


def canonical(value: object) -> str:
    """Return a text that is equal only for equal JSON, so that 1 is neither 1.0 nor true."""
    return json.dumps(value, sort_keys=True)


def ids_of(steps: Sequence[Json]) -> list[str | None]:
    """Return the ids of steps, in order."""
    return [step_id(step) for step in steps]
