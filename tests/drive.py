"""The two clients behind one blocking interface, so that each test shows both; small servers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import httpx
from coc_steps import AkSk, AsyncClient, Client, CocError, Step, StepChange, StepPage
from coc_steps_api.api.executions import list_execution_steps

if TYPE_CHECKING:
    from coc_steps_api.models import Error, ListExecutionStepsResponse
    from coc_steps_api.types import Response

URL = "http://127.0.0.1:9"  # nothing listens there, should a test get past its transport
TICKET = "EX20250624161701019test"
KEYS = AkSk("AccessKey", "SecretKey")

Handler = Callable[[httpx.Request], httpx.Response]


class Recorder(httpx.MockTransport):
    """Answers as a handler says, in both clients, and keeps what it got."""

    def __init__(self, handler: Handler | None = None) -> None:
        self.requests: list[httpx.Request] = []
        self._answer: Handler = handler or lister(0)
        super().__init__(self._record)

    def _record(self, request: httpx.Request) -> httpx.Response:
        # Copied: a request may be changed in place when it is sent again.
        self.requests.append(httpx.Request(request.method, request.url, headers=request.headers))
        return self._answer(request)

    @property
    def targets(self) -> list[str]:
        return [request.url.raw_path.decode() for request in self.requests]


def body(ids: Iterable[str | None], total: int | None) -> dict[str, Any]:
    return {"data": [{"execution_step_id": name} for name in ids], "total": total}


def number(request: httpx.Request, name: str, default: int) -> int:
    return int(request.url.params.get(name, default))


def lister(count: int, *, cap: int = 1000) -> Handler:
    """Return an honest server of so many steps, named by their place, that caps its pages."""

    def answer(request: httpx.Request) -> httpx.Response:
        ids = request.url.params.get_list("execution_step_id_list")
        names = [str(place) for place in range(count) if not ids or str(place) in ids]
        start = number(request, "offset", 0)
        window = names[start : start + min(number(request, "limit", 10), cap)]
        return httpx.Response(200, json=body(window, len(names)))

    return answer


def in_turn(*answers: httpx.Response | Exception, then: Handler | None = None) -> Handler:
    """Return a server that answers, or breaks, in this order, and then as another one does."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        if not left:
            return (then or lister(0))(request)
        one = left.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    return answer


def refusal(status: int, headers: dict[str, str] | None = None, **content: Any) -> httpx.Response:
    return httpx.Response(status, headers=headers, content=json.dumps(content).encode())


@dataclass
class Walked:
    """What a walk came to."""

    ids: list[str | None] = field(default_factory=list[str | None])
    error: Exception | None = None
    offset: int = 0
    total: int | None = None


class Driver(Protocol):
    """A client, sync or async, that is called and waited for."""

    @property
    def client(self) -> Client | AsyncClient: ...
    def get_page(self, *args: Any, **options: Any) -> StepPage: ...
    def get_step(self, execution_id: str, step_id: str) -> Step: ...
    def walk(self, *args: Any, stop_after: int | None = None, **options: Any) -> Walked: ...
    def pages(self, *args: Any, skip: int = 0, **options: Any) -> list[StepPage]: ...
    def watch(self, *args: Any, **options: Any) -> list[StepChange]: ...
    def api(
        self, execution_id: str, **options: Any
    ) -> Response[Error | ListExecutionStepsResponse]: ...
    def finish(self) -> None:
        """Close the client alone."""

    def close(self) -> None:
        """Close all that was opened; for the fixture."""


class SyncDriver:
    def __init__(self, transport: Recorder | None, http: dict[str, Any], **settings: Any) -> None:
        self.http = httpx.Client(transport=transport, **http)
        if transport is not None:
            settings["http_client"] = self.http
        self.client = Client(**settings)

    def get_page(self, *args: Any, **options: Any) -> StepPage:
        return self.client.get_page(*args, **options)

    def get_step(self, execution_id: str, step_id: str) -> Step:
        return self.client.get_step(execution_id, step_id)

    def walk(self, *args: Any, stop_after: int | None = None, **options: Any) -> Walked:
        walked = Walked()
        with self.client.iter_steps(*args, **options) as steps:
            try:
                for step in steps:
                    walked.ids.append(step.id)
                    if len(walked.ids) == stop_after:
                        break
            except CocError as error:
                walked.error = error
        walked.offset, walked.total = steps.offset, steps.total
        return walked

    def pages(self, *args: Any, skip: int = 0, **options: Any) -> list[StepPage]:
        with self.client.iter_steps(*args, **options) as steps:
            for _ in range(skip):
                next(steps)
            return list(steps.pages())

    def watch(self, *args: Any, **options: Any) -> list[StepChange]:
        return list(self.client.watch(*args, **options))

    def api(
        self, execution_id: str, **options: Any
    ) -> Response[Error | ListExecutionStepsResponse]:
        client = options.pop("client", None) or self.client.api
        return list_execution_steps.sync_detailed(execution_id, client=client, **options)

    def finish(self) -> None:
        self.client.close()

    def close(self) -> None:
        self.finish()
        self.http.close()


class AsyncDriver:
    def __init__(self, transport: Recorder | None, http: dict[str, Any], **settings: Any) -> None:
        self.runner = asyncio.Runner()
        self.http = httpx.AsyncClient(transport=transport, **http)
        if transport is not None:
            settings["http_client"] = self.http
        self.client = AsyncClient(**settings)

    def get_page(self, *args: Any, **options: Any) -> StepPage:
        return self.runner.run(self.client.get_page(*args, **options))

    def get_step(self, execution_id: str, step_id: str) -> Step:
        return self.runner.run(self.client.get_step(execution_id, step_id))

    def walk(self, *args: Any, stop_after: int | None = None, **options: Any) -> Walked:
        return self.runner.run(self._walk(*args, stop_after=stop_after, **options))

    async def _walk(self, *args: Any, stop_after: int | None, **options: Any) -> Walked:
        walked = Walked()
        async with self.client.iter_steps(*args, **options) as steps:
            try:
                async for step in steps:
                    walked.ids.append(step.id)
                    if len(walked.ids) == stop_after:
                        break
            except CocError as error:
                walked.error = error
        walked.offset, walked.total = steps.offset, steps.total
        return walked

    def pages(self, *args: Any, skip: int = 0, **options: Any) -> list[StepPage]:
        return self.runner.run(self._pages(*args, skip=skip, **options))

    async def _pages(self, *args: Any, skip: int, **options: Any) -> list[StepPage]:
        async with self.client.iter_steps(*args, **options) as steps:
            for _ in range(skip):
                await anext(steps)
            return [page async for page in steps.pages()]

    def watch(self, *args: Any, **options: Any) -> list[StepChange]:
        return self.runner.run(self._watch(*args, **options))

    async def _watch(self, *args: Any, **options: Any) -> list[StepChange]:
        return [change async for change in self.client.watch(*args, **options)]

    def api(
        self, execution_id: str, **options: Any
    ) -> Response[Error | ListExecutionStepsResponse]:
        client = options.pop("client", None) or self.client.api
        call = list_execution_steps.asyncio_detailed(execution_id, client=client, **options)
        return self.runner.run(call)

    def finish(self) -> None:
        self.runner.run(self.client.aclose())

    def close(self) -> None:
        self.finish()
        self.runner.run(self.http.aclose())
        self.runner.close()


KINDS: dict[str, type[SyncDriver] | type[AsyncDriver]] = {"sync": SyncDriver, "async": AsyncDriver}


def make(kind: str, transport: Recorder | None, **settings: Any) -> Driver:
    """Return a driver; ``http`` has settings for the httpx client that is passed in."""
    http = {"trust_env": False, **settings.pop("http", {})}
    return KINDS[kind](transport, http, **{"base_url": URL, "credentials": KEYS} | settings)
