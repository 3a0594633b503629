"""A second family of servers, which is not made from the mock: `server` and `fastapi_server`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from coc_steps.mock import run_app

from .fastapi_server import FASTAPI_BROKEN, FASTAPI_HONEST, make_app
from .server import PLAIN_BROKEN, PLAIN_HONEST, TICKETS, TOKEN, serve_plain

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["BROKEN", "HONEST", "TICKETS", "TOKEN", "serve_family"]

HONEST = {**PLAIN_HONEST, **FASTAPI_HONEST}
BROKEN = {**PLAIN_BROKEN, **FASTAPI_BROKEN}


@contextmanager
def serve_family(*names: str) -> Generator[str]:
    """Serve with some habits on a free port, until the end of the block."""
    if names[0] in {**FASTAPI_HONEST, **FASTAPI_BROKEN}:
        with run_app(make_app(names[0])) as address:
            yield address
    else:
        with serve_plain(*names) as address:
            yield address
