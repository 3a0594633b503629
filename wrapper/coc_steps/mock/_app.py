"""The ASGI application: the one place where the mock does I/O and keeps count."""

from __future__ import annotations

import random
import time
from collections import deque
from email.utils import formatdate
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request as WireRequest
from starlette.responses import Response

from ._auth import Gate, make_keys
from ._http import Answer, Fault, Handler, Request
from ._service import Service
from ._tickets import Store, make_store

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from starlette.types import Receive, Scope, Send

    from ._data import Step

_LOG_LENGTH = 10_000


class LoggedRequest(NamedTuple):
    """What the log keeps of a request: nothing secret."""

    method: str
    target: str
    status: int


class Application:
    """The mock as an ASGI application, to be served by `run_app`, or by any ASGI server.

    Args:
        seed: Tickets, credentials and request ids follow from it.
        live: Whether running tickets advance, by one change with each successful request for
            them; a clock would make what a walk sees depend on how fast it is.
        tickets: Execution ids with a number of steps to make, or with the steps themselves;
            None makes tickets with 0, 1, 23, 250 and 2,500 steps.
        running: The execution ids of the tickets that are still running; None means the one
            with 23 steps, or, when `tickets` are given and live, all of them.
        page_cap: The largest page, whatever limit asks for; None means no cap.
        faults: Wrap the handler of all requests, the first one outermost.
        clock: Returns the time of the server (seconds since 1970).
        service: The class that answers, for servers that misbehave.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        live: bool = False,
        tickets: Mapping[str, int | Sequence[Step]] | None = None,
        running: Collection[str] | None = None,
        page_cap: int | None = None,
        faults: Sequence[Fault] = (),
        clock: Callable[[], float] = time.time,
        service: type[Service] = Service,
    ) -> None:
        self.keys = make_keys(seed)
        self.store: Store = make_store(seed, tickets, running, live=live)
        self._clock = clock
        self._ids = random.Random(f"request ids {seed}")  # noqa: S311 - must be repeatable
        self._count = 0
        self._log: deque[LoggedRequest] = deque(maxlen=_LOG_LENGTH)
        honest: Handler = service(self.store, Gate(self.keys, clock), page_cap=page_cap).handle
        self._handler = reduce(lambda handler, fault: fault(handler), reversed(faults), honest)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {len(self.store.counts())} tickets>"

    @property
    def log(self) -> list[LoggedRequest]:
        """The last 10,000 requests, oldest first."""
        return list(self._log)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise NotImplementedError("the mock speaks HTTP only, without lifespan events")
        request = self._read(WireRequest(scope), await WireRequest(scope, receive).body())
        answer = self._handler(request)
        self._log.append(LoggedRequest(request.method, request.target, answer.status))
        await self._response(request, answer)(scope, receive, send)

    def _read(self, wire: WireRequest, body: bytes) -> Request:
        self._count += 1
        query: bytes = wire.scope["query_string"]
        target: bytes = wire.scope["raw_path"] + (b"?" + query if query else b"")
        return Request(
            number=self._count,
            id=f"{self._ids.getrandbits(128):032x}",
            method=wire.method,
            target=target.decode("latin-1"),
            headers=wire.headers,
            body=body,
        )

    def _response(self, request: Request, answer: Answer) -> Response:
        headers = {
            "Content-Type": "application/json",
            "Date": formatdate(self._clock(), usegmt=True),
            "X-Request-Id": request.id,
            **answer.headers,
        }
        sent = {name: value for name, value in headers.items() if value is not None}
        return Response(answer.body(), answer.status, sent)
