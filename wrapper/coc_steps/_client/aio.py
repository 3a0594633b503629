"""The async client: the shell that sends, waits and yields, on asyncio."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterable, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from coc_steps._http.aio_sending import AsyncSender
from coc_steps._http.library import AsyncHttpClient, httpx
from coc_steps._http.sending import failures
from coc_steps._huawei.credentials import AsyncCredentialsProvider, Credentials
from coc_steps._huawei.refresh import ask_in_event_loop
from coc_steps._paging.iteration import Iteration
from coc_steps._paging.walk import Window
from coc_steps._paging.watch import Ask, Watch
from coc_steps._steps.model import Step, StepChange, StepPage
from coc_steps._steps.records import Record, to_record
from coc_steps._steps.request import PageRequest
from coc_steps.errors import CocError, StepNotFoundError, TransportError

from .aio_prefetch import AsyncPrefetch, end
from .base import (
    CANCELLED,
    LATE,
    BaseClient,
    BaseStepIterator,
    Call,
    empty_page,
    for_window,
    provider_failed,
)

if TYPE_CHECKING:
    from coc_steps_api import Client as GeneratedClient


class _Closing:
    """What is closed at the end of an ``async with`` statement."""

    async def aclose(self) -> None:
        """Close it."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


class AsyncClient(
    _Closing,
    BaseClient[
        AsyncHttpClient, AsyncCredentialsProvider, "AsyncStepIterator", AsyncGenerator[StepChange]
    ],
):
    """Lists the steps of executions (tickets), for asyncio.

    Its arguments, methods and errors are those of `Client`. Close it with ``aclose``, or use it in
    an ``async with`` statement. It may be used on one event loop after another, and makes
    connections of its own on each.

    Args:
        region: See `Client`.
        base_url: See `Client`.
        credentials: See `Client`; a callable may also return an awaitable.
        timeout: How long one try may take in all (seconds); also with an ``http_client``.
        max_retries: See `Client`.
        max_retry_seconds: See `Client`.
        language: See `Client`.
        http_client: An httpx.AsyncClient, or an httpx2.AsyncClient, to send with; see `Client`. It
            belongs to the event loop on which it is used.

    Raises:
        ConfigurationError: See `Client`.
        TypeError, ValueError: An argument is wrong.

    Example:
        >>> async with AsyncClient(region="cn-north-4") as client:  # doctest: +SKIP
        ...     async for step in client.iter_steps("EX20250624161701019xxxx"):
        ...         print(step.name, step.status)
    """

    _closing = "aclose"

    async def get_page(
        self,
        execution_id: str,
        *,
        step_ids: Iterable[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> StepPage:
        """Get one page with one call, which may take several tries; see `Client.get_page`."""
        request = self._page_request(execution_id, step_ids, limit, offset)
        return empty_page(offset) if request.step_ids == () else await self._get(request)

    async def get_step(self, execution_id: str, step_id: str) -> Step:
        """Get one step; see `Client.get_step`."""
        async with self.iter_steps(execution_id, step_ids=[step_id]) as steps:
            async for step in steps:
                if step.id == step_id:
                    return step
        raise StepNotFoundError(f"execution {execution_id!r} has no step {step_id!r}")

    async def aclose(self) -> None:
        """End what is in flight and close the connections. A client cannot be opened again."""
        self._closed = True
        await end(self._tasks)
        await self._sender.aclose()

    def _open(
        self, url: str, headers: Mapping[str, str], http_client: AsyncHttpClient | None
    ) -> AsyncSender:
        self._sender = AsyncSender(url, headers, self._settings.timeout, http_client)
        self._tasks: set[asyncio.Task[object]] = set()
        return self._sender

    def _iterator(
        self, request: PageRequest, iteration: Iteration, prefetch: int
    ) -> AsyncStepIterator:
        return AsyncStepIterator(self, request, iteration, prefetch)

    def _attach(self, generated: GeneratedClient) -> GeneratedClient:
        return generated.set_async_httpx_client(
            httpx.AsyncClient(
                base_url=self._settings.base_url,
                headers=self._sender.headers,
                timeout=self._settings.timeout,
                transport=_ApiTransport(self),
            )
        )

    async def _changes(self, request: PageRequest, watch: Watch) -> AsyncGenerator[StepChange]:
        while (turn := watch.turn(self._clock.monotonic())) is not None:
            self._check_open()
            if isinstance(turn, Ask):
                call = self._begin_turn(request, turn)
                try:
                    page = await self._try(call)
                    changes = watch.take(page, self._clock.monotonic())
                except CocError as error:
                    wait = watch.fail(error, self._clock.monotonic())
                    self._log_retry(call.tries, None, error, wait)
                else:
                    for change in changes:
                        yield change
            else:
                await self._pause(turn.seconds)

    async def _get(self, request: PageRequest) -> StepPage:
        """Return a page, with all tries."""
        call = self._begin(request)
        while True:
            try:
                return await self._try(call)
            except CocError as error:
                wait = self._wait_before_next_try(call, error)
                if wait is None:
                    raise
            await self._pause(wait)

    async def _pause(self, seconds: float) -> None:
        """Wait before the next request; `aclose` ends the wait."""
        pause = asyncio.ensure_future(self._clock.wait_async(seconds))
        self._tasks.add(pause)
        try:
            await asyncio.wait([pause])
        finally:
            self._tasks.discard(pause)
            pause.cancel()
        self._check_open()

    async def _try(self, call: Call) -> StepPage:
        """Send a request once, signed afresh, and return the page in its answer."""
        credentials = await self._accepted()
        self._check_open()
        request = self._sender.build(call.url, credentials)
        call.begin_try(self._clock.monotonic())
        try:
            received = await self._sender.send(request, call.timeout)
        except failures() as error:
            failure = self._failure(call, request, error, credentials)
        else:
            return self._read(call, request, received, credentials)
        # Outside of the clause: httpx's error, in the context, would keep the request's headers.
        self._check_open()
        self._log_try(call, failure)
        raise failure

    def _provide(self) -> Credentials | Awaitable[Credentials]:
        ours = self._credentials
        return ask_in_event_loop(ours) if callable(ours) else ours

    async def _accepted(self) -> Credentials:
        try:
            provided = self._provide()
            if inspect.isawaitable(provided):
                provided = await provided
        except CocError:
            raise
        except Exception as error:
            raise provider_failed(error) from error
        return self._accept(provided)


class AsyncStepIterator(_Closing, BaseStepIterator):
    """Iterates over the steps of an execution; see `StepIterator`.

    Use it in an ``async with`` statement to stop early.
    """

    def __init__(
        self, client: AsyncClient, request: PageRequest, iteration: Iteration, prefetch: int
    ) -> None:
        super().__init__(request, iteration)
        self._client = client
        self._ahead: AsyncPrefetch | None = None
        if prefetch:
            get = partial(_get, client, request)
            self._ahead = AsyncPrefetch(get, prefetch, client._tasks)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Step:
        step = next(self._iteration.ready, None)
        while step is None:
            if not await self._turn():
                raise StopAsyncIteration
            step = next(self._iteration.ready, None)
        return step

    async def pages(self) -> AsyncIterator[StepPage]:
        """Iterate over the pages that are left, each with its new steps; none is empty."""
        while True:
            page = self._iteration.rest()
            if page is not None:
                yield page
            elif not await self._turn():
                return

    async def to_records(self) -> AsyncIterator[Record]:
        """Iterate over the steps that are left as flat records; see `StepIterator.to_records`."""
        async for step in self:
            yield to_record(step)

    async def aclose(self) -> None:
        """Stop; what is in flight is cancelled."""
        self._iteration.close()
        if self._ahead is not None:
            await self._ahead.close()

    async def _turn(self) -> bool:
        """Get the next page, if there is one."""
        self._iteration.release()
        try:
            windows = self._wanted()
            if not windows:
                await self.aclose()
                return False
            self._client._check_open()
            if self._ahead is not None:
                self._ahead.fill(windows)
            self._iteration.take(await self._wait_for(windows[0]))
            if self._ahead is not None:
                self._ahead.fill(self._wanted())
        except BaseException as error:
            self._iteration.fail(error)
            await self.aclose()
            raise
        return True

    def _wanted(self) -> list[Window]:
        return self._iteration.wanted(self._ahead.most if self._ahead else 1)

    async def _wait_for(self, window: Window) -> StepPage:
        if self._ahead is None:
            return await _get(self._client, self._request, window)
        page = await self._ahead.take()
        if page is None:
            self._client._check_open()
            raise TransportError(CANCELLED)
        return page


async def _get(client: AsyncClient, request: PageRequest, window: Window) -> StepPage:
    return await client._get(for_window(request, window))


class _ApiTransport(httpx.AsyncBaseTransport):
    """Sends the generated client's requests as the client sends its own."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        client = self._client
        credentials = await client._accepted()
        client._check_open()
        ours = client._sender.build(
            str(request.url),
            credentials,
            method=request.method,
            headers=request.headers,
            content=await request.aread(),
        )
        try:
            received = await client._sender.send(ours, client._settings.timeout)
        except TimeoutError:
            raise httpx.ReadTimeout(LATE, request=request) from None
        return client._raw_response(ours, received, credentials)
