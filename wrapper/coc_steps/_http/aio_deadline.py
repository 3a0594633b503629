"""The bound of a try in a task; see `deadline`."""

from __future__ import annotations

import asyncio
import time
from contextvars import ContextVar
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from coc_steps.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    _T = TypeVar("_T")

CANCELLED = "this try was cancelled"

MAX_TURNS = 20
"""How many turns of its loop a cancelled try gets to reach the network, before it is cut."""


class AsyncDeadline:
    """The bound of one try, in a task of its own, which is cancelled only where it waits.

    Attributes:
        loop: Where it runs, and where alone it may be cancelled.
    """

    def __init__(self, seconds: float) -> None:
        self.loop = asyncio.get_running_loop()
        self._ends = time.monotonic() + seconds
        self._cancelled = False
        self._waiting = False
        self._task: asyncio.Task[Any] | None = None

    def left(self) -> float:
        """Return what is left of the try (seconds)."""
        return max(self._ends - time.monotonic(), 0.0)

    async def run(self, work: Callable[[], Awaitable[_T]]) -> _T:
        """Return what a try comes to.

        When this returns or raises, the try is over, whatever happened and however often the
        caller was cancelled.

        Raises:
            TimeoutError: It took too long.
            TransportError: Somebody else has cancelled it.
        """
        self._task = task = asyncio.create_task(self._bound(work))
        try:
            await asyncio.wait({task}, timeout=self.left())
        except asyncio.CancelledError:
            await self.cancel()
            raise
        if task.cancelled():  # by `cancel`, since the caller was not
            raise TransportError(CANCELLED)
        if task.done():
            return task.result()
        await self.cancel()
        raise TimeoutError

    async def wait(self, begin: Callable[[], Awaitable[_T]]) -> _T:
        """Begin a wait on the network and return what it comes to.

        Raises:
            ConnectionAbortedError: The try was cancelled.
        """
        self._waiting = True
        try:
            if not self._cancelled:
                return await begin()
        except asyncio.CancelledError:
            pass
        finally:
            self._waiting = False
        raise ConnectionAbortedError(CANCELLED)

    async def _bound(self, work: Callable[[], Awaitable[_T]]) -> _T:
        _current.set(self)
        return await work()

    async def cancel(self) -> None:
        """Cancel the try and wait until it is over, also while this is cancelled itself."""
        self._cancelled, again, task = True, False, self._task
        if task is None:
            return
        for turn in count():
            if task.done():
                break
            if self._waiting or turn == MAX_TURNS:  # or it waits for something that is not ours
                task.cancel()
            try:
                await (asyncio.sleep(0) if turn < MAX_TURNS else asyncio.wait({task}))
            except asyncio.CancelledError:
                again = True
        if not task.cancelled():
            task.exception()  # nobody else asks for it
        if again:
            raise asyncio.CancelledError


_current: ContextVar[AsyncDeadline] = ContextVar("coc_steps_async_deadline")


def current() -> AsyncDeadline:
    """Return the deadline of the try that this task is in."""
    return _current.get()
