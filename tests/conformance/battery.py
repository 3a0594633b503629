"""A fixed, broad list of requests, made with full knowledge of the mock's data.

It tells mutants from the honest mock, to show that each one really differs. It is no check that
could be run against a server.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from coc_steps._huawei.signature import DATE_FORMAT, DATE_HEADER, authorization
from coc_steps.mock import Application
from vendor_example import EXECUTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.types import Message

    from conformance.servers import Options

NOW = datetime(2025, 7, 1, 13, 1, 45, tzinfo=UTC)
DEFAULT = Application(clock=NOW.timestamp)
TOKEN = {"X-Auth-Token": DEFAULT.keys.token}
# Without the ticket of 2,500 steps, which shows nothing more and takes its time to make.
TICKETS = {name: DEFAULT.store.steps(name) or [] for name in list(DEFAULT.store.counts())[:4]}
RUNNING, LARGE = list(TICKETS)[2:]

LIMITS = (1, 2, 10, 50, 1000, 2**16, 2**31 - 1)
OFFSETS = (2**31 - 1, 2**31, 2**32, 2**32 + 1, 2**63 - 1)
FILTER = "execution_step_id_list"
METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
INVALID = (
    *(f"limit={value}" for value in ("0", "-1", "abc", "5x", "1.5", "", "%2B1", "2147483648")),
    *(f"offset={value}" for value in ("-1", "-3", "abc", "1.5", "", "01", "9223372036854775808")),
    "limit=1&limit=2",
    "offset=1&offset=2",
    *(f"{FILTER}={value}" for value in ("", "%FF", "%00")),
    "unknown=1",
    "offset=2&limit=3",
)


@dataclass(frozen=True)
class Probe:
    """A request."""

    target: str
    headers: Mapping[str, str] = field(default_factory=lambda: TOKEN)
    method: str = "GET"


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def path(ticket: str) -> str:
    return f"{EXECUTIONS}/{quote(ticket, safe='')}/steps"


@cache
def battery() -> Sequence[Probe]:
    """Return the requests, in the order in which they are to be sent."""
    return [*_refused(), *_windows(), *_filters(), *_credentials()]


def _windows() -> Iterator[Probe]:
    for ticket, steps in TICKETS.items():
        count = len(steps)
        yield from [Probe(path(ticket))] * 3
        yield from (Probe(f"{path(ticket)}?limit=10&offset={offset}") for offset in OFFSETS)
        for offset in sorted({0, 1, 10, count - 1, count, count + 1} - {-1}):
            yield from (Probe(f"{path(ticket)}?limit={n}&offset={offset}") for n in LIMITS)
    yield from (Probe(f"{path(LARGE)}?limit={query}") for query in ("20", "100", "50&offset=50"))
    yield from [Probe(f"{path(LARGE)}?offset=20")] * 2


def _filters() -> Iterator[Probe]:
    for ticket in (RUNNING, LARGE):
        yield from (Probe(f"{path(ticket)}?{query}") for query in _filter_queries(_ids(ticket)))
    yield from (_filtering(RUNNING, _ids(LARGE)[:count]) for count in (1, 2))
    yield Probe(path(RUNNING))


def _filter_queries(ids: list[str]) -> Iterator[str]:
    first, last = ids[0], ids[-1]
    near = (first[:-1], first[1:], first[3:9], f"{first}x", first.lower(), f"{first[:5]}%")
    lists = ([first], [last, first], [first, first], [first, "x"], ["x"], ["é"], ["it's"], ids[:22])
    yield from (urlencode({FILTER: wanted}, doseq=True) for wanted in lists)
    yield from (urlencode({FILTER: one}) for one in (*near, f"{first[:-1]}_", f"{first},{last}"))
    for window in ("limit=1", "limit=1&offset=1", "offset=2", "limit=3&offset=9"):
        yield f"{urlencode({FILTER: ids[:22]}, doseq=True)}&{window}"


def _filtering(ticket: str, ids: list[str]) -> Probe:
    return Probe(f"{path(ticket)}?{urlencode({FILTER: ids}, doseq=True)}")


def _refused() -> Iterator[Probe]:
    yield from (Probe(f"{path(LARGE)}?{query}") for query in INVALID)
    yield from (Probe(path(LARGE), method=method) for method in METHODS)
    for ticket in ("EX0", LARGE[:-1], f"{LARGE}0", LARGE.lower(), f"{LARGE} "):
        yield Probe(path(ticket))
        yield Probe(path(ticket), headers={})
    yield Probe(f"{path(LARGE)}/")
    yield Probe(path(LARGE), method="POST", headers={})


def _credentials() -> Iterator[Probe]:
    target = f"{path(LARGE)}?limit=2"
    token, scope = DEFAULT.keys.token, {"X-Project-Id": "p"}
    accepted = _signed(target)
    yield Probe(target, accepted | {"Accept-Encoding": "gzip"})
    middle = f"{token[:200]}#{token[201:]}"
    for text in ("", "x", token[:-1] + "#", token.lower(), "y" * len(token), middle):
        yield Probe(target, {"X-Auth-Token": text})
    yield from (Probe(target, accepted | more) for more in (TOKEN, scope))
    yield from (Probe(target, _signed(target, seconds=shift)) for shift in (-1000, 1000))
    yield Probe(target, _signed(path(LARGE)))
    yield Probe(target, _signed(target, method="POST"))
    yield Probe(f"{target}&X-Auth-Token={token}", {})
    signed = accepted["Authorization"]
    yield Probe(target, accepted | {"Authorization": signed[:-64] + "0" * 64})
    yield Probe(target, accepted | {"Authorization": signed[:-64] + "0" * 32 + signed[-32:]})
    yield Probe(f"{target}&{FILTER}={_ids(LARGE)[0]}", {})
    yield Probe(target, _signed(target, access_key="A" * 20))
    yield Probe(target, {"Authorization": "Bearer x"})


def _signed(
    target: str, *, seconds: int = 0, access_key: str = "", method: str = "GET"
) -> dict[str, str]:
    date = datetime.fromtimestamp(NOW.timestamp() + seconds, UTC).strftime(DATE_FORMAT)
    signature = authorization(
        access_key=access_key or DEFAULT.keys.access_key,
        secret_key=DEFAULT.keys.secret_key,
        method=method,
        target=target,
        headers={DATE_HEADER: date},
    )
    return {DATE_HEADER: date, "Authorization": signature}


def _ids(ticket: str) -> list[str]:
    return [step["execution_step_id"] for step in TICKETS[ticket]]


def application(options: Options) -> Application:
    """Make a server with these options, on the common tickets unless they have their own."""
    common: Options = {"clock": NOW.timestamp, "tickets": TICKETS}
    return Application(**(common | options))


def replies(options: Options) -> Iterator[Reply]:
    """Send the battery to a server with these options, without a socket."""
    app = application(options)
    with asyncio.Runner() as runner:
        for probe in battery():
            yield runner.run(_reply(app, probe))


@cache
def honest_replies() -> Sequence[Reply]:
    return list(replies({}))


async def _reply(app: Application, probe: Probe) -> Reply:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(_scope(probe), receive, send)
    start, body = sent
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return Reply(start["status"], headers, body["body"])


def _scope(probe: Probe) -> dict[str, object]:
    raw_path, _, query = probe.target.encode().partition(b"?")
    return {
        "type": "http",
        "method": probe.method,
        "path": raw_path.decode(),
        "raw_path": raw_path,
        "query_string": query,
        "headers": [(k.lower().encode(), v.encode()) for k, v in probe.headers.items()],
    }
