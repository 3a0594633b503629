"""What both clients share: settings, arguments, one call. Everything but the waiting."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from coc_steps._http.library import httpx
from coc_steps._http.retry import RetryPolicy
from coc_steps._http.sending import BaseSender, Received, is_timeout, proxy_status
from coc_steps._huawei.credentials import (
    AsyncCredentialsProvider,
    Credentials,
    checked_credentials,
)
from coc_steps._huawei.discovery import default_credentials
from coc_steps._paging.iteration import Iteration
from coc_steps._paging.walk import Window
from coc_steps._paging.watch import MAX_INTERVAL, MAX_TROUBLE, Ask, Watch
from coc_steps._steps.model import Body, StepPage
from coc_steps._steps.request import (
    INT32_MAX,
    INT64_MAX,
    PageRequest,
    build_url,
    check_count,
    check_execution_id,
    check_optional_count,
    check_seconds,
    check_step_ids,
)
from coc_steps._steps.response import Answer, api_error, read_page, without
from coc_steps.errors import (
    ApiError,
    AuthenticationError,
    CocError,
    ConfigurationError,
    RequestTimeoutError,
    TransportError,
)

from . import settings as defaults
from .clock import Clock
from .settings import Settings, resolve_base_url

if TYPE_CHECKING:
    from coc_steps_api import Client as GeneratedClient

HttpClientT = TypeVar("HttpClientT")
ProviderT = TypeVar("ProviderT", bound=AsyncCredentialsProvider)
StepIteratorT = TypeVar("StepIteratorT")
ChangeIteratorT = TypeVar("ChangeIteratorT")

LATE = "no complete answer in time"
CANCELLED = "the request was cancelled, since the client or the iteration was closed"

logger = logging.getLogger("coc_steps")
logger.addHandler(logging.NullHandler())


@dataclass(slots=True)
class Call:
    """A page that is asked for, with all its tries.

    Attributes:
        url: Where it goes, percent-encoded.
        offset: Where its window starts (count of steps before it).
        started: When its first try began, on the monotonic clock (seconds).
        timeout: How long each try may take in all (seconds).
        tries: How many tries began (count).
        began: When the last of them began (seconds).
    """

    url: str
    offset: int
    started: float
    timeout: float
    tries: int = 0
    began: float = 0.0

    def begin_try(self, now: float) -> None:
        """Count another try."""
        self.tries += 1
        self.began = now

    @property
    def address(self) -> str:
        """Where it goes, without the query."""
        return self.url.partition("?")[0]

    @property
    def target(self) -> str:
        """Path and query."""
        return f"/{self.url.split('/', 3)[3]}"

    @property
    def name(self) -> str:
        """The request, as an error of the server's names it: method and path."""
        return f"GET {self.target.partition('?')[0]}"


class BaseClient(Generic[HttpClientT, ProviderT, StepIteratorT, ChangeIteratorT]):
    """Builds requests, reads answers, and remembers refused credentials."""

    _clock = Clock()
    _closing: str
    """How a client that is passed in is closed, which tells a sync one from an async one."""

    def __init__(
        self,
        *,
        region: str | None = None,
        base_url: str | None = None,
        credentials: Credentials | ProviderT | None = None,
        timeout: float = defaults.TIMEOUT,
        max_retries: int = defaults.MAX_RETRIES,
        max_retry_seconds: float = defaults.MAX_RETRY_SECONDS,
        language: str = defaults.LANGUAGE,
        http_client: HttpClientT | None = None,
    ) -> None:
        self._check_http_client(http_client)
        url = resolve_base_url(region, base_url)
        self._settings = Settings(url, timeout, max_retries, max_retry_seconds, language)
        self._policy = RetryPolicy(max_retries, max_retry_seconds)
        self._credentials = default_credentials() if credentials is None else credentials
        if not callable(self._credentials):
            checked_credentials(self._credentials)
        self._closed = False
        # One look-up and one assignment each, so that no lock is needed, which a fork could break.
        self._refused: dict[Credentials, dict[str, Any]] = {}
        self._api: GeneratedClient | None = None
        headers = {
            "Accept": "application/json",
            "User-Agent": f"coc-steps/{package_version()}",
            "X-Language": language,
        }
        self._proxy = self._open(url, headers, http_client).proxy

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
    ) -> StepIteratorT:
        """Iterate over the steps of an execution, each once, in the server's order.

        A step that is there for the whole walk comes exactly once, unless steps are both deleted
        and reordered meanwhile; with ``verify`` there is no condition.

        Args:
            execution_id: The execution (ticket).
            step_ids: Only these steps; an empty list gives nothing and sends nothing.
            page_size: How many steps to ask for in a request (count).
            offset: How many steps to skip first (count).
            max_items: Stop after so many steps (count).
            prefetch: How many pages to keep in flight (count), while up to as many wait to be
                read; 0 asks when a page is needed.
            verify: Read the list again until it is proven complete, for about twice the requests.

        Raises:
            TypeError, ValueError: An argument is wrong; nothing was sent.
            RuntimeError: The client is closed.
            CocError: From the iteration, with the offset to resume at.
        """
        self._check_open()
        check_count("page_size", page_size, minimum=1, maximum=INT32_MAX)
        check_count("offset", offset, minimum=0)
        check_optional_count("max_items", max_items, minimum=0)
        check_count("prefetch", prefetch, minimum=0)
        request = PageRequest(check_execution_id(execution_id), step_ids=check_step_ids(step_ids))
        self._check_url(request, page_size)
        iteration = Iteration(
            page_size=min(page_size, max_items or page_size),
            offset=offset,
            max_items=0 if request.step_ids == () else max_items,
            verify=verify,
        )
        return self._iterator(request, iteration, prefetch)

    def watch(
        self,
        execution_id: str,
        *,
        interval: float = defaults.WATCH_INTERVAL,
        settle: float = defaults.WATCH_SETTLE,
        timeout: float | None = None,
    ) -> ChangeIteratorT:
        """Watch an execution until it is finished, and yield what changes, as it is seen.

        It ends when there are steps, all of them are finished, and nothing new was seen for
        ``settle`` seconds; so it waits for the steps of an execution that has none yet. Each step
        comes as ``appeared`` once, first of all, and as ``finished`` each time it finishes, even
        at first sight.

        A fault that may pass, throttling too, is waited out for up to five minutes, once anything
        was answered; before that, `max_retries` tries follow. A list that moves is looked at
        again. See docs/watch.md for what it asks the server, and for what no watch can see.

        Args:
            execution_id: The execution (ticket).
            interval: How long to wait between two looks (seconds). A look of n pages is followed by
                n intervals, but by no more than 30 s for that reason.
            settle: How long nothing new must be seen before it ends (seconds).
            timeout: How long to watch at the most (seconds); None for no limit. With a sync
                ``http_client``, a server that drips its headers can exceed it.

        Raises:
            WatchTimeoutError: The time is up, from the iteration like every other `CocError`.
            TypeError, ValueError: An argument is wrong; nothing was sent.
        """
        self._check_open()
        request = PageRequest(check_execution_id(execution_id))
        self._check_url(request, defaults.PAGE_SIZE)
        watch = Watch(
            execution_id,
            interval=check_seconds("interval", interval, positive=True),
            settle=check_seconds("settle", settle, positive=False),
            timeout=None if timeout is None else check_seconds("timeout", timeout, positive=True),
            first=self._policy,
            later=RetryPolicy(None, MAX_TROUBLE, max_backoff=MAX_INTERVAL),
            page_size=defaults.PAGE_SIZE,
            now=self._clock.monotonic(),
        )
        return self._changes(request, watch)

    @property
    def api(self) -> GeneratedClient:
        """The generated client, signed and with the timeout, for the raw layer; no retries."""
        from coc_steps_api import Client as GeneratedClient

        self._check_open()
        if self._api is None:
            self._api = self._attach(GeneratedClient(base_url=self._settings.base_url))
        return self._api

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._settings.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds connections and credentials and cannot be pickled; "
            "make one in each process, from plain settings"
        )

    def _open(
        self, url: str, headers: Mapping[str, str], http_client: HttpClientT | None
    ) -> BaseSender:
        """Make what sends, and return it."""
        raise NotImplementedError

    def _iterator(self, request: PageRequest, iteration: Iteration, prefetch: int) -> StepIteratorT:
        """Return the iterator over the steps that a request is about."""
        raise NotImplementedError

    def _changes(self, request: PageRequest, watch: Watch) -> ChangeIteratorT:
        """Return the iterator over what a watch sees."""
        raise NotImplementedError

    def _attach(self, generated: GeneratedClient) -> GeneratedClient:
        """Return the generated client with what sends for it."""
        raise NotImplementedError

    def _check_http_client(self, client: object) -> None:
        fits = hasattr(client, "aclose") == (self._closing == "aclose") and all(
            callable(getattr(client, name, None)) for name in ("build_request", "send")
        )
        if client is not None and not fits:
            kind = "AsyncClient" if self._closing == "aclose" else "Client"
            raise TypeError(
                f"http_client must be an httpx.{kind}, or what offers the same, "
                f"not {type(client).__name__}"
            )

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("this client was closed; make a new one")

    def _check_url(self, request: PageRequest, page_size: int) -> None:
        """Raise ValueError if a URL of the walk that a request stands for would be too long."""
        build_url(self._settings.base_url, replace(request, limit=page_size, offset=INT64_MAX))

    def _page_request(
        self,
        execution_id: str,
        step_ids: Iterable[str] | None,
        limit: int | None,
        offset: int | None,
    ) -> PageRequest:
        """Check the arguments of ``get_page``."""
        self._check_open()
        return PageRequest(
            check_execution_id(execution_id),
            check_optional_count("limit", limit, minimum=1, maximum=INT32_MAX),
            check_optional_count("offset", offset, minimum=0),
            check_step_ids(step_ids),
        )

    def _begin(self, request: PageRequest, *, within: float = math.inf) -> Call:
        """Begin a call.

        Args:
            request: The page to ask for.
            within: How long a try may take at the most (seconds), if that is less than the timeout.
        """
        self._check_open()
        url = build_url(self._settings.base_url, request)
        timeout = min(self._settings.timeout, within)
        return Call(url, request.offset or 0, self._clock.monotonic(), timeout)

    def _begin_turn(self, request: PageRequest, ask: Ask) -> Call:
        """Begin the one try that a watch asks for."""
        call = self._begin(for_window(request, ask.window), within=ask.within)
        call.tries = ask.failed
        return call

    def _provide(self) -> Credentials | Awaitable[Credentials]:
        """Return the credentials for the next try, or an awaitable of them."""
        return self._credentials() if callable(self._credentials) else self._credentials

    def _accept(self, credentials: object) -> Credentials:
        """Return what is to authenticate the next try, checked.

        Raises:
            TypeError: It is no credentials.
            AuthenticationError: It was refused before; nothing more is sent with it.
        """
        checked = checked_credentials(credentials)
        refused = self._refused.get(checked)
        if refused is None:
            return checked
        raise AuthenticationError(
            "nothing was sent: these credentials were refused before; make a client with others",
            **refused,
        )

    def _read(
        self, call: Call, request: Any, received: Received, credentials: Credentials
    ) -> StepPage:
        """Return the page in the answer to a try, or raise the error that it is."""
        answer = Answer(
            status=received.status,
            headers=received.headers,
            content=received.content,
            what=call.name,
            offset=call.offset,
            secrets=_secrets(request, credentials),
            proxy=self._proxy_name(),
        )
        self._log_try(call, answer)
        try:
            return read_page(answer)
        except AuthenticationError as error:
            self._remember(error, credentials)
            raise

    def _remember(self, error: ApiError, credentials: Credentials) -> None:
        """Remember what credentials were refused with; not the error, which keeps its frames."""
        names = ("status_code", "error_code", "error_msg", "request_id")
        self._refused[credentials] = {name: getattr(error, name) for name in names}

    def _raw_response(
        self, request: Any, received: Received, credentials: Credentials
    ) -> httpx.Response:
        """Return an answer as the generated client takes it; a refusal is remembered."""
        if received.status == HTTPStatus.UNAUTHORIZED:
            secrets = _secrets(request, credentials)
            answer = Answer(received.status, received.headers, b"", "", 0, secrets)
            self._remember(api_error(answer), credentials)
        return httpx.Response(
            received.status,
            headers=[
                (name, value)
                for name, value in received.headers.items()
                if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
            ],
            content=received.content,
        )

    def _failure(
        self, call: Call, request: Any, error: Exception, credentials: Credentials
    ) -> CocError:
        """Return our error for one of the HTTP library's, which keep the request and its secrets.

        The error must be raised outside of the clause that caught the other one.
        """
        if isinstance(error, CocError):
            return type(error)(f"{call.name}: {error}")
        proxy = self._proxy_name()
        where = f"GET {call.address}{f' through {proxy}' if proxy else ''}"
        if is_timeout(error):
            return RequestTimeoutError(f"{where}: no complete answer within {call.timeout:g} s")
        problem = without(_secrets(request, credentials), str(error))
        status = proxy_status(error)
        if status is not None:
            answer = Answer(status, {}, problem.encode(), call.name, call.offset, proxy=proxy)
            return api_error(answer)
        hint = ""
        if "CERTIFICATE_VERIFY_FAILED" in problem:
            hint = "; for a private certificate authority set SSL_CERT_FILE (docs/proxies.md)"
        return TransportError(
            f"{where}: no complete answer came: {type(error).__name__}: {problem}{hint}"
        )

    def _wait_before_next_try(self, call: Call, error: CocError) -> float | None:
        """Return how long to wait before a call is tried again (seconds), or None if it is not."""
        elapsed = self._clock.monotonic() - call.started
        wait = self._policy.wait(error, tries=call.tries, elapsed=elapsed)
        if wait is not None:
            self._log_retry(call.tries, self._settings.max_retries + 1, error, wait)
        elif call.tries > 1:
            error.add_note(f"tried {call.tries} times in {elapsed:.1f} s")
        return wait

    def _log_try(self, call: Call, outcome: Answer | Exception) -> None:
        """Write a line for a try: the answer, or the name of what happened instead."""
        if not logger.isEnabledFor(logging.INFO):
            return
        status: object = type(outcome).__name__
        request_id = None
        if isinstance(outcome, Answer):
            status, request_id = outcome.status, outcome.request_id
        logger.info(
            "GET %s -> %s in %.0f ms, request id %s, try %d",
            call.target,
            status,
            (self._clock.monotonic() - call.began) * 1000,
            request_id,
            call.tries,
            extra={"coc_status": status},
        )

    def _log_retry(self, tries: int, most: int | None, error: CocError, wait: float) -> None:
        """Write a line for a try that will be followed by another one."""
        about = {"coc_try": tries, "coc_tries": most, "coc_reason": str(error), "coc_wait": wait}
        logger.warning("%s; trying again in %.1f s", error, wait, extra=about)

    def _proxy_name(self) -> str | None:
        return str(self._proxy) if self._proxy else None


class BaseStepIterator:
    """What both iterators share: where they are."""

    def __init__(self, request: PageRequest, iteration: Iteration) -> None:
        self._request = request
        self._iteration = iteration

    @property
    def total(self) -> int | None:
        """How many steps the server said there are (count); None before the first page."""
        return self._iteration.total

    @property
    def offset(self) -> int:
        """Where another iteration may resume (count): it may repeat steps, never skip them."""
        return self._iteration.offset

    def __repr__(self) -> str:
        return f"{type(self).__name__}(offset={self.offset}, total={self.total})"


def for_window(request: PageRequest, window: Window) -> PageRequest:
    """Return the request for a window of what another one is about."""
    return replace(request, limit=window.limit, offset=window.offset)


def empty_page(offset: int | None) -> StepPage:
    """Return the page of no ids: on the wire, an empty list would stand for all steps."""
    body = Body(b'{"data": [], "total": 0}')
    return StepPage([], body, total=0, offset=offset or 0, request_id=None)


def provider_failed(error: Exception) -> ConfigurationError:
    """Return the error for what a callable raised instead of giving credentials."""
    return ConfigurationError(
        f"the callable that was passed as credentials raised {type(error).__name__}"
    )


def _secrets(request: Any, credentials: Credentials) -> tuple[str, ...]:
    """Return what a server must not make us show, the signature of the request among it."""
    sent = request.headers.get("Authorization", "")
    signature = sent.rpartition("Signature=")[2]
    return tuple(secret for secret in (sent, signature, *credentials.secrets()) if secret)


def package_version() -> str:
    """Return the version of the installed distribution."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("coc-steps")
    except PackageNotFoundError:
        return "unknown"
