"""Serving: uvicorn in a thread, on a socket of the loopback that is bound before it starts."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn

from ._app import Application, LoggedRequest
from ._service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Mapping, Sequence

    from starlette.types import ASGIApp

    from ._data import Step
    from ._http import Fault

_HOST = "127.0.0.1"
_LEAVING_SECONDS = 5.0


class MockServer:
    """A mock that is being served."""

    def __init__(self, app: Application, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._base_url} {len(self.tickets)} tickets>"

    @property
    def base_url(self) -> str:
        """The address, without a slash at its end."""
        return self._base_url

    @property
    def access_key(self) -> str:
        """The access key that the mock knows."""
        return self._app.keys.access_key

    @property
    def secret_key(self) -> str:
        """The secret key that belongs to the access key."""
        return self._app.keys.secret_key

    @property
    def token(self) -> str:
        """The token that the mock accepts."""
        return self._app.keys.token

    @property
    def tickets(self) -> dict[str, int]:
        """The number of steps of each execution id; of a live one, how many there will be."""
        return self._app.store.counts()

    @property
    def requests(self) -> list[LoggedRequest]:
        """The last 10,000 requests (method, target, status), oldest first."""
        return self._app.log

    def steps(self, execution_id: str) -> list[Step]:
        """Return the steps of a ticket as the next request will see them."""
        steps = self._app.store.steps(execution_id)
        if steps is None:
            raise KeyError(execution_id)
        return [dict(step) for step in steps]

    def put(self, execution_id: str, steps: Sequence[Step]) -> None:
        """Replace the steps of a ticket, or add a ticket."""
        self._app.store.put(execution_id, steps)


@contextmanager
def serve(
    *,
    port: int = 0,
    seed: int = 0,
    live: bool = False,
    tickets: Mapping[str, int | Sequence[Step]] | None = None,
    running: Collection[str] | None = None,
    page_cap: int | None = None,
    faults: Sequence[Fault] = (),
    clock: Callable[[], float] = time.time,
    service: type[Service] = Service,
) -> Generator[MockServer, None, None]:
    """Serve a mock of the endpoint on the loopback, for as long as the block runs.

    Args:
        port: The port of 127.0.0.1; 0 takes a free one.
        seed: Tickets, credentials and request ids follow from it.
        live: Whether running tickets advance, by one change (a step starts, or ends, and new ones
            may appear) with each successful request for them.
        tickets: Execution ids with a number of steps to make, or with the steps themselves;
            None makes tickets with 0, 1, 23, 250 and 2,500 steps.
        running: The execution ids of the tickets that are still running; None means the one
            with 23 steps, or, when `tickets` are given and live, all of them.
        page_cap: The largest page, whatever limit asks for; None means no cap.
        faults: Wrap the handler of all requests, the first one outermost.
        clock: Returns the time of the server (seconds since 1970).
        service: The class that answers, for servers that misbehave.

    Raises:
        OSError: The port is taken.
        ValueError: `running` names a ticket that does not exist.
    """
    app = Application(
        seed=seed,
        live=live,
        tickets=tickets,
        running=running,
        page_cap=page_cap,
        faults=faults,
        clock=clock,
        service=service,
    )
    with run_app(app, port=port) as base_url:
        yield MockServer(app, base_url)


@contextmanager
def run_app(app: ASGIApp, *, port: int = 0) -> Generator[str, None, None]:
    """Serve any ASGI application as `serve` does, and yield its address.

    Leaving the block takes a few seconds at most: a fault that is still running is abandoned,
    with a RuntimeWarning.
    """
    listener = _listen(port)
    base_url = f"http://{_HOST}:{listener.getsockname()[1]}"
    server = _Server(_config(app))
    # A daemon, so that a block that is never left does not keep the interpreter from ending.
    thread = threading.Thread(
        target=server.work, args=(listener,), name="coc-steps-mock", daemon=True
    )
    thread.start()
    try:
        server.ready.wait()
        if not server.started:
            raise RuntimeError("the mock did not start; its thread has said why")
        yield base_url
    finally:
        server.should_exit = True
        thread.join(_LEAVING_SECONDS)
        if thread.is_alive():
            with suppress(OSError):  # not closed: the thread may still use it
                listener.shutdown(socket.SHUT_RDWR)
            message = "the mock was left while a request was being answered: a fault did not return"
            warnings.warn(message, RuntimeWarning, stacklevel=3)


def _listen(port: int) -> socket.socket:
    # Not socket.create_server: asyncio turns Nagle's delay (40 ms an answer) off only for sockets
    # that name their protocol.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        # The same whatever else is installed; Date is the application's, which has a clock.
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
    )


class _Server(uvicorn.Server):
    """A server that sets `ready` once it is up, or never will be."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    def work(self, listener: socket.socket) -> None:
        try:
            # Not run(): it calls asyncio.run, of which nest_asyncio makes one that it cannot call.
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(self.serve(sockets=[listener]))
        finally:
            # Whoever waits must not wait forever, whatever went wrong.
            self.ready.set()
            listener.close()
