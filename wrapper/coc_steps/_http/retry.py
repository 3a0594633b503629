"""Whether a call is tried again, and after how long: one policy for all that is sent."""

from __future__ import annotations

import random
from dataclasses import dataclass

from coc_steps.errors import ApiError, TransportError

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
MAX_RETRY_AFTER = 60.0
"""The longest Retry-After that is waited for (seconds); a longer one raises at once."""

FIRST_BACKOFF = 0.5
"""The first wait, which doubles with each try, and the most of what chance adds to it (seconds)."""


def is_retryable(error: Exception) -> bool:
    """Whether another try may help: only GETs exist here, so none does harm."""
    if isinstance(error, ApiError):
        wait = error.retry_after or 0.0
        return error.status_code in RETRIED_STATUSES and wait <= MAX_RETRY_AFTER
    return isinstance(error, TransportError)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long a call is tried again.

    Attributes:
        max_retries: Tries after the first (count); None for no limit.
        max_seconds: No try begins later than this after the first one began (seconds).
        max_backoff: The longest wait that is not asked for by Retry-After (seconds).
    """

    max_retries: int | None
    max_seconds: float
    max_backoff: float = 8.0

    def wait(self, error: Exception, *, tries: int, elapsed: float) -> float | None:
        """Return how long to wait before the next try (seconds), or None where there is none.

        Args:
            error: What the last try ended with.
            tries: How many tries there were (count).
            elapsed: How long ago the first of them began (seconds).
        """
        if not is_retryable(error) or (self.max_retries is not None and tries > self.max_retries):
            return None
        backoff = min(FIRST_BACKOFF * 2.0 ** min(tries - 1, 30), self.max_backoff)
        wait = backoff + random.uniform(0, FIRST_BACKOFF)  # noqa: S311 - spreads clients out
        if isinstance(error, ApiError) and error.retry_after is not None:
            wait = max(wait, error.retry_after)
        return wait if elapsed + wait < self.max_seconds else None
