"""Bounds one try as a whole, and lets somebody else cancel it.

The HTTP library bounds each read for itself, so that a server which drips a byte now and then is
waited for without end; and cancelled in the middle, it leaves connections behind. So a try is never
cut within the library, but where it waits: on the network, which is ours (see `network`). A wait
learns by a context variable which try it belongs to.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class Deadline:
    """The bound of the tries of one call, one after the other, in a thread."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._process = os.getpid()
        self._ends = float("inf")
        self._end_wait: Callable[[], object] | None = None
        self._lock = threading.Lock()

    @contextmanager
    def bounding(self, seconds: float) -> Generator[None]:
        """Make this the deadline of what the thread waits for, from now on for so long."""
        self._ends = time.monotonic() + seconds
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def left(self) -> float:
        """Return what is left of the try (seconds); nothing after its end, or once cancelled."""
        return 0.0 if self.cancelled.is_set() else max(self._ends - time.monotonic(), 0.0)

    def enter_wait(self, end: Callable[[], object]) -> float:
        """Begin a wait which `cancel` can end by calling ``end``; return what is left (seconds)."""
        with self._lock:
            self._end_wait = end
        return self.left()

    def leave_wait(self) -> None:
        """End a wait."""
        with self._lock:
            self._end_wait = None

    def cancel(self) -> None:
        """End the call, from another thread; one of the parent process is left alone."""
        if self._process != os.getpid():
            return
        self.cancelled.set()
        with self._lock:
            if self._end_wait is not None:
                self._end_wait()


_current: ContextVar[Deadline] = ContextVar("coc_steps_deadline")


def current() -> Deadline:
    """Return the deadline of the try that this thread is in."""
    return _current.get()
