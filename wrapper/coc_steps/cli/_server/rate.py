"""How many requests are sent in a second."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from coc_steps import AkSk, AuthToken

    Credentials = AkSk | AuthToken


class Pace:
    """Spreads requests evenly, whichever thread sends them.

    Args:
        rate: The most requests in a second.
        clock: The time (seconds).
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap = 1 / rate
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


def paced(
    credentials: Credentials | Callable[[], Credentials], pace: Pace
) -> Callable[[], Credentials]:
    """Return credentials that wait for their turn: the client asks for them before each try."""

    def ask() -> Credentials:
        pace.wait()
        return credentials() if callable(credentials) else credentials

    return ask
