"""What the tests of the client's modules share."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps._client.base import BaseClient
from drive import KINDS, Driver, Recorder, make
from hypothesis import settings

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    Drive = Callable[..., Driver]

# What a shell starts in the background ignores Ctrl-C, and so would the commands that are tested.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Coverage is that of pytest-xdist's workers; what they start is not measured.
if "PYTEST_XDIST_WORKER" in os.environ:
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


class Clock:
    """Time that passes only where a client waits before another try."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float, _cancelled: threading.Event) -> None:
        self.waits.append(seconds)
        self.now += seconds

    async def wait_async(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Hand all clients a clock on which the waits between tries pass at once."""
    clock = Clock()
    monkeypatch.setattr(BaseClient, "_clock", clock)
    return clock


@pytest.fixture
def without_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the vendor's SDK away, as if the extra was not installed; nothing asks for metadata."""
    monkeypatch.delitem(sys.modules, "coc_steps._huawei.sdk", raising=False)
    monkeypatch.setitem(sys.modules, "huaweicloudsdkcore.auth.internal", None)
