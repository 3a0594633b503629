"""Walks of the real clients against the server, all four ways, with one interface."""

from __future__ import annotations

import asyncio
import inspect
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Protocol, Self
from unittest import mock

from coc_steps import AkSk, AsyncClient, AsyncStepIterator, Client, CocError, StepIterator
from coc_steps._client.base import BaseClient
from coc_steps._client.clock import Clock

from .pages import EXECUTION_ID
from .scenarios import MAX_RETRIES, PAGE_SIZE, FaultScript, Scenario
from .server import FaultServer

if TYPE_CHECKING:
    import threading

SECRET_KEY = "faults-secret-key-5c1e"
SECURITY_TOKEN = "faults-security-token-9d2f"
CREDENTIALS = AkSk("FAULTSACCESSKEY", SECRET_KEY, security_token=SECURITY_TOKEN)


@dataclass
class Outcome:
    """What a walk came to: what it yielded, and the error that ended it, if one did."""

    ids: list[str | None] = field(default_factory=list[str | None])
    error: CocError | None = None


class Walker(Protocol):
    """A client that walks the execution's steps, as often as it is asked to."""

    def walk(self, *, offset: int = 0, stop_after: int | None = None) -> Outcome:
        """Walk from an offset, to the end or to so many steps (count)."""
        ...

    def abandon(self, after: int) -> list[str | None]:
        """Take so many steps (count), and leave the iterator alone without closing it."""
        ...

    def close(self) -> None:
        """Close the client, and what it ran on."""
        ...


class SyncWalker:
    """Walks with Client."""

    def __init__(self, url: str, timeout: float, prefetch: int) -> None:
        self._client = Client(
            base_url=url, credentials=CREDENTIALS, timeout=timeout, max_retries=MAX_RETRIES
        )
        self._client.__enter__()
        self._prefetch = prefetch

    def walk(self, *, offset: int = 0, stop_after: int | None = None) -> Outcome:
        outcome = Outcome()
        try:
            with self._steps(offset) as steps:
                for step in steps:
                    outcome.ids.append(step.id)
                    if len(outcome.ids) == stop_after:
                        break
        except CocError as error:
            outcome.error = error
        return outcome

    def abandon(self, after: int) -> list[str | None]:
        return [step.id for step in islice(self._steps(), after)]

    def close(self) -> None:
        self._client.__exit__(None, None, None)

    def _steps(self, offset: int = 0) -> StepIterator:
        return self._client.iter_steps(
            EXECUTION_ID, page_size=PAGE_SIZE, offset=offset, prefetch=self._prefetch
        )


class AsyncWalker:
    """Walks with AsyncClient, in an event loop of its own."""

    def __init__(self, url: str, timeout: float, prefetch: int) -> None:
        self._runner = asyncio.Runner()
        self._client = AsyncClient(
            base_url=url, credentials=CREDENTIALS, timeout=timeout, max_retries=MAX_RETRIES
        )
        self._runner.run(self._client.__aenter__())
        self._prefetch = prefetch

    def walk(self, *, offset: int = 0, stop_after: int | None = None) -> Outcome:
        return self._runner.run(self._walk(offset, stop_after))

    async def _walk(self, offset: int, stop_after: int | None) -> Outcome:
        outcome = Outcome()
        try:
            async with self._steps(offset) as steps:
                async for step in steps:
                    outcome.ids.append(step.id)
                    if len(outcome.ids) == stop_after:
                        break
        except CocError as error:
            outcome.error = error
        return outcome

    def abandon(self, after: int) -> list[str | None]:
        return self._runner.run(self._abandon(after))

    async def _abandon(self, after: int) -> list[str | None]:
        steps = self._steps()
        return [(await anext(steps)).id for _ in range(after)]

    def close(self) -> None:
        self._runner.run(self._close())
        self._runner.close()

    def _steps(self, offset: int = 0) -> AsyncStepIterator:
        return self._client.iter_steps(
            EXECUTION_ID, page_size=PAGE_SIZE, offset=offset, prefetch=self._prefetch
        )

    async def _close(self) -> None:
        await self._client.__aexit__(None, None, None)
        # Runner.close() would cancel what is left over, and nobody would ever know. Not a coroutine
        # is what closes a generator of httpx's that an error left half-way: asyncio makes that.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        left = [task for task in others if inspect.iscoroutine(task.get_coro())]
        assert not left, f"tasks left behind: {left}"


@dataclass(frozen=True)
class Way:
    """One of the four ways to walk."""

    asynchronous: bool
    prefetch: int

    def __str__(self) -> str:
        return f"{'async' if self.asynchronous else 'sync'}, prefetch {self.prefetch}"

    def open(self, url: str, timeout: float) -> Walker:
        """Return a walker with a client of its own."""
        kind = AsyncWalker if self.asynchronous else SyncWalker
        return kind(url, timeout, self.prefetch)


WAYS = tuple(Way(asynchronous, ahead) for asynchronous in (False, True) for ahead in (0, 4))


class Impatient(Clock):
    """Lets the clients' waits between tries pass at once, and keeps them (seconds)."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def wait(self, seconds: float, cancelled: threading.Event) -> None:
        # A page in flight that nobody wants any more does not wait.
        if not cancelled.is_set():
            self.waits.append(seconds)

    async def wait_async(self, seconds: float) -> None:
        self.waits.append(seconds)


class Stage:
    """A scenario set up: its server, the server that redirects point to, and a walker.

    Leaving it checks nothing; the tests do.
    """

    def __init__(self, scenario: Scenario, way: Way) -> None:
        self._stack = ExitStack()
        self._scenario, self._way = scenario, way
        self._closed = False

    def __enter__(self) -> Self:
        enter = self._stack.enter_context
        clock = Impatient()
        enter(mock.patch.object(BaseClient, "_clock", clock))
        self.waits = clock.waits
        self.elsewhere = enter(FaultServer(lambda _: []))
        self.script = FaultScript(self._scenario, self.elsewhere.url)
        self.server = enter(FaultServer(self.script, listening=not self._scenario.refused))
        self.walker = self._way.open(self.server.url, self._scenario.fault.timeout)
        self._stack.callback(self.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def heal(self) -> None:
        """Make the server answer honestly, and listen, from now on."""
        self.script.heal()
        self.server.listen()

    def close(self) -> None:
        """Close the client, if it is not closed already."""
        if not self._closed:
            self._closed = True
            self.walker.close()
