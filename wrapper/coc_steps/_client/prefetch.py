"""Pages asked for ahead, by threads of one iterator's own."""

from __future__ import annotations

import os
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from coc_steps._http.deadline import Deadline
from coc_steps._paging.iteration import matching

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from weakref import WeakSet

    from coc_steps._paging.walk import Window
    from coc_steps._steps.model import StepPage

MAX_THREADS = 64
"""Pages in flight per iterator (count)."""


class Prefetch:
    """Keeps pages in flight, and as many at hand.

    Args:
        fetch: Gets a page; called in a thread.
        count: How many pages to keep in flight (count).
        threads: Where each thread is noted.
    """

    def __init__(
        self,
        fetch: Callable[[Window, Deadline], StepPage],
        count: int,
        threads: WeakSet[threading.Thread],
    ) -> None:
        self._fetch = fetch
        self._note_thread = lambda: threads.add(threading.current_thread())
        self._count = min(count, MAX_THREADS)
        self.most = 2 * self._count
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._threads = ThreadPoolExecutor(self._count, "coc-steps", self._note_thread)
        self._pages: deque[tuple[Window, Future[StepPage], Deadline]] = deque()

    def fill(self, windows: Sequence[Window]) -> None:
        """Ask for these windows, and for no others."""
        if self._process != os.getpid():
            self._begin()  # threads do not cross a fork, and what they were to get never comes
        kept = matching((window for window, _, _ in self._pages), windows)
        while len(self._pages) > kept:
            _, page, deadline = self._pages.pop()
            _cancel(page, deadline)
        for window in windows[kept:]:
            deadline = Deadline()
            page = self._threads.submit(self._fetch, window, deadline)
            self._pages.append((window, page, deadline))

    def take(self) -> StepPage:
        """Wait for the first page, and return it."""
        page = self._pages[0][1].result()
        self._pages.popleft()
        return page

    def close(self) -> None:
        """Cancel what is in flight, and let the threads end.

        Any thread may do so: the pages stay, so that `take` says that they were cancelled.
        """
        if self._process == os.getpid():
            for _, page, deadline in self._pages.copy():
                _cancel(page, deadline)
            self._threads.shutdown(wait=False, cancel_futures=True)


def _cancel(page: Future[StepPage], deadline: Deadline) -> None:
    page.cancel()
    deadline.cancel()
