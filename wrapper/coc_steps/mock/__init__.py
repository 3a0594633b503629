"""A mock of the endpoint: stateful, strict and honest, over real HTTP on the loopback.

    >>> from coc_steps import AkSk, Client
    >>> from coc_steps.mock import serve
    >>> with serve() as mock:
    ...     keys = AkSk(mock.access_key, mock.secret_key)
    ...     with Client(base_url=mock.base_url, credentials=keys) as client:
    ...         [len(list(client.iter_steps(ticket))) for ticket in mock.tickets]
    [0, 1, 23, 250, 2500]

The same seed gives the same tickets and credentials, and the same request the same answer, unless
`live=True` lets running tickets advance. To make a server misbehave, give `serve` some `faults`,
or a subclass of `Service` with one small method replaced.
"""

from __future__ import annotations

from importlib import import_module

try:
    for _module in ("starlette", "uvicorn"):
        import_module(_module)
except ImportError as error:
    message = "coc_steps.mock needs starlette and uvicorn: pip install 'coc-steps[mock]'"
    raise ImportError(message, name=error.name) from error

from ._app import Application, LoggedRequest
from ._auth import Gate
from ._data import Step
from ._http import Answer, Fault, Handler, Refusal, Request
from ._parameters import Query
from ._server import MockServer, run_app, serve
from ._service import Service
from ._tickets import Store
from .faults import fail, throttle

__all__ = [
    "Answer",
    "Application",
    "Fault",
    "Gate",
    "Handler",
    "LoggedRequest",
    "MockServer",
    "Query",
    "Refusal",
    "Request",
    "Service",
    "Step",
    "Store",
    "fail",
    "run_app",
    "serve",
    "throttle",
]
