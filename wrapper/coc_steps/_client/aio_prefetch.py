"""Pages asked for ahead, by tasks of one iterator's own; see `prefetch`."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from typing import TYPE_CHECKING

from coc_steps._paging.iteration import matching

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from coc_steps._paging.walk import Window
    from coc_steps._steps.model import StepPage


class AsyncPrefetch:
    """Keeps pages in flight, and as many at hand.

    Args:
        fetch: Gets a page.
        count: How many pages to keep in flight (count).
        tasks: Where each task is kept until it is over.
    """

    def __init__(
        self,
        fetch: Callable[[Window], Awaitable[StepPage]],
        count: int,
        tasks: set[asyncio.Task[object]],
    ) -> None:
        self._fetch = fetch
        self._count = count
        self._tasks = tasks
        self.most = 2 * count
        self._here: object = None
        self._pages: deque[tuple[Window, asyncio.Task[StepPage]]] = deque()

    def fill(self, windows: Sequence[Window]) -> None:
        """Ask for these windows, and for no others."""
        here = os.getpid(), asyncio.get_running_loop()
        if self._here != here:
            self._here = here  # what another process or loop was to get never comes
            self._turns = asyncio.Semaphore(self._count)
            self._pages.clear()
        kept = matching((window for window, _ in self._pages), windows)
        while len(self._pages) > kept:
            self._pages.pop()[1].cancel()
        for window in windows[kept:]:
            task = asyncio.create_task(self._get(window))
            self._tasks.add(task)
            task.add_done_callback(self._forget)
            self._pages.append((window, task))

    async def take(self) -> StepPage | None:
        """Wait for the first page, and return it; None if somebody else has cancelled it."""
        task = self._pages[0][1]
        await asyncio.wait([task])
        if task.cancelled():
            return None
        page = task.result()
        self._pages.popleft()
        return page

    async def close(self) -> None:
        """Cancel what is in flight, and wait until it is gone."""
        tasks = [task for _, task in self._pages]
        self._pages.clear()
        await end(tasks)

    async def _get(self, window: Window) -> StepPage:
        async with self._turns:
            return await self._fetch(window)

    def _forget(self, task: asyncio.Task[StepPage]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # a page that nobody waits for any more may have failed


async def end(tasks: Iterable[asyncio.Task[object]]) -> None:
    """Cancel the tasks of this loop and wait until they are gone."""
    loop = asyncio.get_running_loop()
    ending = [task for task in tasks if task.get_loop() is loop]
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
