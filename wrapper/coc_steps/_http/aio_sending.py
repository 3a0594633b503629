"""Sends one try on asyncio; see `sending`."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from .aio_deadline import AsyncDeadline
from .sending import BaseSender, body_of, received

if TYPE_CHECKING:
    from collections.abc import Callable

    from .aio_transport import AsyncTransport
    from .sending import Received

_OF_ANOTHER_LOOP = (
    "the http_client of this client was used on another event loop: make it on the loop that uses "
    "it, or leave http_client out"
)


class AsyncSender(BaseSender):
    """Sends the tries of the async client, on any event loop."""

    _loop: asyncio.AbstractEventLoop | None = None

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        self._deadlines: set[AsyncDeadline] = set()
        self._ending: list[asyncio.Future[None]] = []  # a loop itself keeps no task alive

    async def send(self, request: Any, seconds: float) -> Received:
        """Return the answer to a request; see `Sender.send`."""
        self._check_process()
        deadline = AsyncDeadline(seconds)
        self._deadlines.add(deadline)
        try:
            return await deadline.run(partial(self._exchange, request))
        except RuntimeError as error:
            if self._loop not in (None, deadline.loop):
                raise RuntimeError(_OF_ANOTHER_LOOP) from error
            raise
        finally:
            self._deadlines.discard(deadline)

    async def aclose(self) -> None:
        """End what is in flight and close the connections of its own, soon also on other loops."""
        here = asyncio.get_running_loop()
        for process, loop in list(self._transports):
            if process == os.getpid() and loop is not here and loop.is_running():
                with suppress(RuntimeError):  # it ended meanwhile
                    loop.call_soon_threadsafe(self._end_soon)
        await self._end()
        self._close_of(lambda loop: not loop.is_running())

    def _end_soon(self) -> None:
        self._ending.append(asyncio.ensure_future(self._end()))

    async def _end(self) -> None:
        """End what is in flight on this loop and close its connections."""
        here = asyncio.get_running_loop()
        for deadline in list(self._deadlines):
            if deadline.loop is here:
                await deadline.cancel()
        self._close_of(lambda loop: loop is here)

    async def _exchange(self, request: Any) -> Received:
        response = await self._open(request)
        try:
            return received(response, await self._read(response))
        finally:
            await response.aclose()

    async def _open(self, request: Any) -> Any:
        if self._client is None:
            return await self._own().handle_async_request(request)
        self._loop = self._loop or asyncio.get_running_loop()
        return await self._client.send(request, stream=True, auth=None, follow_redirects=False)

    def _own(self) -> AsyncTransport:
        here = os.getpid(), asyncio.get_running_loop()
        found: AsyncTransport | None = self._transports.get(here)
        if found is not None:
            return found
        from .aio_transport import AsyncTransport  # it brings httpcore

        self._close_of(lambda loop: loop.is_closed())
        self._transports[here] = made = AsyncTransport(*self._surroundings)
        return made

    def _close_of(self, is_over: Callable[[asyncio.AbstractEventLoop], bool]) -> None:
        for process, loop in list(self._transports):
            if process == os.getpid() and is_over(loop):
                self._transports.pop((process, loop)).close_sockets()

    async def _read(self, response: Any) -> bytes:
        if response.is_stream_consumed:
            return bytes(response.content)
        body = body_of(response)
        async for chunk in response.aiter_raw():
            body.feed(chunk)
            if body.full:
                break
        return body.content()
