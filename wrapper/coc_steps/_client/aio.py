"""The async client: the shell that sends, waits and yields, on asyncio."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, NoReturn, Self

import httpx

from coc_steps._http.authentication import CredentialsAuth
from coc_steps._http.requests import unencoded
from coc_steps._http.retry import FirstFailure, is_retryable
from coc_steps._paging.iteration import matching
from coc_steps._paging.watch import Ask
from coc_steps._steps.records import to_record
from coc_steps.errors import CocError, StepNotFoundError, TransportError

from . import arguments as defaults
from .arguments import empty_page, make_iteration, make_request, make_watch
from .base import Call, Core, PageRequest, check_http_client, refuse_pickling

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
    from types import TracebackType

    from coc_steps_api import Client as GeneratedClient

    from coc_steps._huawei.credentials import AsyncCredentialsProvider, Credentials
    from coc_steps._paging.iteration import Iteration
    from coc_steps._paging.walk import Window
    from coc_steps._paging.watch import Watch
    from coc_steps._steps.model import Step, StepChange, StepPage
    from coc_steps._steps.records import Record

MAX_CONNECTIONS = 100
"""Connections that a client keeps open (count)."""


async def sleep(seconds: float) -> None:
    """Wait before another try or look."""
    await asyncio.sleep(seconds)


class AsyncClient:
    """Lists the steps of executions (tickets), for asyncio.

    Its arguments, methods and errors are those of `Client`. Close it with ``aclose``, or use it in
    an ``async with`` statement. Credentials may also be a callable that returns an awaitable.

    Args:
        region: See `Client`.
        base_url: See `Client`.
        credentials: See `Client`.
        timeout: How long one try may take in all (seconds).
        max_retries: How often a request is tried again after a fault that may pass (count).
        max_retry_seconds: No try begins later than this after the first (seconds).
        language: The language of messages, ``en-us`` or ``zh-cn``.
        http_client: An httpx.AsyncClient to send with; it is not closed.

    Raises:
        ConfigurationError: No address or no credentials were found.
        TypeError, ValueError: An argument is wrong.

    Example:
        >>> async with AsyncClient(region="cn-north-4") as client:  # doctest: +SKIP
        ...     async for step in client.iter_steps("EX20250624161701019xxxx"):
        ...         print(step.name, step.status)
    """

    def __init__(
        self,
        *,
        region: str | None = None,
        base_url: str | None = None,
        credentials: Credentials | AsyncCredentialsProvider | None = None,
        timeout: float = defaults.TIMEOUT,
        max_retries: int = defaults.MAX_RETRIES,
        max_retry_seconds: float = defaults.MAX_RETRY_SECONDS,
        language: str = defaults.LANGUAGE,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        check_http_client(http_client, httpx.AsyncClient)
        self._core = Core(
            region=region,
            base_url=base_url,
            credentials=credentials,
            timeout=timeout,
            max_retries=max_retries,
            max_retry_seconds=max_retry_seconds,
            language=language,
        )
        self._owned = http_client is None
        self._http = _new_http_client(timeout) if http_client is None else http_client
        self._build = self._core.builder(self._http, owned=self._owned)
        if self._owned:
            # Past httpx's client: its hooks, cookies and redirects cost over half of this again.
            address = httpx.URL(self._core.settings.base_url)
            self._send = self._http._transport_for_url(address).handle_async_request
        else:
            self._send = partial(self._http.send, auth=None, follow_redirects=False, stream=True)
        self._tasks: set[asyncio.Task[StepPage]] = set()
        self._api: GeneratedClient | None = None

    def iter_steps(
        self,
        execution_id: str,
        *,
        step_ids: Iterable[str] | None = None,
        page_size: int = defaults.PAGE_SIZE,
        offset: int = 0,
        max_items: int | None = None,
        prefetch: int = 0,
        verify: bool = False,
    ) -> AsyncStepIterator:
        """Iterate over the steps of an execution; see `Client.iter_steps`."""
        self._core.check_open()
        iteration = make_iteration(
            execution_id,
            step_ids=step_ids,
            page_size=page_size,
            offset=offset,
            max_items=max_items,
            prefetch=prefetch,
            verify=verify,
        )
        self._core.call(iteration.longest_request)
        return AsyncStepIterator(self, iteration, prefetch)

    async def get_page(
        self,
        execution_id: str,
        *,
        step_ids: Iterable[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> StepPage:
        """Get one page, with one request (and its retries); see `Client.get_page`."""
        request = make_request(execution_id, step_ids=step_ids, limit=limit, offset=offset)
        if request.step_ids == ():
            self._core.check_open()
            return empty_page(offset)
        return await self._get(request)

    async def get_step(self, execution_id: str, step_id: str) -> Step:
        """Get one step; see `Client.get_step`."""
        async with self.iter_steps(execution_id, step_ids=[step_id]) as steps:
            async for step in steps:
                if step.id == step_id:
                    return step
        raise StepNotFoundError(f"execution {execution_id!r} has no step {step_id!r}")

    def watch(
        self,
        execution_id: str,
        *,
        interval: float = defaults.WATCH_INTERVAL,
        settle: float = defaults.WATCH_SETTLE,
        timeout: float | None = None,
    ) -> AsyncGenerator[StepChange]:
        """Watch an execution until it is finished; see `Client.watch`."""
        watch = make_watch(
            self._core,
            execution_id,
            interval=interval,
            settle=settle,
            timeout=timeout,
            now=time.monotonic(),
        )
        return self._watch(watch)

    @property
    def api(self) -> GeneratedClient:
        """The generated client, signed and with the timeout, for the raw layer; no retries."""
        from coc_steps_api import Client as GeneratedClient

        self._core.check_open()
        if self._api is None:
            settings = self._core.settings
            self._api = GeneratedClient(base_url=settings.base_url).set_async_httpx_client(
                httpx.AsyncClient(
                    base_url=settings.base_url,
                    auth=CredentialsAuth(self._accepted, refused=self._core.note_refusal),
                    headers=self._core.raw_headers(self._http),
                    timeout=settings.timeout,
                    transport=_Through(self._core, self._http),
                )
            )
        return self._api

    async def aclose(self) -> None:
        """End what is in flight and close the connections. A client cannot be opened again."""
        self._core.closed = True
        await _end(self._tasks)
        if self._owned:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncClient(base_url={self._core.settings.base_url!r})"

    def __reduce__(self) -> NoReturn:
        refuse_pickling(self)

    async def _accepted(self) -> Credentials:
        credentials = self._core.ask_credentials()
        if inspect.isawaitable(credentials):
            credentials = await credentials
        return self._core.accept(credentials)

    async def _get(self, request: PageRequest) -> StepPage:
        """Ask for a page, with all tries."""
        call = self._core.call(request)
        try:
            return await self._try(call)
        except CocError as error:
            if not is_retryable(error):
                raise
            failure = FirstFailure(error)
        return await self._retry(call, failure)

    async def _watch(self, watch: Watch) -> AsyncGenerator[StepChange]:
        while (turn := watch.turn(time.monotonic())) is not None:
            self._core.check_open()
            if isinstance(turn, Ask):
                for change in await self._ask(watch, turn):
                    yield change
            else:
                await sleep(turn.seconds)

    async def _ask(self, watch: Watch, ask: Ask) -> Sequence[StepChange]:
        """Send a request of a watch, which itself says when to try again."""
        call = self._core.call(ask.request, within=ask.within)
        try:
            page = await self._try(call)
        except CocError as error:
            watch.fail(error, time.monotonic())
            return ()
        return watch.take(page, time.monotonic())

    async def _retry(self, call: Call, failure: FirstFailure) -> StepPage:
        from tenacity import AsyncRetrying

        async def again() -> StepPage:
            failure.raise_once()
            return await self._try(call)

        async def wait(seconds: float) -> None:
            await sleep(seconds)

        try:
            return await AsyncRetrying(sleep=wait, **self._core.policy.options(call.started))(again)
        except CocError as error:
            self._core.note_tries(call, error)
            raise

    async def _try(self, call: Call) -> StepPage:
        """Send a request once, signed afresh, and read its answer."""
        self._core.check_open()
        credentials = await self._accepted()
        request = self._build(call.url, credentials)
        call.tries += 1
        began = time.monotonic()
        try:
            async with asyncio.timeout(call.timeout):
                response = await self._send(request)
                content = await _read(response)
        except (httpx.HTTPError, TimeoutError) as error:
            failure: TransportError = self._core.transport_error(call, request, error, credentials)
        else:
            self._core.log(call, began, response)
            return self._core.read(call, request, response, content, credentials)
        # Outside of the clause: httpx's error, in the context, would keep the request's headers.
        self._core.log(call, began, type(failure).__name__)
        raise failure

    def _submit(self, request: PageRequest) -> asyncio.Task[StepPage]:
        task = asyncio.create_task(self._get(request))
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[StepPage]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # a page that nobody waits for any more may have failed


class AsyncStepIterator:
    """Iterates over the steps of an execution; see `StepIterator`.

    Use it in an ``async with`` statement to stop early.
    """

    def __init__(self, client: AsyncClient, iteration: Iteration, prefetch: int) -> None:
        self._client = client
        self._iteration = iteration
        self._prefetch = prefetch
        self._flight: deque[tuple[Window, asyncio.Task[StepPage]]] = deque()

    @property
    def total(self) -> int | None:
        """How many steps the server said there are (count); None before the first page."""
        return self._iteration.total

    @property
    def offset(self) -> int:
        """Where another iteration may resume (count): it may repeat steps, never skip them."""
        return self._iteration.offset

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
        """Give the pages that are left, each with its new steps; pages without any are left out."""
        while True:
            page = self._iteration.rest()
            if page is not None:
                yield page
            elif not await self._turn():
                return

    async def to_records(self) -> AsyncIterator[Record]:
        """Give the steps that are left as flat records; see `StepIterator.to_records`."""
        async for step in self:
            yield to_record(step)

    async def aclose(self) -> None:
        """Stop; what is in flight is cancelled."""
        self._iteration.close()
        await self._land()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncStepIterator(offset={self.offset}, total={self.total})"

    async def _turn(self) -> bool:
        """Get the next page, if there is one."""
        try:
            windows = self._fill()
            if not windows:
                return False
            self._client._core.check_open()
            self._iteration.take(await self._fetch(windows[0]))
            self._fill()
        except BaseException as error:
            self._iteration.fail(error)
            await self._land()
            raise
        return True

    async def _fetch(self, window: Window) -> StepPage:
        if not self._flight:
            return await self._client._get(self._iteration.request(window))
        task = self._flight[0][1]
        await asyncio.wait([task])
        if task.cancelled():  # by `AsyncClient.aclose`, which alone cancels what is waited for
            self._client._core.check_open()
        page = task.result()
        self._flight.popleft()
        return page

    def _fill(self) -> list[Window]:
        """Have the pages that come next in flight, and no others."""
        windows = self._iteration.wanted(max(self._prefetch, 1))
        kept = matching((entry[0] for entry in self._flight), windows)
        self._drop(kept)
        if self._prefetch:
            for window in windows[kept:]:
                task = self._client._submit(self._iteration.request(window))
                self._flight.append((window, task))
        return windows

    async def _land(self) -> None:
        """Cancel what is in flight, and wait until it is gone."""
        tasks = [task for _, task in self._flight]
        self._flight.clear()
        await _end(tasks)

    def _drop(self, keep: int) -> None:
        while len(self._flight) > keep:
            self._flight.pop()[1].cancel()


class _Through(httpx.AsyncBaseTransport):
    """Sends the generated client's requests with the client's connections."""

    def __init__(self, core: Core, http: httpx.AsyncClient) -> None:
        self._core = core
        self._http = http

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._core.check_open()
        return await self._http.send(request, auth=None, follow_redirects=False, stream=True)


def _new_http_client(timeout: float) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=MAX_CONNECTIONS)
    return httpx.AsyncClient(timeout=timeout, limits=limits)


async def _end(tasks: Iterable[asyncio.Task[StepPage]]) -> None:
    """Cancel tasks and wait until they are gone."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)


async def _read(response: httpx.Response) -> bytes:
    try:
        chunks = unencoded(response, httpx.AsyncByteStream) or response.aiter_bytes()
        return b"".join([chunk async for chunk in chunks])
    finally:
        await response.aclose()
