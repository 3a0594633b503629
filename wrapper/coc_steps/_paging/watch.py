"""Watching a ticket until it is finished: what to ask, how long to wait, when it is over. No I/O.

A shell does what `Watch.turn` says, hands each page to `take` and each error, also one that `take`
raises, to `fail`, yields the changes, and goes on until `turn` says that it is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from coc_steps.errors import (
    CocError,
    PaginationError,
    RequestTimeoutError,
    WatchTimeoutError,
)

from .snapshot import Snapshot

if TYPE_CHECKING:
    from coc_steps._steps.model import StepChange, StepPage

    from .walk import Window

MAX_TROUBLE = 300.0
"""How long a watch goes on while nothing is answered, or no look comes to its end (seconds)."""

MAX_INTERVAL = 30.0
"""The longest wait that many pages, or many failed tries, can cause (seconds)."""


class Retries(Protocol):
    """Whether and when a call is tried again; see `RetryPolicy`."""

    def wait(self, error: Exception, *, tries: int, elapsed: float) -> float | None:
        """Return how long to wait (seconds), or None where it is not tried again."""


class Ask(NamedTuple):
    """Ask for this window, once.

    Attributes:
        window: The window.
        within: How long it may take at the most (seconds), infinity if that is left to the client.
        failed: How many tries have failed since the last answer (count).
    """

    window: Window
    within: float
    failed: int


class Pause(NamedTuple):
    """Send nothing for so many seconds."""

    seconds: float


class Watch:
    """A watch over a ticket. All times are those of one monotonic clock (seconds).

    Args:
        execution_id: The ticket, as an error names it.
        interval: How long to wait between two looks; a look of n pages is followed by n intervals,
            but no more than `MAX_INTERVAL`.
        settle: How long nothing new must come before it is over.
        timeout: How long to watch at the most; None for no limit.
        first: The retries before anything was answered.
        later: Those after it.
        page_size: The limit of each request (count).
        now: When it begins.
    """

    def __init__(
        self,
        execution_id: str,
        *,
        interval: float,
        settle: float,
        timeout: float | None,
        first: Retries,
        later: Retries,
        page_size: int,
        now: float,
    ) -> None:
        self._execution_id = execution_id
        self._snapshot = Snapshot(page_size)
        self._interval = interval
        self._settle = settle
        self._timeout = float("inf") if timeout is None else timeout
        self._ends = now + self._timeout
        self._retries, self._later = first, later
        self._failed, self._since = 0, now
        self._moving: float | None = None
        self._news = now
        self._next = now
        self._over = False

    def turn(self, now: float) -> Ask | Pause | None:
        """Return what to do next; None when it is over.

        Raises:
            WatchTimeoutError: The time is up.
        """
        if self._over:
            return None
        if now >= self._ends:
            raise WatchTimeoutError(self._unfinished())
        if now < self._next:
            return Pause(min(self._next, self._ends) - now)
        if not self._failed:
            self._since = now
        return Ask(self._snapshot.window(), self._ends - now, self._failed)

    def take(self, page: StepPage, now: float) -> list[StepChange]:
        """Take an answer; return what has changed.

        Raises:
            PaginationError: The list moved too much; the next window begins another look.
        """
        self._retries, self._failed = self._later, 0
        changes = self._snapshot.take(page)
        if changes:
            self._news = now
        if not self._snapshot.looking:
            self._moving = None
            self._conclude(now)
        return changes

    def fail(self, error: CocError, now: float) -> float:
        """Take an error; return when to go on (seconds from now).

        Raises:
            WatchTimeoutError: The time is up, and ended the request.
            CocError: It will not pass, or has not for too long.
        """
        if isinstance(error, RequestTimeoutError) and now >= self._ends:
            raise WatchTimeoutError(self._unfinished()) from error
        moved = isinstance(error, PaginationError)
        wait = self._wait_for_rest(now) if moved else self._wait_for_answer(error, now)
        if wait is None:
            raise error
        self._next = now + wait
        return wait

    def _wait_for_rest(self, now: float) -> float | None:
        if self._moving is None:
            self._moving = now
        return self._interval if now - self._moving < MAX_TROUBLE else None

    def _wait_for_answer(self, error: CocError, now: float) -> float | None:
        self._failed += 1
        return self._retries.wait(error, tries=self._failed, elapsed=now - self._since)

    def _conclude(self, now: float) -> None:
        """Decide when to look again, after a look that came to its end."""
        snapshot, quiet = self._snapshot, now - self._news
        interval = min(self._interval * snapshot.pages, max(self._interval, MAX_INTERVAL))
        if snapshot.unfinished or not snapshot.listed:
            self._next = now + interval
        elif quiet < self._settle:
            self._next = now + min(interval, self._settle - quiet)
        else:
            self._over = True

    def _unfinished(self) -> str:
        left, count = len(self._snapshot.unfinished), len(self._snapshot.listed)
        state = f"{left:,} of {count:,} steps were not"
        if count and not left:
            state = f"all of its {count:,} steps were, but others may come for {self._settle:g} s"
        return (
            f"execution {self._execution_id!r} was watched for {self._timeout:g} s "
            f"and is not known to be finished; {state}"
        )
