"""Keeps temporary keys, and renews them shortly before they expire, once for all who ask.

Whoever finds no fresh keys waits for the one renewal on its way in this process. It runs in a
thread of its own, so that it can be waited for in a thread and on an event loop alike. Instead of a
lock, which a fork could leave locked for ever in the child, there is a dict of renewals by process.
"""

from __future__ import annotations

import logging
import os
import time
from concurrent.futures import Future
from dataclasses import dataclass, replace
from math import inf
from threading import Thread
from typing import TYPE_CHECKING, NoReturn

from coc_steps.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .credentials import AkSk, AsyncCredentialsProvider, Credentials

RENEWAL_TIMEOUT = 30.0
"""How long to wait for a renewal (seconds)."""

# Keys are renewed when this share of the time that they had left when they came remains, or this
# much, whichever is less (seconds). Relative, so that short-lived ones are kept for a while, too.
_RENEWED_SHARE = 0.25
_RENEWED_BEFORE = 300.0

logger = logging.getLogger("coc_steps")


@dataclass(frozen=True, slots=True)
class TemporaryKeys:
    """Keys, and until when they are good.

    Attributes:
        keys: The keys.
        expires_at: When they expire (seconds since 1970); never, if they are not temporary.
        renew_at: When to ask for new ones (seconds since 1970).
    """

    keys: AkSk
    expires_at: float = inf
    renew_at: float = inf

    def kept_from(self, now: float) -> TemporaryKeys:
        """Return these keys with the time at which to renew them, if they are kept from now on."""
        margin = min(_RENEWED_BEFORE, (self.expires_at - now) * _RENEWED_SHARE)
        return replace(self, renew_at=self.expires_at - margin)


class RefreshingProvider:
    """Gives keys from a source of temporary ones; a callable for `credentials` of a client.

    Args:
        fetch: Asks the source. It raises ConfigurationError, which says what was tried.
        now: The clock (seconds since 1970).
    """

    def __init__(
        self, fetch: Callable[[], TemporaryKeys], now: Callable[[], float] = time.time
    ) -> None:
        self._fetch = fetch
        self._now = now
        self._kept: TemporaryKeys | None = None
        # By process. What belongs to the parent of a fork stays here, untouched.
        self._renewals: dict[int, Future[str | None]] = {}

    def __call__(self) -> AkSk:
        """Return keys, after a renewal if it is time for one."""
        return self.fresh() or self._outcome(self._wait())

    def fresh(self) -> AkSk | None:
        """Return the keys at hand, unless it is time to renew them."""
        kept = self._kept
        return kept.keys if kept and self._now() < kept.renew_at else None

    async def renewed(self) -> AkSk:
        """Return keys after a renewal, which does not block the event loop meanwhile."""
        import asyncio

        try:
            waiting = asyncio.wrap_future(self._renewal())
            problem = await asyncio.wait_for(waiting, RENEWAL_TIMEOUT)
        except TimeoutError:
            problem = _TOO_LONG
        return self._outcome(problem)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds secrets and cannot be pickled; make it in each process"
        )

    def _wait(self) -> str | None:
        try:
            return self._renewal().result(RENEWAL_TIMEOUT)
        except TimeoutError:
            return _TOO_LONG

    def _outcome(self, problem: str | None) -> AkSk:
        """Return the keys at hand after a renewal; if it failed, old ones until they expire."""
        kept = self._kept
        if kept and self._now() < kept.expires_at:
            return kept.keys
        raise ConfigurationError(problem or _EXPIRED)

    def _renewal(self) -> Future[str | None]:
        """Return the renewal on its way in this process; it gives what went wrong, if anything."""
        new: Future[str | None] = Future()
        new.set_running_or_notify_cancel()  # nobody who stops waiting cancels it for the others
        renewal = self._renewals.setdefault(os.getpid(), new)
        if renewal is new:
            try:
                Thread(target=self._renew, args=(new,), daemon=True).start()
            except RuntimeError:  # there can be no more threads
                self._renew(new)
        return renewal

    def _renew(self, renewal: Future[str | None]) -> None:
        problem = None
        try:
            if not self.fresh():  # another renewal may have ended just before this one began
                self._kept = self._fetched()
        except Exception as error:  # noqa: BLE001 - whoever waits for it is told
            problem = str(error) if isinstance(error, ConfigurationError) else type(error).__name__
            self._put_off(problem)
        del self._renewals[os.getpid()]
        renewal.set_result(problem)

    def _fetched(self) -> TemporaryKeys:
        fetched, now = self._fetch(), self._now()
        if fetched.expires_at <= now:
            raise ConfigurationError(_EXPIRED)
        return fetched.kept_from(now)

    def _put_off(self, problem: str) -> None:
        """Let the keys at hand do for a while, so that not each try asks again."""
        kept, now = self._kept, self._now()
        if kept and now < kept.expires_at:
            logger.warning("temporary keys could not be renewed yet: %s", problem)
            self._kept = replace(kept, renew_at=now + (kept.expires_at - now) * _RENEWED_SHARE)


_TOO_LONG = f"no temporary keys came within {RENEWAL_TIMEOUT:g} s"
_EXPIRED = "the temporary keys that came have expired: is the clock of this machine right?"


def ask_in_event_loop(provider: AsyncCredentialsProvider) -> Credentials | Awaitable[Credentials]:
    """Return what a provider gives, or an awaitable of it, without blocking the event loop."""
    if isinstance(provider, RefreshingProvider):
        return provider.fresh() or provider.renewed()
    return provider()
