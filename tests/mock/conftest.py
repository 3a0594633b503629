"""One honest mock for all tests that only read."""

from collections.abc import Iterator

import pytest
from coc_steps.mock import MockServer, serve

from .wire import Wire


@pytest.fixture(scope="session")
def mock() -> Iterator[MockServer]:
    with serve() as server:
        yield server


@pytest.fixture(scope="session")
def wire(mock: MockServer) -> Iterator[Wire]:
    with Wire(mock) as client:
        yield client


@pytest.fixture(scope="session")
def ticket(mock: MockServer) -> str:
    """The ticket of 250 steps."""
    return next(name for name, count in mock.tickets.items() if count == 250)
