"""What the tests of the client's modules share."""

from __future__ import annotations

import os
import signal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from drive import KINDS, Driver, Recorder, make
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Drive = Callable[..., Driver]

# What a shell starts in the background ignores Ctrl-C, and so would the commands that are tested.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Coverage is that of pytest-xdist's workers; what they start is not measured.
os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
# How long an example takes says how busy the machine is.
settings.register_profile("patient", settings.default, deadline=None)
settings.load_profile("patient")


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def drive(kind: str) -> Iterator[Drive]:
    """Make clients of both kinds, and close them in the end."""
    made: list[Driver] = []

    def one(transport: Recorder | None = None, **settings: Any) -> Driver:
        made.append(make(kind, transport, **settings))
        return made[-1]

    yield one
    for driver in made:
        driver.close()


class Clock(SimpleNamespace):
    """Time that passes only where a client waits before another try."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let the waits between tries pass at once, on a clock of their own."""
    clock = Clock()

    async def wait(seconds: float) -> None:
        clock.wait(seconds)

    monkeypatch.setattr("coc_steps._sync.sleep", lambda seconds, _: clock.wait(seconds))
    monkeypatch.setattr("coc_steps._async.sleep", wait)
    for module in ("_core", "_retry", "_sync", "_async"):
        monkeypatch.setattr(f"coc_steps.{module}.time", clock)
    return clock
