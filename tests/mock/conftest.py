"""One honest mock for all tests that only read."""

import pytest
from coc_steps.mock import serve

from .wire import Wire


@pytest.fixture(scope="session")
def mock():
    with serve() as server:
        yield server


@pytest.fixture(scope="session")
def wire(mock):
    with Wire(mock) as client:
        yield client


@pytest.fixture(scope="session")
def ticket(mock):
    """The ticket of 250 steps."""
    return next(name for name, count in mock.tickets.items() if count == 250)
