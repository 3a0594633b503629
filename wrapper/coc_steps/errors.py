"""What can go wrong, one tree:

CocError                      .offset: where iteration may resume, when it was iterating
├─ ConfigurationError         no credentials, no region, a broken profile file
├─ TransportError             connection refused, reset, cut body
│  └─ RequestTimeoutError     a try took longer than the client's timeout
├─ ResponseFormatError        a success that is not what the description says; names the place
├─ PaginationError            the server cannot be walked: it ignores the offset, or keeps changing
├─ StepNotFoundError          the execution has no step with this id
├─ WatchTimeoutError          the execution was not finished within the timeout of a watch
└─ ApiError                   .status_code .error_code .error_msg .request_id .retry_after
   ├─ BadRequestError 400     also an unknown ticket, most likely: COC says so with 400
   ├─ AuthenticationError 401
   ├─ PermissionDeniedError 403
   ├─ NotFoundError 404
   ├─ RateLimitError 429
   └─ ServerError 5xx

Not in it: wrong arguments raise ValueError or TypeError before anything is sent. A closed client
raises RuntimeError, and so does an ``http_client`` in a forked process or on another event loop.
"""  # noqa: D415 - the tree is the summary

from __future__ import annotations

from typing import Any


class CocError(Exception):
    """The root of all errors of this package.

    Attributes:
        offset: Where an iteration may resume (count of steps before it), or None when the error
            did not come from an iteration. Resuming there may repeat steps, never skip them.
    """

    offset: int | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception's own would call the class with the message alone.
        return _restore, (type(self), self.args, self.__dict__)


class ConfigurationError(CocError):
    """The client cannot be set up: no credentials, no address, a broken profile file."""


class TransportError(CocError):
    """No complete answer came: connection refused or reset, or a body that was cut."""


class RequestTimeoutError(TransportError):
    """A try took longer than the client's timeout, all in all."""


class ResponseFormatError(CocError):
    """A success whose body is not what the description says.

    Attributes:
        request_id: The vendor's id of the request, if the answer had one.
    """

    def __init__(self, message: str, *, request_id: str | None = None) -> None:
        super().__init__(_with_request_id(message, request_id))
        self.request_id = request_id


class PaginationError(CocError):
    """The list cannot be walked: the server ignores the offset, or the list keeps changing."""


class StepNotFoundError(CocError):
    """The execution has no step with the id asked for."""


class WatchTimeoutError(CocError):
    """The execution was not finished within the timeout of a watch."""


class ApiError(CocError):
    """The service or its gateway refused the request.

    Attributes:
        status_code: The HTTP status; 200 when a success carried a failure code.
        error_code: The vendor's code, such as COC.00010002, if there was one.
        error_msg: The vendor's words, if there were any.
        request_id: The id that the vendor's support asks for, if there was one.
        retry_after: How long the server asked to wait (seconds), if it did.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        error_code: str | None = None,
        error_msg: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(_with_request_id(message, request_id))
        self.status_code = status_code
        self.error_code = error_code
        self.error_msg = error_msg
        self.request_id = request_id
        self.retry_after = retry_after


class BadRequestError(ApiError):
    """Status 400: wrong parameter values or, most likely, an unknown execution."""


class AuthenticationError(ApiError):
    """Status 401: the credentials are wrong or expired. It is never tried again."""


class PermissionDeniedError(ApiError):
    """Status 403: the credentials do not grant coc:execution:listExecutionStep."""


class NotFoundError(ApiError):
    """Status 404: there is no such API at this address, or no such execution."""


class RateLimitError(ApiError):
    """Status 429: throttled, after as many tries as the client makes."""


class ServerError(ApiError):
    """Status 5xx: the service or the gateway failed; 500, 502, 503 and 504 after all tries."""


def _with_request_id(message: str, request_id: str | None) -> str:
    return f"{message} (request id {request_id})" if request_id else message


def _restore(cls: type[CocError], args: tuple[Any, ...], state: dict[str, Any]) -> CocError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error
