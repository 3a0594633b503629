"""When a request is tried again, and after how long. The tries are bounded in number and time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from coc_steps.errors import ApiError, CocError, TransportError

if TYPE_CHECKING:
    from tenacity import RetryCallState
    from tenacity.retry import retry_base
    from tenacity.stop import stop_base
    from tenacity.wait import wait_base

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
MAX_RETRY_AFTER = 60.0
"""The longest Retry-After that is waited for (seconds); a longer one raises at once."""

FIRST_BACKOFF = 0.5
MAX_BACKOFF = 8.0


class TenacityOptions(TypedDict):
    """What tenacity's two retryers take alike."""

    retry: retry_base
    wait: wait_base
    stop: stop_base
    reraise: bool


def is_retryable(error: BaseException) -> bool:
    """Whether another try may help: only GETs exist here, so none does harm."""
    if isinstance(error, ApiError):
        wait = error.retry_after or 0.0
        return error.status_code in RETRIED_STATUSES and wait <= MAX_RETRY_AFTER
    return isinstance(error, TransportError)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long.

    Attributes:
        max_retries: Tries after the first (count).
        max_seconds: No try begins later than this after the first one began (seconds).
    """

    max_retries: int
    max_seconds: float

    def options(self, started: float) -> TenacityOptions:
        """Give tenacity its options, for a call whose first try has failed.

        Args:
            started: When that try began, on the monotonic clock.
        """
        # Imported here, since most programs never need it and it doubles the time of the import.
        from tenacity import retry_if_exception, stop_after_attempt
        from tenacity.stop import stop_base
        from tenacity.wait import wait_base, wait_exponential, wait_random

        # Not wait_exponential_jitter, whose parameters differ between the versions allowed here.
        jitter = wait_random(0, FIRST_BACKOFF)
        backoff = wait_exponential(multiplier=FIRST_BACKOFF, max=MAX_BACKOFF) + jitter
        max_seconds = self.max_seconds

        class Wait(wait_base):
            def __call__(self, retry_state: RetryCallState) -> float:
                error = _failure(retry_state)
                asked = error.retry_after if isinstance(error, ApiError) else None
                return max(backoff(retry_state), asked or 0.0)

        class StopBeforeDeadline(stop_base):
            def __call__(self, retry_state: RetryCallState) -> bool:
                ready = time.monotonic() + retry_state.upcoming_sleep
                return ready - started >= max_seconds

        return {
            "retry": retry_if_exception(is_retryable),
            "wait": Wait(),
            "stop": stop_after_attempt(self.max_retries + 1) | StopBeforeDeadline(),
            "reraise": True,
        }


class FirstFailure:
    """Hands the failure of the first try to a retryer that is only entered because of it.

    A retryer costs tens of microseconds per call, which most calls never need.
    """

    def __init__(self, error: CocError) -> None:
        self._error: CocError | None = error

    def raise_once(self) -> None:
        """Raise the failure the first time, and nothing after that."""
        error, self._error = self._error, None
        if error is not None:
            raise error


def _failure(retry_state: RetryCallState) -> BaseException | None:
    return retry_state.outcome.exception() if retry_state.outcome else None
