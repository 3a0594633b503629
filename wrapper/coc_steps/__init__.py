"""Every execution step of a Huawei Cloud COC ticket, once and in order.

List the steps of a ticket, sync or async::

    from coc_steps import Client

    with Client(region="cn-north-4") as client:
        for step in client.iter_steps("EX20250624161701019xxxx"):
            print(step.name, step.status, step.duration)

Credentials come from the environment (``COC_AUTH_TOKEN``, or the variables of the vendor's SDK) or
from the vendor's profile file; or pass ``credentials=AkSk("...", "...")``, ``AuthToken("...")`` or
``sdk_credentials()``, which asks the vendor's SDK for temporary keys.

Stop early and go on later::

    with client.iter_steps(ticket, page_size=100) as steps:
        first = next(steps)
    rest = client.iter_steps(ticket, offset=steps.offset)

Whatever fails in a call is a `CocError`; while iterating it has the ``offset`` to resume at. A
failure is never an empty result. `Step.raw` has all that the server sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._client.sync import Client, StepIterator
from ._http.authentication import CredentialsAuth
from ._huawei.credentials import AkSk, AuthToken
from ._huawei.discovery import default_credentials, sdk_credentials
from ._steps.model import Step, StepChange, StepPage
from .errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    CocError,
    ConfigurationError,
    NotFoundError,
    PaginationError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ResponseFormatError,
    ServerError,
    StepNotFoundError,
    TransportError,
    WatchTimeoutError,
)

if TYPE_CHECKING:
    from ._client.aio import AsyncClient, AsyncStepIterator

    __version__: str

__all__ = [
    "AkSk",
    "ApiError",
    "AsyncClient",
    "AsyncStepIterator",
    "AuthToken",
    "AuthenticationError",
    "BadRequestError",
    "Client",
    "CocError",
    "ConfigurationError",
    "CredentialsAuth",
    "NotFoundError",
    "PaginationError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestTimeoutError",
    "ResponseFormatError",
    "ServerError",
    "Step",
    "StepChange",
    "StepIterator",
    "StepNotFoundError",
    "StepPage",
    "TransportError",
    "WatchTimeoutError",
    "default_credentials",
    "sdk_credentials",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    if name == "__version__":
        from ._client.base import package_version

        return package_version()
    if name in ("AsyncClient", "AsyncStepIterator"):  # asyncio is half of what the import takes
        from ._client import aio

        return getattr(aio, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
