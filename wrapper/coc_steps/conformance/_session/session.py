"""The one way out: signs, paces, counts, waits when told to, and shows what was answered.

Probes of our own and requests made by schemathesis all leave through `Session.send`. An answer
of whoever stands in front of the service (a balancer's page, a throttle) is waited out: the
request is sent again, and only what comes then is judged. What stays so is counted as an outage.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

from coc_steps._http.authentication import authenticate
from coc_steps._steps.response import retry_after, without

from .exchange import TOKEN, Exchange
from .surroundings import make_client

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from coc_steps._huawei.credentials import Credentials
    from coc_steps.conformance._policy import Policy

USER_AGENT = "coc-steps-conform"
_FASTEST = 5.0
"""How long a server may always be silent (seconds), however fast it was."""
_SLOWER = 20
"""How many times as long as its slowest answer so far."""
_MASK = "***"
_SECRET_HEADERS = frozenset({"authorization", "x-auth-token", "x-security-token"})
_KEY_AND_SIGNATURE = re.compile(r"Access=([^,]+)|Signature=([0-9a-f]+)")
_LEAK = 24
"""So many characters of a token in a row are a leak of it (count)."""
_MAX_TRIES = 5
_BACKOFF = 0.05
"""How long to wait after the first outage that does not say how long (seconds); it doubles."""
_MAX_WAIT = 30.0
"""The longest Retry-After that is honoured (seconds)."""
_PATIENCE = 120.0
"""After so much waiting in all, what is refused stays refused (seconds)."""
_HOPE = 3
"""After so many outages in a row, each tried often, the next request is tried once."""
_SILENCES = 5
"""After so many requests without an answer the run ends (count)."""


class Stopped(Exception):  # noqa: N818 - the run ends, which is no error
    """Nothing more is sent."""


class Unanswered(Exception):  # noqa: N818 - a server that refuses is no error of ours
    """There was no usable success; nothing can be compared."""

    def __init__(self, message: str, exchange: Exchange | None = None) -> None:
        super().__init__(message)
        self.exchange = exchange


class Session:
    """Sends requests, and shows each answer that is the service's.

    Args:
        base_url: The server.
        credentials: Asked for the credentials before each request.
        policy: What may be sent.
        see: Called with each exchange.
        clock: Returns a time that only grows (seconds).
        sleep: Waits (seconds).
    """

    def __init__(
        self,
        base_url: str,
        credentials: Callable[[], Credentials],
        policy: Policy,
        *,
        see: Callable[[Exchange], None] = lambda _exchange: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.count = 0
        self.stopped: str | None = None
        self.refused = False
        self.unserved = 0
        """How many requests met nothing but outages (count)."""
        self.outages: Counter[str] = Counter()
        """What was answered by whoever stands in front of the service, or when it was busy."""
        self.credentials = credentials
        self.policy = policy
        self._agent = f"{USER_AGENT} ({policy.profile})"
        self._see, self._clock, self._sleep = see, clock, sleep
        self._client = make_client(base_url)
        self._begun = self._next = clock()
        self._secrets: set[str] = set()
        self._pace = _Pace(policy.timeout)
        self._request_ids: bool | None = None
        """Whether the service names its requests; None before its first answer."""
        self._lasting: set[tuple[int, str]] = set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.count} requests>"

    @property
    def left(self) -> int:
        """How many requests may still be sent (count)."""
        return self.policy.max_requests - self.count

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Exchange:
        """Send a request, again while something in front of the service answers.

        Args:
            url: The whole address.
            method: The HTTP method.
            headers: What to authenticate with instead of the credentials.

        Raises:
            Unanswered: Nothing arrived.
            Stopped: Nothing more is sent.
        """
        outages = 0
        while True:
            exchange = self._try(method, url, headers)
            exchange = self._attributed(exchange)
            wait = self._wait(exchange, outages)
            if wait is None:
                break
            outages += 1
            self._pace.waited += wait
            self._sleep(wait)
        self._note(exchange, outages)
        self._see(exchange)
        return exchange

    def mask(self, text: str) -> str:
        """Return a text without the secrets that were used so far."""
        return without(tuple(self._secrets), text)

    def _try(self, method: str, url: str, headers: Mapping[str, str] | None) -> Exchange:
        for again in (True, False):
            self._take_turn()
            request = self._request(method, url, headers)
            begun = self._clock()
            try:
                response = self._client.send(request)
            except httpx.TransportError as error:
                if self._pace.lost(error) and again:
                    continue
                self._check_limits()
                raise Unanswered(f"no answer: {self.mask(_cause(error))}") from error
            except httpx.DecodingError as error:
                raise Unanswered(f"the answer cannot be decoded: {error}") from error
            finally:
                self._client.cookies.clear()
            self._pace.answered(self._clock() - begun)
            return self._exchange(request, response, authorized=headers is None)
        raise AssertionError

    def _request(self, method: str, url: str, headers: Mapping[str, str] | None) -> httpx.Request:
        given = {"User-Agent": self._agent, **(headers or {})}
        request = self._client.build_request(method, url, headers=given, timeout=self._timeout())
        if headers is None:
            credentials = self.credentials()
            authenticate(request, credentials)
            self._secrets.update(credentials.secrets())
        return request

    def _timeout(self) -> float:
        longest = self._pace.timeout
        if self.policy.max_seconds is None:
            return longest
        return max(0.1, min(longest, self._begun + self.policy.max_seconds - self._clock()))

    def _take_turn(self) -> None:
        self._check_limits()
        self.count += 1
        wait = self._next - self._clock()
        if wait > 0:
            self._sleep(wait)
        interval = 1 / self.policy.rate if self.policy.rate else 0.0
        self._next = max(self._next, self._clock()) + interval

    def _check_limits(self) -> None:
        seconds = self.policy.max_seconds
        if self.stopped is None and self.left <= 0:
            self.stopped = f"the limit of {self.policy.max_requests} requests was reached"
        if self.stopped is None and seconds and self._clock() - self._begun >= seconds:
            self.stopped = f"the limit of {seconds:g} seconds was reached"
        if self.stopped is None and self._pace.is_lost:
            self.stopped = f"{_SILENCES} requests got no answer"
        if self.stopped is not None:
            raise Stopped(self.stopped)

    def _wait(self, exchange: Exchange, outages: int) -> float | None:
        """Return how long to wait before the next try (seconds), or None for no next try."""
        if exchange.method != "GET" or not self._is_outage(exchange):
            return None
        self.outages[_called(exchange)] += 1
        if outages + 1 >= _MAX_TRIES or self._pace.is_hopeless():
            return None
        asked: float | None = retry_after(exchange.headers.get("retry-after"))
        if asked is None:
            return _BACKOFF * float(2**outages)
        return asked if asked <= _MAX_WAIT else None

    def _is_outage(self, exchange: Exchange) -> bool:
        if exchange.is_busy:
            return True
        return not exchange.is_json and _kind_of(exchange) not in self._lasting

    def _attributed(self, exchange: Exchange) -> Exchange:
        """Tell an answer of the service from one of somebody in front of it.

        The service speaks JSON and, if it does so in some answers, names its requests.
        """
        if exchange.is_json:
            self._request_ids = self._request_ids or bool(exchange.request_id)
        unnamed = not exchange.is_json and not exchange.request_id
        if exchange.method != "GET" or not unnamed or self._request_ids is False:
            return exchange
        return replace(exchange, foreign=True)

    def _note(self, exchange: Exchange, outages: int) -> None:
        """Take in what came in the end: an odd answer that lasts is the service's own."""
        if exchange.is_busy:
            self._pace.outages_in_a_row += 1
            self.unserved += 1
        else:
            self._pace.outages_in_a_row = 0
            if not exchange.is_json and outages:
                self._lasting.add(_kind_of(exchange))
                self.outages[_called(exchange)] -= outages + 1
        if exchange.authorized and exchange.status == HTTPStatus.UNAUTHORIZED:
            self.refused = True
            if not self.policy.bad_credentials:
                self.stopped = "the server refused the credentials"

    def _exchange(
        self, request: httpx.Request, response: httpx.Response, *, authorized: bool
    ) -> Exchange:
        """Return a request and its answer with the secrets masked."""
        plain = {*self._secrets, *_sent_secrets(request)}
        secrets = sorted(plain | {quote(each, safe="") for each in plain}, key=len, reverse=True)
        received = {name.lower(): value for name, value in response.headers.items()}
        text = response.content.decode("utf-8", "surrogateescape")
        masked = {name: _masked(secrets, value) for name, value in received.items()}
        leaked = [f"the header {name}" for name in received if masked[name] != received[name]]
        said = _masked(secrets, text)
        return Exchange(
            method=request.method,
            url=_masked(secrets, str(request.url)),
            sent=self._public(request),
            status=response.status_code,
            headers=masked,
            body=said.encode("utf-8", "surrogateescape"),
            leaked=(*(["the body"] if said != text else []), *leaked),
            authorized=authorized,
        )

    def _public(self, request: httpx.Request) -> dict[str, str]:
        hidden = ("host", "connection", "content-length", "accept-encoding", "accept")
        sent = {name.decode(): value.decode() for name, value in request.headers.raw}
        return {
            name: self._shown(name.lower(), value)
            for name, value in sent.items()
            if name.lower() not in hidden
        }

    def _shown(self, name: str, value: str) -> str:
        if name == "x-auth-token" and value in self._secrets:
            return TOKEN
        return _MASK if name in _SECRET_HEADERS and value else value


class _Pace:
    """How fast the server answers, and how often it does not."""

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self.waited = 0.0
        self.outages_in_a_row = 0
        self._silences = 0
        self._losses_in_a_row = 0
        self._slowest: float | None = None

    @property
    def timeout(self) -> float:
        """How long the next answer may take (seconds)."""
        if self._slowest is None:
            return self._longest
        return min(self._longest, max(_FASTEST, _SLOWER * self._slowest))

    @property
    def is_lost(self) -> bool:
        """Whether so many requests got no answer that no more are worth sending."""
        return max(self._silences, self._losses_in_a_row) >= _SILENCES

    def answered(self, seconds: float) -> None:
        """Take in an answer."""
        self._slowest = max(self._slowest or 0.0, seconds)
        self._losses_in_a_row = 0

    def lost(self, error: httpx.TransportError) -> bool:
        """Take in that nothing came, and return whether another try is worth its time."""
        if isinstance(error, httpx.TimeoutException):
            self._silences += 1
            return self._silences == 1
        self._losses_in_a_row += 1
        return True

    def is_hopeless(self) -> bool:
        """Return whether enough was waited for."""
        return self.waited > _PATIENCE or self.outages_in_a_row >= _HOPE


def _kind_of(exchange: Exchange) -> tuple[int, str]:
    return exchange.status, exchange.headers.get("content-type", "")


def _called(exchange: Exchange) -> str:
    return f"{exchange.status} without JSON" if exchange.foreign else str(exchange.status)


def _cause(error: BaseException) -> str:
    """Return what an error began with: it is wrapped several times."""
    while error.__context__ is not None:
        error = error.__context__
    return f"{type(error).__name__}: {error}"


def _sent_secrets(request: httpx.Request) -> list[str]:
    """Return what authenticates a request: a token, or the key and the signature."""
    signed = _KEY_AND_SIGNATURE.findall(request.headers.get("Authorization", ""))
    sent = [request.headers.get("X-Auth-Token", ""), *(part for pair in signed for part in pair)]
    return [secret for secret in sent if secret]


def _masked(secrets: Sequence[str], text: str) -> str:
    """Return a text without secrets, and without the longer parts of them."""
    text = without(tuple(secrets), text)
    for secret in secrets:
        if len(secret) < 2 * _LEAK:
            continue
        for start in range(0, len(secret) - _LEAK + 1, _LEAK // 2):
            text = text.replace(secret[start : start + _LEAK], _MASK)
    return text
