"""The one way out: signs, paces, counts, waits when told to, and shows what was answered.

Probes of our own and requests made by schemathesis all leave through `Session.send`. An answer
of whoever stands in front of the service (a balancer's page, a throttle) is waited out: the
request is sent again, and only what comes then is judged. What stays so is counted as an outage.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from coc_steps._http.authentication import authenticate
from coc_steps._http.library import httpx
from coc_steps._http.surroundings import find_proxy, ssl_context
from coc_steps._steps.response import retry_after, without

from .exchange import TOKEN, Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from coc_steps._huawei.credentials import Credentials
    from coc_steps.conformance._policy import Policy

USER_AGENT = "coc-steps-conform"
_MASK = "***"
_SECRET_HEADERS = frozenset({"authorization", "x-auth-token", "x-security-token"})
_UNTOLD_HEADERS = frozenset({"host", "connection", "content-length", "accept-encoding", "accept"})
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
"""After so many tries without an answer the run ends (count)."""


class Stopped(Exception):  # noqa: N818 - the run ends, which is no error
    """Nothing more is sent."""


class Unanswered(Exception):  # noqa: N818 - a server that refuses is no error of ours
    """There was no usable success; nothing can be compared."""

    def __init__(self, message: str, exchange: Exchange | None = None) -> None:
        super().__init__(message)
        self.exchange = exchange


class Session:
    """Sends requests with the credentials that it asks for, and shows each answer to `see`."""

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
        self.refused = False
        self.outages: Counter[str] = Counter()
        """What was answered by whoever stands in front of the service, or when it was busy."""
        self.unserved = 0
        """How many requests met nothing but outages (count)."""
        self.credentials = credentials
        self.policy = policy
        self._see, self._sleep = see, sleep
        # With the proxies and certificates that `coc_steps.Client` takes.
        proxy = find_proxy(base_url)
        self._client = httpx.Client(
            verify=ssl_context(base_url, proxy), proxy=proxy.url if proxy else None, trust_env=False
        )
        self._limits = _Limits(policy, clock)
        self._secrets: set[str] = set()
        self._outages_in_a_row = 0
        self._waited = 0.0
        self._names_requests: bool | None = None
        """Whether the service gives request ids; None before its first answer."""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Exchange:
        """Send a request, again while something in front of the service answers.

        It is authenticated by the credentials, or by the headers that are given instead.

        Raises:
            Unanswered: Nothing arrived.
            Stopped: Nothing more is sent.
        """
        exchange = self._attributed(self._try(method, url, headers))
        outages = 0
        while (wait := self._wait(exchange, outages)) is not None:
            self._waited += wait
            self._sleep(wait)
            outages += 1
            exchange = self._attributed(self._try(method, url, headers))
        self.unserved += exchange.is_busy
        self._outages_in_a_row = self._outages_in_a_row + 1 if exchange.is_busy else 0
        if exchange.authorized and exchange.status == HTTPStatus.UNAUTHORIZED:
            self.refused = True
            if not self.policy.bad_credentials:
                self._limits.stopped = "the server refused the credentials"
        self._see(exchange)
        return exchange

    def mask(self, text: str) -> str:
        """Return a text without the secrets that were used so far."""
        return without(tuple(self._secrets), text)

    def _try(self, method: str, url: str, headers: Mapping[str, str] | None) -> Exchange:
        """Send a request once, or twice if nothing arrives."""
        try:
            return self._answer(method, url, headers)
        except httpx.TransportError:
            pass
        try:
            return self._answer(method, url, headers)
        except httpx.TransportError as error:
            self._limits.check(self.count)
            raise Unanswered(self.mask(f"no answer: {_cause(error)} (to {url})")) from error

    def _answer(self, method: str, url: str, headers: Mapping[str, str] | None) -> Exchange:
        self._limits.check(self.count)
        self.count += 1
        self._sleep(self._limits.pause())
        given = {"User-Agent": f"{USER_AGENT} ({self.policy.profile})", **(headers or {})}
        timeout = self._limits.timeout()
        request = self._client.build_request(method, url, headers=given, timeout=timeout)
        if headers is None:
            credentials = self.credentials()
            authenticate(request, credentials)
            self._secrets.update(credentials.secrets())
        try:
            response = self._client.send(request)
        except httpx.TransportError as error:
            self._limits.lose(error)
            raise
        except httpx.DecodingError as error:
            raise Unanswered(f"the answer cannot be decoded: {error}") from error
        finally:
            self._client.cookies.clear()
        self._limits.losses_in_a_row = 0
        return self._exchange(request, response, authorized=headers is None)

    def _wait(self, exchange: Exchange, outages: int) -> float | None:
        """Return how long to wait before the next try (seconds), or None for no next try."""
        if exchange.method != "GET" or not exchange.is_busy:
            return None
        self.outages[f"{exchange.status}{' without JSON' if exchange.foreign else ''}"] += 1
        is_hopeless = self._waited > _PATIENCE or self._outages_in_a_row >= _HOPE
        if outages + 1 == _MAX_TRIES or is_hopeless:
            return None
        asked: float | None = retry_after(exchange.headers.get("retry-after"))
        if asked is None:
            return _BACKOFF * float(2**outages)
        return asked if asked <= _MAX_WAIT else None

    def _attributed(self, exchange: Exchange) -> Exchange:
        """Tell an answer of the service from one of somebody in front of it.

        The service speaks JSON and, if it does so in some answers, names its requests.
        """
        if exchange.is_json:
            self._names_requests = self._names_requests or bool(exchange.request_id)
        unnamed = not exchange.is_json and not exchange.request_id
        if exchange.method != "GET" or not unnamed or self._names_requests is False:
            return exchange
        return replace(exchange, foreign=True)

    def _exchange(
        self, request: httpx.Request, response: httpx.Response, *, authorized: bool
    ) -> Exchange:
        """Return a request and its answer with the secrets masked."""
        sent = {name.decode(): value.decode() for name, value in request.headers.raw}
        used = {value for name, value in sent.items() if name.lower() in _SECRET_HEADERS}
        plain = (self._secrets | used) - {""}
        secrets = sorted(plain | {quote(each, safe="") for each in plain}, key=len, reverse=True)
        received = {name.lower(): value for name, value in response.headers.items()}
        text = response.content.decode("utf-8", "surrogateescape")
        masked = {name: _masked(secrets, value) for name, value in received.items()}
        leaked = [f"the header {name}" for name in received if masked[name] != received[name]]
        said = _masked(secrets, text)
        return Exchange(
            method=request.method,
            url=_masked(secrets, str(request.url)),
            sent={
                name: self._shown(name.lower(), value)
                for name, value in sent.items()
                if name.lower() not in _UNTOLD_HEADERS
            },
            status=response.status_code,
            headers=masked,
            body=said.encode("utf-8", "surrogateescape"),
            leaked=(*(["the body"] if said != text else []), *leaked),
            authorized=authorized,
        )

    def _shown(self, name: str, value: str) -> str:
        if name == "x-auth-token" and value in self._secrets:
            return TOKEN
        return _MASK if name in _SECRET_HEADERS and value else value


class _Limits:
    """When the next request may leave, and when none may."""

    def __init__(self, policy: Policy, clock: Callable[[], float]) -> None:
        self.stopped: str | None = None
        self.losses_in_a_row = 0
        self._silences = 0
        self._policy, self._clock = policy, clock
        self._begun = self._next = clock()

    def check(self, count: int) -> None:
        """Raise that nothing more is sent, after so many requests, if it is so."""
        policy = self._policy
        if self.stopped is not None:
            raise Stopped(self.stopped)
        if count >= policy.max_requests:
            raise Stopped(f"the limit of {policy.max_requests} requests was reached")
        if policy.max_seconds and self._clock() - self._begun >= policy.max_seconds:
            raise Stopped(f"the limit of {policy.max_seconds:g} seconds was reached")
        if max(self._silences, self.losses_in_a_row) >= _SILENCES:
            raise Stopped(f"{_SILENCES} requests got no answer")

    def lose(self, error: httpx.TransportError) -> None:
        """Count that nothing arrived."""
        self.losses_in_a_row += 1
        self._silences += isinstance(error, httpx.TimeoutException)

    def pause(self) -> float:
        """Return how long to wait for one's turn (seconds)."""
        now = self._clock()
        wait = max(0.0, self._next - now)
        self._next = now + wait + (1 / self._policy.rate if self._policy.rate else 0.0)
        return wait

    def timeout(self) -> float:
        """Return how long the server may be silent (seconds)."""
        policy = self._policy
        if policy.max_seconds is None:
            return policy.timeout
        return max(0.1, min(policy.timeout, self._begun + policy.max_seconds - self._clock()))


def _cause(error: BaseException) -> str:
    """Return what an error began with: it is wrapped several times."""
    while error.__context__ is not None:
        error = error.__context__
    return f"{type(error).__name__}: {error}"


def _masked(secrets: Sequence[str], text: str) -> str:
    """Return a text without secrets, and without the longer parts of them."""
    text = without(tuple(secrets), text)
    for secret in secrets:
        if len(secret) < 2 * _LEAK:
            continue
        for start in range(0, len(secret) - _LEAK + 1, _LEAK // 2):
            text = text.replace(secret[start : start + _LEAK], _MASK)
    return text
