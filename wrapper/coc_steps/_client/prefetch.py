"""Pages asked for ahead, by threads of one iterator's own.

They are no ThreadPoolExecutor's, which would hold up the end of the program, and so Ctrl-C, until a
server that hangs has been given up.
"""

from __future__ import annotations

import os
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread, current_thread
from typing import TYPE_CHECKING
from weakref import finalize

from coc_steps._http.deadline import Deadline
from coc_steps._paging.iteration import matching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from coc_steps._paging.walk import Window
    from coc_steps._steps.model import StepPage

    Fetch = Callable[[Window, Deadline], StepPage]
    Page = tuple[Window, Future[StepPage], Deadline]
    Pages = SimpleQueue[Page | None]
    Threads = dict[Thread, Pages]

MAX_THREADS = 64
"""Pages in flight per iterator (count)."""


class Prefetch:
    """Keeps pages in flight, and as many at hand.

    Args:
        fetch: Gets a page; called in a thread.
        count: How many pages to keep in flight (count).
        running: Where each thread is noted until it ends, with the queue that it reads.
    """

    def __init__(self, fetch: Fetch, count: int, running: Threads) -> None:
        self._fetch = fetch
        self._running = running
        self._count = min(count, MAX_THREADS)
        self.most = 2 * self._count
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._pages: deque[Page] = deque()
        self._queue: Pages = SimpleQueue()
        self._threads: list[Thread] = []
        # Also where nobody closes it: what holds on to this would keep it, and the threads, alive.
        mine = self._process, self._pages, self._queue, self._threads
        self._finalizer = finalize(self, _end, *mine)
        self._finalizer.atexit = False

    def fill(self, windows: Sequence[Window]) -> None:
        """Ask for these windows, and for no others."""
        if self._process != os.getpid():
            self._finalizer.detach()
            self._begin()  # threads do not cross a fork, and what they were to get never comes
        kept = matching((window for window, _, _ in self._pages), windows)
        while len(self._pages) > kept:
            _, page, deadline = self._pages.pop()
            page.cancel()
            deadline.cancel()
        for window in windows[kept:]:
            asked: Page = window, Future(), Deadline()
            self._pages.append(asked)
            self._queue.put(asked)
            if len(self._threads) < self._count:
                self._start()

    def take(self) -> StepPage:
        """Wait for the first page, and return it."""
        page = self._pages[0][1].result()
        self._pages.popleft()
        return page

    def close(self) -> None:
        """Cancel what is in flight, and let the threads end."""
        for _, _, deadline in self._pages:
            deadline.cancel()
        self._finalizer()

    def _start(self) -> None:
        mine = self._fetch, self._queue, self._running
        name = f"coc-steps_{len(self._threads)}"
        thread = Thread(target=_work, args=mine, name=name, daemon=True)
        self._threads.append(thread)
        self._running[thread] = self._queue
        thread.start()


def end_threads(running: Threads, seconds: float) -> None:
    """Cancel what no thread has begun, and wait for the threads to end, but for no longer than so.

    One may be in somebody else's code, which nothing here can end: an ``http_client`` that was
    passed in, or a callable that looks for credentials.
    """
    ending = list(running.items())
    latest = time.monotonic() + seconds
    for _, pages in ending:
        with suppress(Empty):
            while (asked := pages.get_nowait()) is not None:
                asked[1].cancel()
    for _, pages in ending:
        pages.put(None)
    for thread, _ in ending:
        if thread.is_alive():  # else it has not started yet, or belongs to the parent of a fork
            thread.join(max(latest - time.monotonic(), 0.0))


def _work(fetch: Fetch, pages: Pages, running: Threads) -> None:
    while (page := pages.get()) is not None:
        _get(fetch, *page)
        del page  # it may be large
    del running[current_thread()]


def _get(fetch: Fetch, window: Window, page: Future[StepPage], deadline: Deadline) -> None:
    if page.set_running_or_notify_cancel():
        try:
            page.set_result(fetch(window, deadline))
        except BaseException as error:  # noqa: BLE001 - whoever waits for the page raises it
            page.set_exception(error)
            del page  # which would refer to itself by way of the traceback


def _end(process: int, pages: Iterable[Page], queue: Pages, threads: Sequence[Thread]) -> None:
    """Let the threads end after the pages in flight; in a forked process, touch nothing."""
    if process == os.getpid():
        for _, page, _ in pages:
            page.cancel()
        for _ in threads:
            queue.put(None)
