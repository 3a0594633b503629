"""The time and how it passes; tests hand in another one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading


class Clock:
    """The machine's."""

    def monotonic(self) -> float:
        """Return the time on the monotonic clock (seconds)."""
        return time.monotonic()

    def wait(self, seconds: float, cancelled: threading.Event) -> None:
        """Wait for so long, unless it is cancelled."""
        cancelled.wait(seconds)

    async def wait_async(self, seconds: float) -> None:
        """Wait for so long in a task."""
        import asyncio  # not before it is needed: it is half of what the import takes

        await asyncio.sleep(seconds)
