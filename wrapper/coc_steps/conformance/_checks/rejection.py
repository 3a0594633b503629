"""What a server must refuse: tickets that nobody knows, and bad credentials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coc_steps._credentials import AuthToken
from coc_steps._responses import is_failure_code
from coc_steps._settings import INT32_MAX, INT64_MAX
from coc_steps.conformance._report.findings import Finding, Kind, broken
from coc_steps.conformance._session.probe import Window, ids_of

from .windows import near_misses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from coc_steps._credentials import Credentials
    from coc_steps.conformance._session.exchange import Exchange
    from coc_steps.conformance._session.probe import Listing, Prober

UNKNOWN_TICKETS = "unknown-tickets"
CREDENTIALS = "credentials-required"
SEPARATE_TICKETS = "separate-tickets"

INVALID_VALUES = "negative_data_rejection"
"""The check of schemathesis that looks for the same, with other values."""
MAXIMA = {"limit": INT32_MAX, "offset": INT64_MAX}

_INVALID = ("-1", "1.5", "5x", "ten", "0x10", "9223372036854775808")
_MADE_UP = "MIIcoc-steps-made-this-up"
_NOBODYS = "EX-coc-steps-conform-0000"
_STRANGE = (f"{_NOBODYS:0>200}", "不存在的工单")
_UNDECODABLE = (b"\xff", b"\0")
_TELLING = 8
"""A shorter id may stand in an answer by chance (characters)."""
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def unknown_tickets(prober: Prober, listings: Sequence[Listing]) -> Iterator[Finding]:
    """A ticket that nobody knows is refused with a code, also one that is nearly a known one."""
    known = frozenset(listing.execution_id for listing in listings)
    steps = {name for listing in listings for name in listing.ids}
    for name in [_NOBODYS, *_STRANGE, *near_misses(listings[0].execution_id, known)]:
        exchange = prober.get(name, Window(limit=10))
        ids = set(ids_of(exchange.steps)) - {None}
        # Somebody may have a ticket with nearly the same id: it has steps of its own.
        another = name != _NOBODYS and ids and not ids & steps
        if not (is_refusal(exchange) or another):
            message = f"the ticket {name} is answered {exchange.status} with {len(ids)} steps"
            yield broken(UNKNOWN_TICKETS, message, exchange)
            return
        told = sorted(other for other in known if len(other) >= _TELLING and other in exchange.text)
        if told and name == _NOBODYS:
            yield broken(UNKNOWN_TICKETS, f"the refusal of {name} names {told[0]}", exchange)


def invalid_values(prober: Prober, execution_id: str) -> Iterator[Finding]:
    """A limit or an offset that is no number of its range is refused.

    Of what may be taken or refused, another check sees whether it makes the server fail.
    """
    for name in MAXIMA:
        prober.get_with(execution_id, name, "")
        for value in _INVALID:
            kind = wrong_number(name, value)
            exchange = prober.get_with(execution_id, name, value)
            if kind and not is_refusal(exchange):
                message = f"{name}={value} is answered {exchange.status}"
                yield Finding(kind, INVALID_VALUES, f"query.{name}", message, exchange)
                break
    for text in _UNDECODABLE:
        prober.get_with(execution_id, "execution_step_id_list", text)


def wrong_number(name: str, text: str) -> Kind | None:
    """Return the class of accepting a wrong number; None if it may be accepted.

    The page gives the types, and this project the bounds. A limit of 0 is an empty page to some
    honest servers, and the default to others.
    """
    try:
        value = int(text)
    except ValueError:
        return Kind.VIOLATION if text else Kind.EXPECTATION
    return None if 0 <= value <= MAXIMA[name] else Kind.EXPECTATION


def separate_tickets(prober: Prober, listings: Sequence[Listing]) -> Iterator[Finding]:
    """No step belongs to two tickets, and none is found in another one by its id."""
    owners: dict[str, str] = {}
    for listing in listings:
        for name in listing.ids:
            owner = owners.setdefault(name, listing.execution_id)
            if owner != listing.execution_id:
                message = f"the step {name} is in {owner} and in {listing.execution_id}"
                yield broken(SEPARATE_TICKETS, message)
                return
    for one, other in pairwise([*listings, *listings[:1]]):
        ids = tuple(name for name in other.ids if name not in one.ids)[-3:]
        if not ids or one is other:
            continue
        for asked in (ids, ids[:1]):
            exchange = prober.get(one.execution_id, Window(limit=10, step_ids=asked))
            if exchange.steps:
                message = f"steps of {other.execution_id} are found in {one.execution_id}"
                yield broken(SEPARATE_TICKETS, message, exchange)
                return


def bad_credentials(
    prober: Prober, execution_id: str, credentials: Credentials
) -> Iterator[Finding]:
    """Nobody is answered without a credential, or with one that is wrong, old or another request's.

    Between any two of these a valid request is sent: real keys are locked after several failures
    in a row.
    """
    window = Window(limit=1)
    url = prober.url(execution_id, window)
    nobodys = prober.url(_NOBODYS, window)
    filtered = prober.url(execution_id, Window(limit=1, offset=1, step_ids=(_NOBODYS,)))
    bad = _bad_headers(prober, execution_id, credentials)
    asked = [(what, url, headers) for what, headers in bad]
    asked += [
        ("a stranger who asks for no ticket", nobodys, {}),
        ("a stranger who filters", filtered, {}),
    ]
    for what, address, headers in asked:
        exchange = prober.send_as(address, headers)
        if exchange.status not in _REFUSED and not exchange.is_busy:
            yield broken(CREDENTIALS, f"{what} is answered {exchange.status}", exchange)
            return
        prober.get(execution_id, window)


def is_refusal(exchange: Exchange) -> bool:
    """Return whether an answer refuses: by its status, or by a failure code in a success."""
    if exchange.is_error:
        return True
    code = (exchange.success or {}).get("error_code")
    return isinstance(code, str) and is_failure_code(code)


def _bad_headers(
    prober: Prober, execution_id: str, credentials: Credentials
) -> Iterator[tuple[str, dict[str, str]]]:
    yield "a request without credentials", {}
    yield "a made-up token", {"X-Auth-Token": _MADE_UP}
    yield "an empty token", {"X-Auth-Token": ""}
    yield "a token of SQL", {"X-Auth-Token": "' OR '1'='1"}
    yield "a bearer token", {"Authorization": f"Bearer {_MADE_UP}"}
    yield "a password", {"Authorization": "Basic bm9ib2R5OnBhc3N3b3Jk"}
    if isinstance(credentials, AuthToken):
        yield from _bad_tokens(credentials.headers()["X-Auth-Token"])
        return
    now = datetime.now(UTC)
    good = _signed(prober.url(execution_id, Window(limit=1)), credentials, now)
    for what, other in _bad_signatures(good["Authorization"]):
        yield what, good | {"Authorization": other}
    for what, ticket, window, late in (
        ("the signature of another query", execution_id, Window(limit=2), 0),
        ("a signature without the query", execution_id, Window(), 0),
        ("the signature of another ticket", f"{execution_id}0", Window(limit=1), 0),
        ("a signature of an hour ago", execution_id, Window(limit=1), -1),
        ("a signature of the next hour", execution_id, Window(limit=1), 1),
    ):
        then = now + timedelta(hours=late)
        yield what, _signed(prober.url(ticket, window), credentials, then)


def _bad_signatures(value: str) -> Iterator[tuple[str, str]]:
    head, name, signature = value.rpartition("Signature=")
    first, last = ("1" if digit == "0" else "0" for digit in (signature[0], signature[-1]))
    yield "a signature with another beginning", f"{head}{name}{first}{signature[1:]}"
    yield "a signature with another end", f"{head}{name}{signature[:-1]}{last}"
    yield "an empty signature", f"{head}{name}"
    yield "the signature of another key", value.replace("Access=", "Access=MADEUP")


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


def _signed(url: str, credentials: Credentials, now: datetime) -> dict[str, str]:
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}".removesuffix("?")
    return credentials.headers(method="GET", host=parts.netloc, target=target, now=now)


REFUSALS: dict[str, Callable[..., Iterator[Finding]]] = {
    UNKNOWN_TICKETS: unknown_tickets,
    SEPARATE_TICKETS: separate_tickets,
    CREDENTIALS: bad_credentials,
}
