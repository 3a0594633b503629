"""What the sync and the async client share: everything but the waiting."""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import httpx

from coc_steps._http.requests import merging, plain
from coc_steps._http.retry import RetryPolicy
from coc_steps._huawei.credentials import AsyncCredentialsProvider, Credentials, checked_credentials
from coc_steps._huawei.discovery import default_credentials
from coc_steps._steps.request import Settings, build_url, resolve_base_url
from coc_steps._steps.response import Answer, api_error, read_page, without
from coc_steps.errors import AuthenticationError, CocError, RequestTimeoutError, TransportError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from coc_steps._http.requests import Build
    from coc_steps._steps.model import StepPage

logger = logging.getLogger("coc_steps")
logger.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page to ask for, with checked arguments; None leaves a parameter out."""

    execution_id: str
    limit: int | None = None
    offset: int | None = None
    step_ids: tuple[str, ...] | None = None


@dataclass(slots=True)
class Call:
    """A request on its way, through all of its tries.

    Attributes:
        url: Where it goes, percent-encoded.
        offset: Where its window starts.
        started: When its first try began, on the monotonic clock (seconds).
        timeout: How long each try may take in all (seconds).
        tries: How many tries began (count).
    """

    url: str
    offset: int
    started: float
    timeout: float
    tries: int = 0

    @property
    def address(self) -> str:
        """Where it goes, without the query."""
        return self.url.partition("?")[0]

    @property
    def name(self) -> str:
        """The request, as an error of the server's names it: method and path."""
        return f"GET /{self.address.split('/', 3)[3]}"


class Core:
    """Builds requests, reads answers, remembers refused credentials. Safe in several threads.

    The arguments are those of `Client`.
    """

    def __init__(
        self,
        *,
        region: str | None,
        base_url: str | None,
        credentials: Credentials | AsyncCredentialsProvider | None,
        timeout: float,
        max_retries: int,
        max_retry_seconds: float,
        language: str,
    ) -> None:
        url = resolve_base_url(region, base_url)
        self.settings = Settings(url, timeout, max_retries, max_retry_seconds, language)
        self.policy = RetryPolicy(max_retries, max_retry_seconds)
        self.closed = False
        self._credentials = default_credentials() if credentials is None else credentials
        if not callable(self._credentials):
            checked_credentials(self._credentials)
        self._refused: dict[Credentials, AuthenticationError] = {}
        self._lock = threading.Lock()
        self.headers = {
            "Accept": "application/json",
            "User-Agent": f"coc-steps/{package_version()}",
            "X-Language": language,
        }

    def call(self, request: PageRequest, *, within: float = math.inf) -> Call:
        """Begin a request.

        Args:
            request: The request.
            within: How long a try may take at the most (seconds), if that is less than the
                client's timeout.

        Raises:
            RuntimeError: The client was closed.
            ValueError: The URL would be too long.
        """
        self.check_open()
        url = build_url(
            self.settings.base_url,
            request.execution_id,
            limit=request.limit,
            offset=request.offset,
            step_ids=request.step_ids,
        )
        timeout = min(self.settings.timeout, within)
        return Call(url, request.offset or 0, time.monotonic(), timeout)

    def check_open(self) -> None:
        """Raise RuntimeError if the client was closed."""
        if self.closed:
            raise RuntimeError("this client was closed; make a new one")

    def raw_headers(self, http_client: httpx.Client | httpx.AsyncClient) -> httpx.Headers:
        """Give the headers of the raw layer: those of the client that sends, and ours."""
        headers = httpx.Headers(http_client.headers)
        headers.update(self.headers)
        return headers

    def builder(self, http: httpx.Client | httpx.AsyncClient, *, owned: bool) -> Build:
        """Give what builds the requests for a client of our own, or one that was passed in."""
        if owned:
            settings = self.settings
            return plain(settings.base_url, self.raw_headers(http), settings.timeout)
        return merging(http, self.headers, self.settings.timeout)

    def ask_credentials(self) -> Credentials | Awaitable[Credentials]:
        """Give the credentials for the next try, or an awaitable of them; `accept` checks them."""
        return self._credentials() if callable(self._credentials) else self._credentials

    def accept(self, credentials: object) -> Credentials:
        """Check what is to authenticate the next try.

        Raises:
            TypeError: It is no credentials.
            AuthenticationError: It was refused before; nothing more is sent with it.
        """
        checked = checked_credentials(credentials)
        with self._lock:
            refused = self._refused.get(checked)
        if refused is None:
            return checked
        raise AuthenticationError(
            "nothing was sent: these credentials were refused before; make a client with others",
            status_code=refused.status_code,
            error_code=refused.error_code,
            error_msg=refused.error_msg,
            request_id=refused.request_id,
        )

    def read(
        self,
        call: Call,
        request: httpx.Request,
        response: httpx.Response,
        content: bytes,
        credentials: Credentials,
    ) -> StepPage:
        """Read the answer to a try.

        Raises:
            ApiError: The server refused it.
            ResponseFormatError: A success that is not what the description says.
        """
        answer = Answer(
            status=response.status_code,
            headers=response.headers,
            content=content,
            what=call.name,
            offset=call.offset,
            secrets=_secrets(request, credentials),
        )
        try:
            return read_page(answer)
        except AuthenticationError as error:
            self._refuse(credentials, error)
            raise

    def note_refusal(self, credentials: Credentials, response: httpx.Response) -> None:
        """Remember a refusal that the raw layer (``.api``) met."""
        what = f"{response.request.method} {response.request.url.path}"
        answer = Answer(response.status_code, response.headers, b"", what, offset=0)
        error = api_error(answer)
        if isinstance(error, AuthenticationError):
            self._refuse(credentials, error)

    def _refuse(self, credentials: Credentials, error: AuthenticationError) -> None:
        with self._lock:
            self._refused[credentials] = error

    def note_tries(self, call: Call, error: CocError) -> None:
        """Let an error that ends several tries say how many there were."""
        if call.tries > 1:
            seconds = time.monotonic() - call.started
            error.add_note(f"tried {call.tries} times in {seconds:.1f} s")

    def log(self, call: Call, began: float, outcome: object) -> None:
        """Write a line for a try: the answer, or the name of what happened instead."""
        if not logger.isEnabledFor(logging.INFO):
            return
        status, request_id = outcome, None
        if isinstance(outcome, httpx.Response):
            status, request_id = outcome.status_code, outcome.headers.get("x-request-id")
        logger.info(
            "GET %s -> %s in %.0f ms, request id %s, try %d",
            httpx.URL(call.url).raw_path.decode("ascii"),
            status,
            (time.monotonic() - began) * 1000,
            request_id,
            call.tries,
        )

    def transport_error(
        self, call: Call, request: httpx.Request, error: Exception, credentials: Credentials
    ) -> TransportError:
        """Make our error of one of httpx's, which keeps the request and so its credentials."""
        if isinstance(error, httpx.TimeoutException | TimeoutError):
            return RequestTimeoutError(
                f"GET {call.address}: no complete answer within {call.timeout:g} s"
            )
        problem = without(_secrets(request, credentials), f"{type(error).__name__}: {error}")
        return TransportError(f"GET {call.address}: no complete answer came: {problem}")


def check_http_client(client: object, kind: type[httpx.Client | httpx.AsyncClient]) -> None:
    """Raise TypeError unless it is None or an httpx client of the right kind."""
    if client is not None and not isinstance(client, kind):
        raise TypeError(
            f"http_client must be an httpx.{kind.__name__}, not {type(client).__name__}"
        )


def refuse_pickling(client: object) -> NoReturn:
    """Raise the TypeError of a client that is pickled or copied."""
    raise TypeError(
        f"{type(client).__name__} holds connections and credentials and cannot be pickled; "
        "make one in each process, from plain settings"
    )


def _secrets(request: httpx.Request, credentials: Credentials) -> tuple[str, ...]:
    """Give what a server must not make us show, the signature of the request among it."""
    sent = request.headers.get("Authorization", "")
    signature = sent.rpartition("Signature=")[2]
    return tuple(secret for secret in (sent, signature, *credentials.secrets()) if secret)


def package_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("coc-steps")
    except PackageNotFoundError:
        return "unknown"
