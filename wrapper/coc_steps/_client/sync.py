"""The sync client: the shell that sends, waits and yields."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from coc_steps._http.deadline import Deadline
from coc_steps._http.library import HttpClient, httpx
from coc_steps._http.sending import Sender, failures
from coc_steps._huawei.credentials import Credentials, CredentialsProvider
from coc_steps._paging.iteration import Iteration
from coc_steps._paging.walk import Window
from coc_steps._paging.watch import Ask, Watch
from coc_steps._steps.model import Step, StepChange, StepPage
from coc_steps._steps.records import Record, to_record
from coc_steps._steps.request import PageRequest
from coc_steps.errors import CocError, StepNotFoundError, TransportError

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
from .prefetch import Prefetch, end_threads

if TYPE_CHECKING:
    from coc_steps_api import Client as GeneratedClient

    from .prefetch import Threads


class _Closing:
    """What is closed at the end of a ``with`` statement."""

    def close(self) -> None:
        """Close it."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Client(
    _Closing, BaseClient[HttpClient, CredentialsProvider, "StepIterator", Generator[StepChange]]
):
    """Lists the steps of executions (tickets) of Huawei Cloud COC.

    Safe to use from several threads, and after a fork, in which the new process makes connections
    of its own. Close it, or use it in a ``with`` statement.

    Args:
        region: The region whose server to ask, such as ``cn-north-4``; else ``COC_REGION``.
        base_url: The address to ask instead, with a path prefix or not; else ``COC_BASE_URL``.
        credentials: `AkSk`, `AuthToken`, or a callable that returns one of them and is asked
            before each try. None looks in the environment and the vendor's profile file.
        timeout: How long one try may take in all (seconds): name lookup, every address, TLS, the
            head and the body of the answer share it. With an ``http_client``, a server that
            drips its headers can exceed it.
        max_retries: How often a call is tried again after a fault that may pass (count).
        max_retry_seconds: No try begins later than this after the first (seconds).
        language: The language of messages, ``en-us`` or ``zh-cn`` (X-Language).
        http_client: An httpx.Client, or an httpx2.Client, to send with. It keeps its settings,
            proxies and certificates, and is not closed; authentication and no redirects are set
            on each request. It cannot be used in a forked process.

    Raises:
        ConfigurationError: No address or no credentials were found, or a proxy or certificate of
            the environment cannot work.
        TypeError, ValueError: An argument is wrong.

    Example:
        >>> with Client(region="cn-north-4") as client:  # doctest: +SKIP
        ...     for step in client.iter_steps("EX20250624161701019xxxx"):
        ...         print(step.name, step.status)
    """

    _closing = "close"

    def get_page(
        self,
        execution_id: str,
        *,
        step_ids: Iterable[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> StepPage:
        """Get one page with one call, which may take several tries.

        Args:
            execution_id: The execution (ticket).
            step_ids: Only these steps; an empty list gives an empty page and sends nothing.
            limit: How many steps to ask for (count); None leaves it to the server.
            offset: How many steps to skip (count).

        Raises:
            CocError: See `coc_steps.errors`.
            TypeError, ValueError: An argument is wrong; nothing was sent.
        """
        request = self._page_request(execution_id, step_ids, limit, offset)
        return empty_page(offset) if request.step_ids == () else self._get(request, Deadline())

    def get_step(self, execution_id: str, step_id: str) -> Step:
        """Get one step.

        Raises:
            StepNotFoundError: The execution has no such step.
            CocError: See `coc_steps.errors`.
            TypeError, ValueError: An argument is wrong; nothing was sent.
        """
        with self.iter_steps(execution_id, step_ids=[step_id]) as steps:
            for step in steps:
                if step.id == step_id:
                    return step
        raise StepNotFoundError(f"execution {execution_id!r} has no step {step_id!r}")

    def close(self) -> None:
        """End what is in flight and close the connections. A client cannot be opened again."""
        self._closed = True
        for deadline in list(self._deadlines):
            deadline.cancel()
        end_threads(self._threads, self._settings.timeout)
        self._sender.close()

    def _open(self, url: str, headers: Mapping[str, str], http_client: HttpClient | None) -> Sender:
        self._sender = Sender(url, headers, self._settings.timeout, http_client)
        self._deadlines: set[Deadline] = set()
        self._threads: Threads = {}
        return self._sender

    def _iterator(self, request: PageRequest, iteration: Iteration, prefetch: int) -> StepIterator:
        return StepIterator(self, request, iteration, prefetch)

    def _attach(self, generated: GeneratedClient) -> GeneratedClient:
        return generated.set_httpx_client(
            httpx.Client(
                base_url=self._settings.base_url,
                headers=self._sender.headers,
                timeout=self._settings.timeout,
                transport=_ApiTransport(self),
            )
        )

    def _changes(self, request: PageRequest, watch: Watch) -> Generator[StepChange]:
        while (turn := watch.turn(self._clock.monotonic())) is not None:
            self._check_open()
            deadline = Deadline()
            if isinstance(turn, Ask):
                call = self._begin_turn(request, turn)
                try:
                    page = self._try(call, deadline)
                    changes = watch.take(page, self._clock.monotonic())
                except CocError as error:
                    self._check_open()  # else it may be `close` that has cancelled it
                    wait = watch.fail(error, self._clock.monotonic())
                    self._log_retry(call.tries, None, error, wait)
                else:
                    yield from changes
            else:
                with self._cancellable(deadline):
                    self._clock.wait(turn.seconds, deadline.cancelled)

    def _get(self, request: PageRequest, deadline: Deadline) -> StepPage:
        """Return a page, with all tries."""
        call = self._begin(request)
        while True:
            try:
                return self._try(call, deadline)
            except CocError as error:
                cancelled = deadline.cancelled.is_set()
                wait = None if cancelled else self._wait_before_next_try(call, error)
                if wait is None:
                    raise
            with self._cancellable(deadline):
                self._clock.wait(wait, deadline.cancelled)

    def _try(self, call: Call, deadline: Deadline) -> StepPage:
        """Send a request once, signed afresh, and return the page in its answer."""
        credentials = self._accepted()
        request = self._sender.build(call.url, credentials)
        call.begin_try(self._clock.monotonic())
        try:
            with self._cancellable(deadline):
                received = self._sender.send(request, deadline, call.timeout)
        except failures() as error:
            failure = self._failure(call, request, error, credentials)
        else:
            return self._read(call, request, received, credentials)
        # Outside of the clause: httpx's error, in the context, would keep the request's headers.
        if deadline.cancelled.is_set():
            failure = TransportError(CANCELLED)  # and not that it took too long
        self._log_try(call, failure)
        raise failure

    def _accepted(self) -> Credentials:
        try:
            provided = self._provide()
        except CocError:
            raise
        except Exception as error:
            raise provider_failed(error) from error
        return self._accept(provided)

    @contextmanager
    def _cancellable(self, deadline: Deadline) -> Generator[None]:
        """Let `close` cancel a call meanwhile."""
        self._deadlines.add(deadline)
        try:
            if deadline.cancelled.is_set():
                raise TransportError(CANCELLED)
            self._check_open()
            yield
        finally:
            self._deadlines.discard(deadline)


class StepIterator(_Closing, BaseStepIterator):
    """Iterates over the steps of an execution. Use it in a ``with`` statement to stop early."""

    def __init__(
        self, client: Client, request: PageRequest, iteration: Iteration, prefetch: int
    ) -> None:
        super().__init__(request, iteration)
        self._client = client
        self._ahead: Prefetch | None = None
        if prefetch:
            # Not a method of this iterator: left alone, it must go, and its threads with it.
            get = partial(_get, client, request)
            self._ahead = Prefetch(get, prefetch, client._threads)

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
        """Iterate over the pages that are left, each with its new steps; none is empty."""
        while True:
            page = self._iteration.rest()
            if page is not None:
                yield page
            elif not self._turn():
                return

    def to_records(self) -> Iterator[Record]:
        """Iterate over the steps that are left as flat records, for pandas, polars or csv.

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
        if self._ahead is not None:
            self._ahead.close()

    def _turn(self) -> bool:
        """Get the next page, if there is one."""
        self._iteration.release()
        try:
            windows = self._wanted()
            if not windows:
                self.close()
                return False
            self._client._check_open()
            if self._ahead is not None:
                self._ahead.fill(windows)
            self._iteration.take(self._wait_for(windows[0]))
            if self._ahead is not None:
                self._ahead.fill(self._wanted())
        except BaseException as error:
            self._iteration.fail(error)
            self.close()
            if isinstance(error, CancelledError):
                self._client._check_open()  # `Client.close` has cancelled the page
            raise
        return True

    def _wanted(self) -> list[Window]:
        return self._iteration.wanted(self._ahead.most if self._ahead else 1)

    def _wait_for(self, window: Window) -> StepPage:
        if self._ahead is None:
            return _get(self._client, self._request, window, Deadline())
        return self._ahead.take()


def _get(client: Client, request: PageRequest, window: Window, deadline: Deadline) -> StepPage:
    return client._get(for_window(request, window), deadline)


class _ApiTransport(httpx.BaseTransport):
    """Sends the generated client's requests as the client sends its own."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        client, deadline = self._client, Deadline()
        credentials = client._accepted()
        ours = client._sender.build(
            str(request.url),
            credentials,
            method=request.method,
            headers=request.headers,
            content=request.read(),
        )
        try:
            with client._cancellable(deadline):
                received = client._sender.send(ours, deadline, client._settings.timeout)
        except TimeoutError:
            raise httpx.ReadTimeout(LATE, request=request) from None
        return client._raw_response(ours, received, credentials)
