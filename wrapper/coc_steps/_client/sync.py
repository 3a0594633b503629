"""The sync client: the shell that sends, waits and yields."""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NoReturn, Self

import httpx

from coc_steps._http.authentication import CredentialsAuth
from coc_steps._http.deadline import Attempt, bounded_by
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
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from types import TracebackType

    from coc_steps_api import Client as GeneratedClient

    from coc_steps._huawei.credentials import Credentials, CredentialsProvider
    from coc_steps._paging.iteration import Iteration
    from coc_steps._paging.walk import Window
    from coc_steps._paging.watch import Watch
    from coc_steps._steps.model import Step, StepChange, StepPage
    from coc_steps._steps.records import Record

MAX_THREADS = 64
"""Pages in flight per client, over all of its iterations (count)."""

_CANCELLED = "the request was cancelled, since the client or the iteration was closed"


def sleep(seconds: float, cancelled: threading.Event) -> None:
    """Wait before another try or look, unless it is cancelled."""
    cancelled.wait(seconds)


class Client:
    """Lists the steps of executions (tickets) of Huawei Cloud COC.

    Safe to use from several threads. Close it, or use it in a ``with`` statement.

    Args:
        region: The region whose server to ask, such as ``cn-north-4``; else ``COC_REGION``.
        base_url: The address to ask instead, with a path prefix or not; else ``COC_BASE_URL``.
        credentials: `AkSk`, `AuthToken`, or a callable that returns one of them and is asked
            before each try. None looks in the environment and the vendor's profile file.
        timeout: How long one try may take in all (seconds).
        max_retries: How often a request is tried again after a fault that may pass (count).
        max_retry_seconds: No try begins later than this after the first (seconds).
        language: The language of messages, ``en-us`` or ``zh-cn`` (X-Language).
        http_client: An httpx.Client to send with. It keeps its settings and is not closed;
            authentication and no redirects are set on each request.

    Raises:
        ConfigurationError: No address or no credentials were found.
        TypeError, ValueError: An argument is wrong.

    Example:
        >>> with Client(region="cn-north-4") as client:  # doctest: +SKIP
        ...     for step in client.iter_steps("EX20250624161701019xxxx"):
        ...         print(step.name, step.status)
    """

    def __init__(
        self,
        *,
        region: str | None = None,
        base_url: str | None = None,
        credentials: Credentials | CredentialsProvider | None = None,
        timeout: float = defaults.TIMEOUT,
        max_retries: int = defaults.MAX_RETRIES,
        max_retry_seconds: float = defaults.MAX_RETRY_SECONDS,
        language: str = defaults.LANGUAGE,
        http_client: httpx.Client | None = None,
    ) -> None:
        check_http_client(http_client, httpx.Client)
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
            self._send = self._http._transport_for_url(address).handle_request
        else:
            self._send = partial(self._http.send, auth=None, follow_redirects=False, stream=True)
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._attempts: set[Attempt] = set()
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
    ) -> StepIterator:
        """Iterate over the steps of an execution, each once, in the server's order.

        A step that is there for the whole walk comes exactly once, unless steps are both deleted
        and reordered meanwhile; with ``verify`` there is no condition.

        Args:
            execution_id: The execution (ticket).
            step_ids: Only these steps; an empty list gives nothing and sends nothing.
            page_size: How many steps to ask for in a request (count).
            offset: How many steps to skip first (count).
            max_items: Stop after so many steps (count).
            prefetch: How many pages to keep in flight (count); 0 asks when a page is needed.
            verify: Read the list again until it is proven complete, for about twice the requests.

        Raises:
            TypeError, ValueError: An argument is wrong; nothing was sent. All other errors, each a
                `CocError`, come from the iteration and have the offset to resume at.
        """
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
        return StepIterator(self, iteration, prefetch)

    def get_page(
        self,
        execution_id: str,
        *,
        step_ids: Iterable[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> StepPage:
        """Get one page, with one request (and its retries).

        Args:
            execution_id: The execution (ticket).
            step_ids: Only these steps; an empty list gives an empty page and sends nothing.
            limit: How many steps to ask for (count); None leaves it to the server.
            offset: How many steps to skip (count).

        Raises:
            CocError: See `coc_steps`' tree of errors.
            TypeError, ValueError: An argument is wrong; nothing was sent.
        """
        request = make_request(execution_id, step_ids=step_ids, limit=limit, offset=offset)
        if request.step_ids == ():
            self._core.check_open()
            return empty_page(offset)
        return self._get(request, Attempt())

    def get_step(self, execution_id: str, step_id: str) -> Step:
        """Get one step.

        Raises:
            StepNotFoundError: The execution has no such step.
            CocError: See `coc_steps`' tree of errors.
            TypeError, ValueError: An argument is wrong; nothing was sent.
        """
        with self.iter_steps(execution_id, step_ids=[step_id]) as steps:
            for step in steps:
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
    ) -> Generator[StepChange]:
        """Watch an execution until it is finished, and yield what changes, as it is seen.

        It ends when there are steps, all of them are finished, and nothing new was seen for
        ``settle`` seconds; so it waits for the steps of an execution that has none yet. Each step
        comes as ``appeared`` once, first of all, and as ``finished`` whenever it is finished and
        was not before, also if both are so at first sight.

        A fault that may pass, throttling too, is waited out for up to five minutes, once anything
        was answered; before that, `max_retries` tries follow. A list that moves is looked at
        again. See docs/watch.md for what it asks the server, and for what no watch can see.

        Args:
            execution_id: The execution (ticket).
            interval: How long to wait between two looks (seconds).
            settle: How long nothing new must be seen before it ends (seconds).
            timeout: How long to watch at the most (seconds); None for no limit.

        Raises:
            WatchTimeoutError: The time is up, from the iteration like every other `CocError`.
            TypeError, ValueError: An argument is wrong; nothing was sent.
        """
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
            self._api = GeneratedClient(base_url=settings.base_url).set_httpx_client(
                httpx.Client(
                    base_url=settings.base_url,
                    auth=CredentialsAuth(self._accepted, refused=self._core.note_refusal),
                    headers=self._core.raw_headers(self._http),
                    timeout=settings.timeout,
                    transport=_Through(self._core, self._http),
                )
            )
        return self._api

    def close(self) -> None:
        """End what is in flight and close the connections. A client cannot be opened again."""
        self._core.closed = True
        with self._lock:
            attempts = list(self._attempts)
            threads, self._threads = self._threads, None
        for attempt in attempts:
            attempt.cancel()
        if threads is not None:
            threads.shutdown(wait=True, cancel_futures=True)
        if self._owned:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client(base_url={self._core.settings.base_url!r})"

    def __reduce__(self) -> NoReturn:
        refuse_pickling(self)

    def _accepted(self) -> Credentials:
        return self._core.accept(self._core.ask_credentials())

    def _get(self, request: PageRequest, attempt: Attempt) -> StepPage:
        """Ask for a page, with all tries."""
        call = self._core.call(request)
        with self._tracked(attempt):
            try:
                return self._try(call, attempt)
            except CocError as error:
                if attempt.cancelled.is_set() or not is_retryable(error):
                    raise
                failure = FirstFailure(error)
            return self._retry(call, attempt, failure)

    def _watch(self, watch: Watch) -> Generator[StepChange]:
        attempt = Attempt()
        while (turn := watch.turn(time.monotonic())) is not None:
            self._core.check_open()
            if isinstance(turn, Ask):
                yield from self._ask(watch, turn, attempt)
                continue
            with self._tracked(attempt):
                sleep(turn.seconds, attempt.cancelled)

    def _ask(self, watch: Watch, ask: Ask, attempt: Attempt) -> Sequence[StepChange]:
        """Send a request of a watch, which itself says when to try again."""
        call = self._core.call(ask.request, within=ask.within)
        try:
            with self._tracked(attempt):
                page = self._try(call, attempt)
        except CocError as error:
            watch.fail(error, time.monotonic())
            return ()
        return watch.take(page, time.monotonic())

    @contextmanager
    def _tracked(self, attempt: Attempt) -> Generator[None]:
        """Let `close` cancel an attempt meanwhile."""
        with self._lock:
            self._attempts.add(attempt)
        try:
            yield
        finally:
            with self._lock:
                self._attempts.discard(attempt)

    def _retry(self, call: Call, attempt: Attempt, failure: FirstFailure) -> StepPage:
        from tenacity import Retrying

        def again() -> StepPage:
            failure.raise_once()
            return self._try(call, attempt)

        def wait(seconds: float) -> None:
            sleep(seconds, attempt.cancelled)

        try:
            return Retrying(sleep=wait, **self._core.policy.options(call.started))(again)
        except CocError as error:
            self._core.note_tries(call, error)
            raise

    def _try(self, call: Call, attempt: Attempt) -> StepPage:
        """Send a request once, signed afresh, and read its answer."""
        if attempt.cancelled.is_set():
            raise TransportError(_CANCELLED)
        self._core.check_open()
        credentials = self._accepted()
        request = self._build(call.url, credentials)
        call.tries += 1
        began = time.monotonic()
        try:
            with bounded_by(attempt, call.timeout):
                response = self._send(request)
                content = _read(response, attempt)
        except httpx.HTTPError as error:
            failure: TransportError = self._core.transport_error(call, request, error, credentials)
        else:
            self._core.log(call, began, response)
            return self._core.read(call, request, response, content, credentials)
        # Outside of the clause: httpx's error, in the context, would keep the request's headers.
        if attempt.cancelled.is_set():
            failure = TransportError(_CANCELLED)  # and not that it took too long
        self._core.log(call, began, type(failure).__name__)
        raise failure

    def _submit(self, request: PageRequest, attempt: Attempt) -> Future[StepPage]:
        with self._lock:
            self._core.check_open()
            if self._threads is None:
                self._threads = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="coc-steps")
            return self._threads.submit(self._get, request, attempt)


class StepIterator:
    """Iterates over the steps of an execution. Use it in a ``with`` statement to stop early."""

    def __init__(self, client: Client, iteration: Iteration, prefetch: int) -> None:
        self._client = client
        self._iteration = iteration
        self._prefetch = prefetch
        self._flight: deque[tuple[Window, Future[StepPage], Attempt]] = deque()

    @property
    def total(self) -> int | None:
        """How many steps the server said there are (count); None before the first page."""
        return self._iteration.total

    @property
    def offset(self) -> int:
        """Where another iteration may resume (count): it may repeat steps, never skip them."""
        return self._iteration.offset

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Step:
        step = next(self._iteration.ready, None)
        while step is None:
            if not self._turn():
                raise StopIteration
            step = next(self._iteration.ready, None)
        return step

    def pages(self) -> Iterator[StepPage]:
        """Give the pages that are left, each with its new steps; pages without any are left out."""
        while True:
            page = self._iteration.rest()
            if page is not None:
                yield page
            elif not self._turn():
                return

    def to_records(self) -> Iterator[Record]:
        """Give the steps that are left as flat records, for pandas, polars or csv.

        Each record has the same keys, in this order: id, execution_step_id, name, action, status,
        start_time, end_time (milliseconds since 1970), message; then inputs, outputs, properties
        and additional (what is not documented) as JSON texts. New keys would come at the end. A
        plain value that is null or absent is None; nothing else is lost.

        Raises:
            CocError: From the iteration.
        """
        for step in self:
            yield to_record(step)

    def close(self) -> None:
        """Stop; what is in flight is cancelled."""
        self._iteration.close()
        self._drop(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"StepIterator(offset={self.offset}, total={self.total})"

    def _turn(self) -> bool:
        """Get the next page, if there is one."""
        try:
            windows = self._fill()
            if not windows:
                return False
            self._client._core.check_open()
            self._iteration.take(self._fetch(windows[0]))
            self._fill()
        except BaseException as error:
            self._iteration.fail(error)
            self._drop(0)
            raise
        return True

    def _fetch(self, window: Window) -> StepPage:
        if not self._flight:
            return self._client._get(self._iteration.request(window), Attempt())
        try:
            page = self._flight[0][1].result()
        except CancelledError:  # by `Client.close`, which alone cancels what is waited for
            self._client._core.check_open()
            raise
        self._flight.popleft()
        return page

    def _fill(self) -> list[Window]:
        """Have the pages that come next in flight, and no others."""
        windows = self._iteration.wanted(max(self._prefetch, 1))
        kept = matching((entry[0] for entry in self._flight), windows)
        self._drop(kept)
        if self._prefetch:
            for window in windows[kept:]:
                attempt = Attempt()
                request = self._iteration.request(window)
                future = self._client._submit(request, attempt)
                self._flight.append((window, future, attempt))
        return windows

    def _drop(self, keep: int) -> None:
        while len(self._flight) > keep:
            _, future, attempt = self._flight.pop()
            future.cancel()
            attempt.cancel()


class _Through(httpx.BaseTransport):
    """Sends the generated client's requests with the client's connections."""

    def __init__(self, core: Core, http: httpx.Client) -> None:
        self._core = core
        self._http = http

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._core.check_open()
        return self._http.send(request, auth=None, follow_redirects=False, stream=True)


def _new_http_client(timeout: float) -> httpx.Client:
    from coc_steps._http.connections import bound_connections

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=MAX_THREADS)
    client = httpx.Client(timeout=timeout, limits=limits)
    bound_connections(client)
    return client


def _read(response: httpx.Response, attempt: Attempt) -> bytes:
    """Read a body to its end, in time."""
    try:
        chunks: list[bytes] = []
        for chunk in unencoded(response, httpx.SyncByteStream) or response.iter_bytes():
            chunks.append(chunk)
            attempt.check()
        return b"".join(chunks)
    finally:
        response.close()
