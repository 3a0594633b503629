"""Servers that share no line with the mock: http.server, a database behind it, habits of their own.

A habit is a switch: the honest ones are what servers of other people do and may do, the broken ones
break one promise of the page each.
"""

from __future__ import annotations

import hmac
import json
import sqlite3
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

TOKEN = "family-token-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ"
TICKETS = {"WO-2025-0001": 3, "WO-2025-0002": 37, "WO-2025-0003": 130}
_EPOCH = 1_751_000_000_000

PLAIN_HONEST = {
    "plain": "It does what the page says.",
    "capped-at-25": "A server may cap its pages.",
    "refuses-above-100": "The page states no maximum of limit.",
    "newest-first": "The order is not documented.",
    "unknown-is-404": "The page does not say how an unknown ticket is refused.",
    "other-methods-are-501": "Only GET exists.",
    "keep-alive": "Connections may stay open.",
    "unknown-is-403": "A ticket of nobody may be forbidden.",
    "nulls": "Anything may be null, as in the page's example.",
    "numeric-ids": "No form of ids is promised.",
    "zero-code": "Sibling APIs say COC.00000000 with a success.",
    "upper-case-types": "Media types have no case.",
}

PLAIN_BROKEN = {
    "offset-from-one": "offset counts what is skipped.",
    "offset-by-pages": "offset counts records, not pages.",
    "offset-ignored": "The query starts from the next data specified by offset.",
    "offset-needs-limit": "offset counts without limit, too.",
    "offset-32-bits": "offset is a Long.",
    "default-offset-one": "Without offset the query starts at 0.",
    "limit-plus-one": "limit is the number of records.",
    "limit-ignored": "limit is the number of records.",
    "limit-minus-one": "limit is the number of records.",
    "limit-10-at-least": "limit is the number of records.",
    "limit-text-ok": "limit is an Integer.",
    "negative-crashes": "What is invalid is refused.",
    "total-of-page": "total is the number of steps.",
    "total-plus-one": "total is the number of steps.",
    "total-text": "total is a Long.",
    "total-before-filter": "The total of a filtered list is that of the filter.",
    "filter-ignored": "The id array selects steps.",
    "filter-first-only": "Every id of the array counts.",
    "filter-prefix": "An id is an id, not its beginning.",
    "filter-any-case": "An id is an id, in its own case.",
    "filter-everywhere": "A ticket has its own steps.",
    "filter-drops-offset": "A filtered list is paged as well.",
    "random-order": "Windows are slices of one list.",
    "order-by-status": "Windows are slices of one list.",
    "unknown-empty": "An unknown ticket is refused.",
    "unknown-503": "An unknown ticket is refused.",
    "unknown-crashes": "An unknown ticket is refused.",
    "ticket-any-case": "An id is an id, in its own case.",
    "ticket-trimmed": "An id is an id.",
    "open": "Credentials are needed.",
    "token-prefix": "A token is valid as a whole.",
    "token-in-query": "A token is taken from its header.",
    "token-echoed": "No answer repeats the token.",
    "part-of-token-echoed": "No answer repeats the token.",
    "error-without-code": "A refusal has an error_code.",
    "error-as-html": "A refusal is JSON.",
    "sql-in-error": "A refusal is about the request.",
    "seconds": "Times are milliseconds.",
    "future": "Times have been.",
    "ends-first": "A step ends after it starts.",
    "no-status": "A step has a state.",
    "status-number": "status is a String.",
    "twice-encoded": "A message is a text.",
    "key-twice": "A key comes once.",
    "extra-key": "Keys are documented.",
    "no-request-ids": "Support asks for the request id.",
    "same-request-id": "A request id is that of one request.",
    "every-9th-crashes": "A valid request succeeds.",
    "last-lost": "All steps are listed.",
    "post-is-get": "Only GET exists.",
    "cut-off": "An answer comes whole.",
    "sorted-parameters": "The order of parameters is open.",
}


class Habits(NamedTuple):
    """What a server does in its own way, by the names above."""

    names: frozenset[str]

    def __call__(self, *names: str) -> bool:
        return bool(self.names & set(names))


class RefusedError(Exception):
    """A request is refused."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Store:
    """Steps in a database.

    Args:
        has: The habits.
    """

    def __init__(self, has: Habits) -> None:
        self._has = has
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute("CREATE TABLE step (place INTEGER, ticket TEXT, id TEXT, body TEXT)")
        for ticket, steps in TICKETS.items():
            for number in range(steps):
                self._add(ticket, number)

    def _add(self, ticket: str, number: int) -> None:
        step = make_step(ticket, number, self._has)
        row = (number, ticket, step["execution_step_id"], json.dumps(step))
        self._db.execute("INSERT INTO step VALUES (?, ?, ?, ?)", row)

    def knows(self, ticket: str) -> bool:
        equal = "lower(ticket) = lower(?)" if self._has("ticket-any-case") else "ticket = ?"
        return bool(self._rows(f"SELECT 1 FROM step WHERE {equal} LIMIT 1", [ticket]))

    def steps(self, ticket: str, ids: Sequence[str]) -> list[dict[str, Any]]:
        where, values = "lower(ticket) = lower(?)", [ticket]
        if ids and self._has("filter-everywhere"):
            where, values = "1 = 1", []
        if ids and not self._has("filter-ignored"):
            wanted = ids[:1] if self._has("filter-first-only") else list(dict.fromkeys(ids))
            where += f" AND ({' OR '.join([self._match()] * len(wanted))})"
            values += wanted
        order = "place DESC" if self._has("newest-first") else "place"
        order = "random()" if self._has("random-order") else order
        sql = f"SELECT body FROM step WHERE {where} ORDER BY {order}"
        return [json.loads(body) for (body,) in self._rows(sql, values)]

    def _match(self) -> str:
        if self._has("filter-prefix"):
            return "id LIKE replace(?, '%', '') || '%'"
        return "lower(id) = lower(?)" if self._has("filter-any-case") else "id = ?"

    def _rows(self, sql: str, values: Sequence[str]) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()


def make_step(ticket: str, number: int, has: Habits) -> dict[str, Any]:
    """Make a step."""
    start = _EPOCH + 60_000 * number
    end: int | None = start + 1_500 * (number % 7 + 1)
    if has("future"):
        start, end = start + 10**12, None
    if has("ends-first"):
        end = start - 1
    message = ["done", "restarted: 3 of 3", "失败了", ""][number % 4]
    step: dict[str, Any] = {
        "execution_step_id": f"{ticket[-4:]}{number:04}"
        if has("numeric-ids")
        else f"st-{ticket[-4:]}-{number:04}-{'aBcD'[number % 4]}",
        "action": "hwc:runbook:scripts@1.0.0",
        "name": f"step {number}",
        "start_time": start // 1000 if has("seconds") else start,
        "end_time": end,
        "status": ["Succeed", "Failed", "Succeed"][number % 3],
        "message": json.dumps(message) if has("twice-encoded") and message else message,
        "inputs": [{"key": "host", "value": f"10.0.0.{number % 250}"}],
        "outputs": [],
        "properties": {"fixed_ip": f"192.168.1.{number % 250}"},
    }
    if has("nulls"):
        step |= {"message": None, "end_time": None, "properties": None, "status": "Running"}
    if has("no-status"):
        del step["status"]
    if has("status-number"):
        step["status"] = number % 3
    if has("extra-key"):
        step["progress"] = 100
    return step


class Handler(BaseHTTPRequestHandler):
    """Answers requests."""

    protocol_version = "HTTP/1.1"
    has: Habits
    store: Store
    numbers: Iterator[int]

    def do_GET(self) -> None:
        number = next(self.numbers)
        try:
            self.check_token(number)
            self.answer(200, self.page(), number)
        except RefusedError as refused:
            self.answer(refused.status, self.refusal(refused), number)

    def do_POST(self) -> None:
        if self.has("post-is-get"):
            return self.do_GET()
        self.close_connection = True
        if self.has("other-methods-are-501"):
            return self.send_error(501)
        refused = RefusedError(405, "APIGW.0501", "Only GET exists.")
        return self.answer(405, self.refusal(refused), next(self.numbers))

    do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - the names that http.server calls

    def check_token(self, number: int) -> None:
        if self.has("every-9th-crashes") and number % 9 == 0:
            raise RefusedError(500, "APIGW.0601", "Internal error.")
        given = self.headers.get("X-Auth-Token", "")
        if self.has("token-in-query"):
            given = given or dict(self.pairs()).get("X-Auth-Token", "")
        if self.has("token-prefix") and len(given) > 20:
            given = given[:20] + TOKEN[20:]
        if not (self.has("open") or hmac.compare_digest(given.encode(), TOKEN.encode())):
            raise RefusedError(401, "APIGW.0307", "The token is not valid.")

    def pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.path).query, keep_blank_values=True)

    def page(self) -> dict[str, Any]:
        ticket = self.ticket()
        given = self.pairs()
        ids = [value for name, value in given if name == "execution_step_id_list"]
        numbers = dict(given)
        if self.has("sorted-parameters") and [name for name, _ in given][:1] == ["offset"]:
            numbers.pop("limit", None)
        limit = self.number(numbers, "limit", 2**31 - 1, 1, 10)
        offset = self.number(numbers, "offset", 2**63 - 1, 0, 0)
        if "" in ids:
            raise RefusedError(400, "COC.00010002", "An id is empty.")
        found = self.store.steps(ticket, ids)
        if self.has("last-lost"):
            found = found[:-1]
        total: Any = len(found)
        page = self.window(found, limit, offset, numbers, bool(ids))
        if self.has("order-by-status"):
            page = sorted(page, key=lambda step: str(step["status"]))
        if self.has("total-before-filter"):
            total = len(self.store.steps(ticket, []))
        total = len(page) if self.has("total-of-page") else total + self.has("total-plus-one")
        code = {"error_code": "COC.00000000", "error_msg": "success"}
        return {
            **(code if self.has("zero-code") else {}),
            "data": page,
            "total": str(total) if self.has("total-text") else total,
        }

    def ticket(self) -> str:
        parts = urlsplit(self.path).path.split("/")
        if len(parts) != 5 or parts[1:3] != ["v1", "executions"] or parts[4] != "steps":
            raise RefusedError(404, "APIGW.0101", "There is no such API.")
        ticket = unquote(parts[3])
        if self.has("ticket-trimmed"):
            ticket = ticket.strip()
        if not self.store.knows(ticket) and not self.has("unknown-empty"):
            status = 404 if self.has("unknown-is-404") else 400
            status = 403 if self.has("unknown-is-403") else status
            status = 503 if self.has("unknown-503") else status
            status = 500 if self.has("unknown-crashes") else status
            raise RefusedError(status, "COC.00042101", "There is no such ticket.")
        return ticket

    def number(self, given: dict[str, str], name: str, most: int, least: int, default: int) -> int:
        text = given.get(name)
        if text is None:
            return default
        plain = text.isascii() and text.isdigit() and len(text) < 25
        if plain and least <= int(text) <= most:
            if name == "limit" and int(text) > 100 and self.has("refuses-above-100"):
                raise RefusedError(400, "COC.00010002", "limit is at most 100.")
            return int(text)
        if text.startswith("-") and self.has("negative-crashes"):
            raise RefusedError(500, "APIGW.0601", "Internal error.")
        if name == "limit" and not plain and self.has("limit-text-ok"):
            return default
        sql = f" near SELECT * FROM step LIMIT {text}" if self.has("sql-in-error") else ""
        raise RefusedError(400, "COC.00010002", f"{name} is not valid.{sql}")

    def window(
        self, found: list[Any], limit: int, offset: int, given: dict[str, str], filtered: bool
    ) -> list[Any]:
        has = self.has
        if has("offset-from-one"):
            offset = max(offset - 1, 0)
        if has("offset-by-pages"):
            offset *= limit
        if has("offset-ignored") or (has("offset-needs-limit") and "limit" not in given):
            offset = 0
        if has("filter-drops-offset") and filtered:
            offset = 0
        if has("offset-32-bits"):
            offset %= 2**32
        if has("default-offset-one") and "offset" not in given:
            offset = 1
        limit += has("limit-plus-one") - has("limit-minus-one")
        if has("limit-ignored"):
            limit = len(found)
        if has("limit-10-at-least"):
            limit = max(limit, 10)
        if has("capped-at-25"):
            limit = min(limit, 25)
        return found[offset : offset + limit]

    def refusal(self, refused: RefusedError) -> dict[str, Any]:
        token = self.headers.get("X-Auth-Token", "")
        said = token if self.has("token-echoed") else ""
        said = token[:30] if self.has("part-of-token-echoed") else said
        body = {"error_code": refused.code, "error_msg": f"{refused.message}{said}"}
        if self.has("error-without-code"):
            del body["error_code"]
        return body

    def answer(self, status: int, content: dict[str, Any], number: int) -> None:
        body = json.dumps(content).encode()
        kind = (
            "Application/JSON;charset=UTF-8" if self.has("upper-case-types") else "application/json"
        )
        if self.has("key-twice"):
            body = body.replace(b'"total"', b'"total": 0, "total"')
        if status >= 400 and self.has("error-as-html"):
            body, kind = b"<h1>No</h1>", "text/html"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if not self.has("no-request-ids"):
            name = "7" if self.has("same-request-id") else f"req-{number:08}"
            self.send_header("X-Request-Id", name)
        if not self.has("keep-alive"):
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if self.has("cut-off") and len(body) > 5_000:
            body, self.close_connection = body[:5_000], True
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has
        """Say nothing."""


@contextmanager
def serve_plain(*names: str) -> Generator[str]:
    """Serve with some habits on a free port, until the end of the block."""
    unknown = set(names) - {*PLAIN_HONEST, *PLAIN_BROKEN}
    if unknown:
        raise ValueError(f"no such habits: {', '.join(sorted(unknown))}")
    has = Habits(frozenset(names))
    handler = type("Own", (Handler,), {"has": has, "store": Store(has), "numbers": count(1)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    worker = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    worker.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        worker.join(10)
