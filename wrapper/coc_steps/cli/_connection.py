"""A client for one command, bounded in time and in requests a second."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from coc_steps import Client, CocError, ConfigurationError, default_credentials
from coc_steps.cli._failures import (
    CommandError,
    Exit,
    about_credentials,
    command_error,
    ids_explained,
)
from coc_steps.cli._options import address, as_usage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from coc_steps import AkSk, AuthToken, StepPage

    Credentials = AkSk | AuthToken

PREFETCH = 4  # pages of a ticket


class Pace:
    """Spreads requests evenly over each second, whichever thread sends them."""

    def __init__(self, rate: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap = 1 / rate if rate else 0.0
        self._clock = clock
        self._lock = threading.Lock()
        self._next = clock()
        self._cancelled = threading.Event()

    def turn(self) -> float:
        """Take the next turn, and return how long to wait for it (seconds)."""
        with self._lock:
            now = self._clock()
            turn = max(self._next, now)
            self._next = turn + self._gap
        return turn - now

    def wait(self) -> None:
        """Wait until another request may be sent."""
        self._cancelled.wait(self.turn())

    def cancel(self) -> None:
        """Let nobody wait any more."""
        self._cancelled.set()


class Connection:
    """A client that ends whatever it is asked for when the time is up.

    Whoever is told of an error is told what was ``done`` before it.
    """

    def __init__(self, client: Client, pace: Pace) -> None:
        self.client = client
        self.expired = False
        self.done = ""
        self._pace = pace

    def pages(self, ticket: str, *, prefetch: int = PREFETCH, **query: Any) -> Generator[StepPage]:
        """Yield the pages of a ticket; ``query`` is what `Client.iter_steps` takes."""
        with as_usage():
            steps = self.client.iter_steps(ticket, prefetch=prefetch, **query)
        with steps, ids_explained(ticket):
            yield from steps.pages()

    def expire(self) -> None:
        """End what is going on, since the time is up."""
        self.expired = True
        self._pace.cancel()
        self.client.close()


@contextmanager
def connect(
    base_url: str | None,
    region: str | None,
    *,
    timeout: float | None = None,
    rate: float | None = None,
) -> Generator[Connection]:
    """Connect to a server, for so many seconds and with so many requests a second.

    Raises:
        click.UsageError: The address is missing or wrong, or the surroundings cannot work.
        CredentialsError: There are no credentials.
        CommandError: The time is up, or the server could not be asked, in the with block.
    """
    url, pace = address(base_url, region), Pace(rate)
    provider = credentials(pace)
    with as_usage(ConfigurationError):
        client = Client(base_url=url, credentials=provider)
    connection = Connection(client, pace)
    timer = threading.Timer(min(timeout or 0, threading.TIMEOUT_MAX), connection.expire)
    timer.daemon = True
    if timeout is not None:
        timer.start()
    try:
        yield connection
    except (CocError, RuntimeError) as error:
        if connection.expired:
            done = connection.done or "no answer yet"
            raise CommandError(f"timed out after {timeout:g} s: {done}", Exit.TIMEOUT) from error
        if isinstance(error, CocError):
            raise command_error(error, connection.done) from error
        raise
    finally:
        timer.cancel()
        pace.cancel()
        client.close()


def credentials(pace: Pace | None = None) -> Callable[[], Credentials]:
    """Find credentials; return what the client asks for them before each try, in its turn."""
    with about_credentials():
        found = default_credentials()

    def ask() -> Credentials:
        if pace:
            pace.wait()
        with about_credentials():
            return found() if callable(found) else found

    if pace is None:
        ask()  # which fails before anything is sent, if there are none
    return ask
