"""Watching a ticket until it is finished: what to ask, how long to wait, when it is over. No I/O.

A shell does what `Watch.turn` says, hands each answer to `take` and each error to `fail`, yields
the changes, and goes on until `turn` says that it is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coc_steps._client.base import logger
from coc_steps._http.retry import is_retryable
from coc_steps.errors import ApiError, BadRequestError, CocError, PaginationError, WatchTimeoutError

if TYPE_CHECKING:
    from coc_steps._client.base import PageRequest
    from coc_steps._steps.model import StepChange, StepPage

    from .snapshot import Ticket

MAX_TROUBLE = 300.0
"""How long a watch goes on while nothing is answered, or no look comes to its end (seconds)."""

FIRST_BACKOFF = 0.5
MAX_BACKOFF = 30.0


class Ask(NamedTuple):
    """Send this request, once.

    Attributes:
        request: The request.
        within: How long it may take at the most (seconds), infinity if that is left to the client.
    """

    request: PageRequest
    within: float


class Pause(NamedTuple):
    """Send nothing for so many seconds."""

    seconds: float


class Watch:
    """A watch over a ticket. All times are those of one monotonic clock (seconds).

    Args:
        ticket: The ticket.
        interval: How long to wait between two looks (seconds).
        settle: How long nothing new must come before it is over (seconds).
        timeout: How long to watch at the most (seconds); None for no limit.
        max_retries: How often to try again before anything was answered (count).
        now: When it begins.
    """

    def __init__(
        self,
        ticket: Ticket,
        *,
        interval: float,
        settle: float,
        timeout: float | None,
        max_retries: int,
        now: float,
    ) -> None:
        self._ticket = ticket
        self._interval = interval
        self._settle = settle
        self._timeout = float("inf") if timeout is None else timeout
        self._ends = now + self._timeout
        self._max_retries = max_retries
        self._answered = False
        self._outage = _Trouble()
        self._movement = _Trouble()
        self._news = now
        self._next = now
        self._over = False

    def turn(self, now: float) -> Ask | Pause | None:
        """Say what to do next; None when it is over.

        Raises:
            WatchTimeoutError: The time is up.
        """
        if self._over:
            return None
        if now >= self._ends:
            raise WatchTimeoutError(self._unfinished())
        if now < self._next:
            return Pause(min(self._next, self._ends) - now)
        return Ask(self._ticket.request(), self._ends - now)

    def take(self, page: StepPage, now: float) -> list[StepChange]:
        """Take an answer; give what has changed.

        Raises:
            PaginationError: The list has moved for too long.
        """
        self._answered = True
        self._outage.end()
        try:
            changes = self._ticket.take(page)
        except PaginationError as error:
            self._go_on(error, now, self._movement.note(error, now))
            return []
        if changes:
            self._news = now
        if not self._ticket.looking:
            self._movement.end()
            self._conclude(now)
        return changes

    def fail(self, error: CocError, now: float) -> None:
        """Take an error in the place of an answer.

        Raises:
            CocError: It will not pass, or has not for too long.
        """
        hopeless = not self._answered and self._outage.count == self._max_retries
        if hopeless or not is_retryable(error):
            # How many ids a server takes is not known; one that refuses them is asked for all.
            if isinstance(error, BadRequestError) and self._ticket.give_up_parts():
                return
            raise error
        asked = error.retry_after if isinstance(error, ApiError) else None
        self._go_on(error, now, max(self._outage.note(error, now), asked or 0.0))

    def _go_on(self, error: CocError, now: float, wait: float) -> None:
        logger.warning("%s; the watch goes on in %.1f s", error, wait)
        self._next = now + wait

    def _conclude(self, now: float) -> None:
        """Say when to look again, after a look that came to its end."""
        ticket, quiet = self._ticket, now - self._news
        if ticket.doubtful:
            self._next = now
        elif ticket.unfinished or not ticket.listed:
            self._next = now + self._interval
        elif quiet < self._settle:
            self._next = now + min(self._interval, self._settle - quiet)
        elif ticket.complete:
            self._over = True
        else:
            ticket.look_anew()
            self._next = now

    def _unfinished(self) -> str:
        left, count = len(self._ticket.unfinished), len(self._ticket.listed)
        state = f"{left:,} of {count:,} steps were not"
        if count and not left:
            state = f"all of its {count:,} steps were, but others may come for {self._settle:g} s"
        return (
            f"execution {self._ticket.execution_id!r} was watched for {self._timeout:g} s "
            f"and is not known to be finished; {state}"
        )


class _Trouble:
    """Something that goes wrong again and again: since when, and when to try again."""

    def __init__(self) -> None:
        self.count = 0
        self._since = 0.0

    def note(self, error: CocError, now: float) -> float:
        """Give how long to wait (seconds), or raise the error if it has lasted too long."""
        if not self.count:
            self._since = now
        if now - self._since >= MAX_TROUBLE:
            raise error
        self.count += 1
        return min(FIRST_BACKOFF * 2.0 ** (self.count - 1), MAX_BACKOFF)

    def end(self) -> None:
        self.count = 0
