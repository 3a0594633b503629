"""The contenders: each reads id, name and status of every step, as its users would.

Each opens its client once and gives a function that walks over the ticket. What it needs is
imported when it is opened, so that none pays for another's modules.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from functools import partial
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

from .pages import TICKET

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager

    import httpx

    See = Callable[[str | None, str | None, str | None], None]
    Walk = Callable[[int, See], None]
    Contender = Callable[[str], AbstractContextManager[Walk]]

PATH = f"/v1/executions/{TICKET}/steps"
ACCESS_KEY, SECRET_KEY, PROJECT = "AccessKey", "SecretKey", "ProjectId"
TOKEN = {"X-Auth-Token": "Token"}
PREFETCH = 8


@contextmanager
def http_client_json(address: str) -> Generator[Walk]:
    """http.client and json, with a token."""
    from http.client import HTTPConnection

    connection = HTTPConnection(address.removeprefix("http://"))

    def walk(limit: int, see: See) -> None:
        offset, total = 0, 1
        while offset < total:
            connection.request("GET", f"{PATH}?limit={limit}&offset={offset}", headers=TOKEN)
            page = json.loads(connection.getresponse().read())
            for step in page["data"]:
                see(step["execution_step_id"], step["name"], step["status"])
            offset, total = offset + len(page["data"]), page["total"]

    yield walk
    connection.close()


@contextmanager
def httpx_json(address: str) -> Generator[Walk]:
    """Httpx and json, with a token."""
    import httpx

    with httpx.Client(base_url=address, headers=TOKEN) as client:

        def walk(limit: int, see: See) -> None:
            offset, total = 0, 1
            while offset < total:
                response = client.get(PATH, params={"limit": limit, "offset": offset})
                page = json.loads(response.raise_for_status().content)
                for step in page["data"]:
                    see(step["execution_step_id"], step["name"], step["status"])
                offset, total = offset + len(page["data"]), page["total"]

        yield walk


@contextmanager
def generated(address: str) -> Generator[Walk]:
    """The generated layer, with a token."""
    from coc_steps_api import Client
    from coc_steps_api.api.executions import list_execution_steps
    from coc_steps_api.models import ListExecutionStepsResponse

    with Client(base_url=address, headers=dict(TOKEN)) as client:

        def walk(limit: int, see: See) -> None:
            offset, total = 0, 1
            while offset < total:
                page = list_execution_steps.sync(TICKET, client=client, limit=limit, offset=offset)
                if not isinstance(page, ListExecutionStepsResponse):
                    raise TypeError(f"no page: {page!r}")
                steps = page.data or []
                for step in steps:
                    see(step.execution_step_id or None, step.name or None, step.status or None)
                offset, total = offset + len(steps), page.total or 0

        yield walk


@contextmanager
def vendor(address: str) -> Generator[Walk]:
    """The vendor's SDK, signed."""
    from huaweicloudsdkcoc.v1 import CocClient, ListExecutionStepsRequest
    from huaweicloudsdkcore.auth.credentials import BasicCredentials

    credentials = BasicCredentials(ACCESS_KEY, SECRET_KEY, PROJECT)
    client = CocClient.new_builder().with_credentials(credentials).with_endpoint(address).build()

    def walk(limit: int, see: See) -> None:
        offset, total = 0, 1
        while offset < total:
            request = ListExecutionStepsRequest(TICKET, limit=limit, offset=offset)
            page = client.list_execution_steps(request)
            for step in page.data:
                see(step.execution_step_id, step.name, step.status)
            offset, total = offset + len(page.data), page.total

    yield walk


@contextmanager
def wrapper(address: str, prefetch: int = 0) -> Generator[Walk]:
    """This client, signed."""
    from coc_steps import AkSk, Client

    keys = AkSk(ACCESS_KEY, SECRET_KEY, project_id=PROJECT)
    with Client(base_url=address, credentials=keys) as client:

        def walk(limit: int, see: See) -> None:
            for step in client.iter_steps(TICKET, page_size=limit, prefetch=prefetch):
                see(step.id, step.name, step.status)

        yield walk


@contextmanager
def wrapper_async(address: str, prefetch: int = 0, *, aiohttp: bool = False) -> Generator[Walk]:
    """This client for asyncio, signed; over httpx's own transport, or over aiohttp."""
    import asyncio

    from coc_steps import AkSk, AsyncClient

    keys = AkSk(ACCESS_KEY, SECRET_KEY, project_id=PROJECT)
    with asyncio.Runner() as runner:
        http_client = _aiohttp() if aiohttp else None
        client = AsyncClient(base_url=address, credentials=keys, http_client=http_client)

        async def walk(limit: int, see: See) -> None:
            async for step in client.iter_steps(TICKET, page_size=limit, prefetch=prefetch):
                see(step.id, step.name, step.status)

        yield lambda limit, see: runner.run(walk(limit, see))
        runner.run(client.aclose())
        if http_client:
            runner.run(http_client.aclose())


def _aiohttp() -> httpx.AsyncClient:
    from httpx_aiohttp import HttpxAiohttpClient

    return HttpxAiohttpClient()


@contextmanager
def wrapper_async_alone(address: str) -> Generator[Walk]:
    """This client for asyncio, signed, as if sniffio were not installed."""
    present = sys.modules.pop("sniffio", None)
    sys.meta_path.insert(0, _Missing)
    try:
        with wrapper_async(address) as walk:
            yield walk
    finally:
        sys.meta_path.remove(_Missing)
        if present:
            sys.modules["sniffio"] = present


class _Missing:
    """Searches for sniffio as long as if it were not installed, and does not find it."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:  # noqa: ARG004
        """Find nothing."""
        if name == "sniffio":
            PathFinder.find_spec("sniffio_that_is_missing")
            raise ModuleNotFoundError(name=name)


CONTENDERS: dict[str, Contender] = {
    "vendor SDK": vendor,
    "generated layer": generated,
    "httpx + json": httpx_json,
    "http.client + json": http_client_json,
    "coc_steps": wrapper,
    "coc_steps, prefetch=8": partial(wrapper, prefetch=PREFETCH),
    "coc_steps async": wrapper_async,
    "coc_steps async, no sniffio": wrapper_async_alone,
    "coc_steps async, aiohttp": partial(wrapper_async, aiohttp=True),
    "coc_steps async, prefetch=8": partial(wrapper_async, prefetch=PREFETCH),
    "coc_steps async, aiohttp, prefetch=8": partial(wrapper_async, prefetch=PREFETCH, aiohttp=True),
}
