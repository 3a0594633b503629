"""What a server must refuse: tickets that nobody knows, and bad credentials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coc_steps._credentials import AuthToken
from coc_steps._responses import is_failure_code

from ._comparison import TRANSIENT, Mismatch
from ._generation import near_misses
from ._probe import Window, ids_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from coc_steps._credentials import Credentials

    from ._exchange import Exchange
    from ._probe import Listing, Prober

UNKNOWN_TICKETS = "unknown-tickets"
CREDENTIALS = "credentials-required"
SEPARATE_TICKETS = "separate-tickets"

_NOBODYS = "EX-coc-steps-conform-0000"
_REFUSED = frozenset({401, 403})
_FIRST_ERROR = 400
_TOO_OLD = timedelta(hours=1)


def unknown_tickets(prober: Prober, listings: Sequence[Listing]) -> Iterator[Mismatch]:
    """A ticket that nobody knows is refused with a code, also one that is nearly a known one."""
    known = frozenset(listing.execution_id for listing in listings)
    steps = {name for listing in listings for name in listing.ids}
    for name in [_NOBODYS, *(other for ticket in known for other in near_misses(ticket, known))]:
        exchange = prober.get(name, Window(limit=10))
        ids = set(ids_of(exchange.steps)) - {None}
        # Somebody may have a ticket with nearly the same id: it has steps of its own.
        another = name != _NOBODYS and ids and not ids & steps
        if not (is_refusal(exchange) or another):
            message = f"the ticket {name} is answered {exchange.status} with {len(ids)} steps"
            yield Mismatch(UNKNOWN_TICKETS, message, exchange)
            return


def separate_tickets(listings: Sequence[Listing]) -> Iterator[Mismatch]:
    """No step belongs to two tickets."""
    owners: dict[str, str] = {}
    for listing in listings:
        for name in listing.ids:
            owner = owners.setdefault(name, listing.execution_id)
            if owner != listing.execution_id:
                message = f"the step {name} is in {owner} and in {listing.execution_id}"
                yield Mismatch(SEPARATE_TICKETS, message)
                return


def bad_credentials(
    prober: Prober, execution_id: str, credentials: Credentials
) -> Iterator[Mismatch]:
    """Nobody is answered without a credential, or with one that is wrong, old or another request's.

    Between any two of these a valid request is sent: real keys are locked after several failures
    in a row.
    """
    window = Window(limit=1)
    url = prober.url(execution_id, window)
    for what, headers in _bad_headers(prober, execution_id, credentials):
        exchange = prober.send_as(url, headers)
        if exchange.status not in _REFUSED | TRANSIENT:
            yield Mismatch(CREDENTIALS, f"{what} is answered {exchange.status}", exchange)
            return
        prober.get(execution_id, window)


def is_refusal(exchange: Exchange) -> bool:
    """Tell whether an answer refuses: by its status, or by a failure code in a success."""
    if exchange.status >= _FIRST_ERROR:
        return True
    code = (exchange.success or {}).get("error_code")
    return isinstance(code, str) and is_failure_code(code)


def _bad_headers(
    prober: Prober, execution_id: str, credentials: Credentials
) -> Iterator[tuple[str, dict[str, str]]]:
    yield "a request without credentials", {}
    yield "a made-up token", {"X-Auth-Token": "coc-steps-conform"}
    if isinstance(credentials, AuthToken):
        token = credentials.headers()["X-Auth-Token"]
        for what, other in (
            ("short of a character", token[:-1]),
            ("in another case", token.swapcase()),
        ):
            if other not in ("", token):
                yield f"a token {what}", {"X-Auth-Token": other}
        return
    now = datetime.now(UTC)
    good = _signed(prober.url(execution_id, Window(limit=1)), credentials, now)
    last = "0" if good["Authorization"][-1] != "0" else "1"
    yield "a wrong signature", good | {"Authorization": good["Authorization"][:-1] + last}
    other = prober.url(execution_id, Window(limit=2))
    yield "the signature of another query", _signed(other, credentials, now)
    other = prober.url(f"{execution_id}0", Window(limit=1))
    yield "the signature of another ticket", _signed(other, credentials, now)
    old = _signed(prober.url(execution_id, Window(limit=1)), credentials, now - _TOO_OLD)
    yield "a signature of an hour ago", old


def _signed(url: str, credentials: Credentials, now: datetime) -> dict[str, str]:
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}"
    return credentials.headers(method="GET", host=parts.netloc, target=target, now=now)


REFUSALS: dict[str, Callable[..., Iterator[Mismatch]]] = {
    UNKNOWN_TICKETS: unknown_tickets,
    SEPARATE_TICKETS: separate_tickets,
    CREDENTIALS: bad_credentials,
}
