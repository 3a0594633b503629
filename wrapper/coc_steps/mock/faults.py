"""Ready-made faults for `serve(faults=[...])`.

A fault wraps the handler of the requests, so that own ones are a few lines:

    >>> def without_total(handler):
    ...     def handle(request):
    ...         answer = handler(request)
    ...         answer.content.pop("total", None)
    ...         return answer
    ...     return handle
"""

from __future__ import annotations

from ._http import Answer, Fault, Handler, Refusal, Request

_CODES = {
    400: "COC.00010002",
    401: "APIGW.0301",
    403: "APIGW.0302",
    404: "APIGW.0101",
    429: "APIGW.0308",
    500: "APIGW.0601",
    502: "APIGW.0610",
    503: "APIGW.0613",
    504: "APIGW.0201",
}


def throttle(every: int, *, retry_after: str | None = "1") -> Fault:
    """Answer every n-th request with 429, whoever asks.

    Args:
        every: Which requests to refuse: 1 all of them, 3 every third one (count).
        retry_after: The Retry-After header (seconds, or an HTTP date); None leaves it out.
    """
    headers = {} if retry_after is None else {"Retry-After": retry_after}

    def fault(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            if request.number % every:
                return handler(request)
            return _failure(429, headers).answer(request)

        return handle

    return fault


def fail(status: int, *numbers: int) -> Fault:
    """Answer some requests with a failed status.

    Args:
        status: The HTTP status.
        numbers: Which requests of the server, the first being 1; none given means all.
    """

    def fault(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            if numbers and request.number not in numbers:
                return handler(request)
            return _failure(status, {}).answer(request)

        return handle

    return fault


def _failure(status: int, headers: dict[str, str]) -> Refusal:
    return Refusal(
        status, _CODES.get(status, "APIGW.0601"), "The request was made to fail.", headers
    )
