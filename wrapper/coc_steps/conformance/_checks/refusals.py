"""What a server must refuse: tickets that nobody knows, invalid values, and bad credentials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from coc_steps._huawei.credentials import AuthToken
from coc_steps.conformance._catalogue import Kind
from coc_steps.conformance._policy import is_loopback
from coc_steps.conformance._report.model import Finding, broken
from coc_steps.conformance._session.probe import Window, ids_of
from coc_steps.conformance._session.session import Unanswered

from .relations import near_misses
from .requests import FILTER, MAXIMA, is_refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coc_steps._huawei.credentials import Credentials
    from coc_steps.conformance._session.probe import Listing, Prober

_INVALID: tuple[tuple[str, str | bytes], ...] = (
    *(
        (name, value)
        for value in ("-1", "1.5", "5x", "ten", "0x10", str(2**63), "")
        for name in MAXIMA
    ),
    *((FILTER, text) for text in (b"\xff", b"\0")),
)
_MADE_UP = "MIIcoc-steps-made-this-up"
_STRANGERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("a request without credentials", {}),
    ("a made-up token", {"X-Auth-Token": _MADE_UP}),
    ("an empty token", {"X-Auth-Token": ""}),
    ("a token of SQL", {"X-Auth-Token": "' OR '1'='1"}),
    ("a bearer token", {"Authorization": f"Bearer {_MADE_UP}"}),
    ("a password", {"Authorization": "Basic bm9ib2R5OnBhc3N3b3Jk"}),
)
_NOBODYS = "EX-coc-steps-conform-0000"
_STRANGE = (f"{_NOBODYS:0>200}", "不存在的工单")
_TELLING = 8
"""A shorter id may stand in an answer by chance (characters)."""
_MOST_TICKETS = 3
"""Of so many tickets the near misses are asked for (count)."""
_LONGEST_TOKEN = 6_000
"""Of a token in a URL (bytes)."""
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def unknown_tickets(prober: Prober, listings: Sequence[Listing]) -> Iterator[Finding]:
    """Yield the first unknown ticket that is not refused, and what its refusal tells of others."""
    known = frozenset(listing.execution_id for listing in listings)
    steps = {name for listing in listings for name in listing.ids}
    close = [near_misses(each.execution_id, known) for each in listings[:_MOST_TICKETS]]
    for name in dict.fromkeys([_NOBODYS, *_STRANGE, *(other for some in close for other in some)]):
        exchange = prober.get(name, Window(limit=10))
        ids = set(ids_of(exchange.steps)) - {None}
        # Somebody may have a ticket with nearly the same id: it has steps of its own.
        another = name != _NOBODYS and ids and not ids & steps
        unread = prober.fails_alone(exchange, listings[0].execution_id)
        if unread or not (is_refusal(exchange) or another):
            message = f"the ticket {name} is answered {exchange.status} with {len(ids)} steps"
            yield broken("unknown-tickets", message, exchange)
            return
        told = sorted(other for other in known if len(other) >= _TELLING and other in exchange.text)
        if told and name == _NOBODYS:
            yield broken("unknown-tickets", f"the refusal of {name} names {told[0]}", exchange)


def invalid_values(prober: Prober, execution_id: str) -> Iterator[Finding]:
    """Ask for invalid values, and yield where nothing comes: whatever comes is judged by itself."""
    for name, value in _INVALID:
        try:
            prober.get_with(execution_id, (name, value))
        except Unanswered as error:
            place, kind = f"query.{name}", Kind.EXPECTATION
            yield broken(
                "answers-arrive", str(error), kind=kind, place=place, execution_id=execution_id
            )


def separate_tickets(prober: Prober, listings: Sequence[Listing]) -> Iterator[Finding]:
    """Yield a step that is in two tickets, or is found in another one by its id."""
    owners: dict[str, str] = {}
    for listing in listings:
        for name in listing.ids:
            owner = owners.setdefault(name, listing.execution_id)
            if owner != listing.execution_id:
                message = f"the step {name} is in {owner} and in {listing.execution_id}"
                yield broken("separate-tickets", message, execution_id=owner)
                return
    for one, other in pairwise([*listings, *listings[:1]]):
        ids = tuple(name for name in other.ids if name not in one.ids)[-3:]
        if not ids or one is other:
            continue
        for asked in (ids, ids[:1]):
            exchange = prober.get(one.execution_id, Window(limit=10, step_ids=asked))
            if exchange.steps:
                message = f"steps of {other.execution_id} are found in {one.execution_id}"
                yield broken("separate-tickets", message, exchange)
                return


def bad_credentials(
    prober: Prober, execution_id: str, credentials: Credentials
) -> Iterator[Finding]:
    """Yield the first bad credentials that are not refused.

    Between any two of these a valid request is sent: real keys are locked after several failures
    in a row.
    """
    for what, url, headers in _bad_requests(prober, execution_id, credentials):
        exchange = prober.session.send(url, headers=headers)
        if exchange.status not in _REFUSED and not exchange.is_busy:
            message = f"{what} is answered {exchange.status}"
            yield broken("credentials-required", message, exchange)
            return
        prober.get(execution_id, Window(limit=1))
    if isinstance(credentials, AuthToken):
        url = prober.url(execution_id, Window(limit=1))
        yield from _token_in_query(prober, url, credentials)


def _token_in_query(prober: Prober, url: str, credentials: AuthToken) -> Iterator[Finding]:
    """Yield that a token counts where logs would keep it, which only this machine is asked."""
    token = quote(credentials.headers()["X-Auth-Token"], safe="")
    if not is_loopback(urlsplit(url).hostname or "") or len(token) > _LONGEST_TOKEN:
        return
    for name in ("X-Auth-Token", "token", "access_token"):
        exchange = prober.session.send(f"{url}&{name}={token}", headers={})
        if exchange.success is not None and not is_refusal(exchange):
            message = f"the token is taken from {name} of the query"
            yield broken("credentials-required", message, exchange)
            return


def _bad_requests(
    prober: Prober, execution_id: str, credentials: Credentials
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield what each request is, its address, and its headers."""
    window = Window(limit=1)
    url = prober.url(execution_id, window)
    if isinstance(credentials, AuthToken):
        bad = _bad_tokens(credentials.headers()["X-Auth-Token"])
    else:
        bad = _bad_signatures(url, credentials)
    for what, headers in (*_STRANGERS, *bad):
        yield what, url, headers
    yield "a stranger who asks for no ticket", prober.url(_NOBODYS, window), {}
    yield "a stranger who filters", prober.url(execution_id, Window(1, 1, (_NOBODYS,))), {}


def _bad_tokens(token: str) -> Iterator[tuple[str, dict[str, str]]]:
    half = len(token) // 2
    for what, other in (
        ("short of a character", token[:-1]),
        ("with another character", f"{token}0"),
        ("in another case", token.swapcase()),
        ("with another beginning", f"{_MADE_UP}{token[half:]}"),
        ("with another end", f"{token[:half]}{_MADE_UP}"),
        ("with another middle", f"{token[:8]}{token[8:-8].swapcase()[::-1]}{token[-8:]}"),
    ):
        if other not in ("", token):
            yield f"a token {what}", {"X-Auth-Token": other}


def _bad_signatures(url: str, credentials: Credentials) -> Iterator[tuple[str, dict[str, str]]]:
    now = datetime.now(UTC)
    good = _signed(url, credentials, now)
    value = good["Authorization"]
    head, name, signature = value.rpartition("Signature=")
    first, last = ("1" if digit == "0" else "0" for digit in (signature[0], signature[-1]))
    for what, other in (
        ("a signature with another beginning", f"{head}{name}{first}{signature[1:]}"),
        ("a signature with another end", f"{head}{name}{signature[:-1]}{last}"),
        ("an empty signature", f"{head}{name}"),
        ("the signature of another key", value.replace("Access=", "Access=MADEUP")),
    ):
        yield what, {**good, "Authorization": other}
    path, hour = url.partition("?")[0], timedelta(hours=1)
    yield "the signature of another query", _signed(f"{path}?limit=2", credentials, now)
    yield "a signature without the query", _signed(path, credentials, now)
    yield "the signature of another ticket", _signed(f"{path}0?limit=1", credentials, now)
    yield "a signature of an hour ago", _signed(url, credentials, now - hour)
    yield "a signature of the next hour", _signed(url, credentials, now + hour)
    yield "the signature of another method", _signed(url, credentials, now, method="POST")
    yield "the signature of another host", _signed(url, credentials, now, host="another.example")
    later = _signed(url, credentials, now + timedelta(seconds=2))
    yield "a signature with another date", {**later, "Authorization": value}


def _signed(
    url: str, credentials: Credentials, now: datetime, *, method: str = "GET", host: str = ""
) -> dict[str, str]:
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}".removesuffix("?")
    return credentials.headers(method=method, host=host or parts.netloc, target=target, now=now)
