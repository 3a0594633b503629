"""The honest mock keeps the contract, by all default checks of schemathesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from coc_steps.mock import serve

from .runner import SignatureAuth, TokenAuth, require_clean, require_successes, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coc_steps.mock import MockServer

AUTHENTICATION = {"token": TokenAuth, "signature": SignatureAuth}


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with serve() as server:
        yield server


@pytest.mark.parametrize("mode", AUTHENTICATION)
def test_pinned_tickets(mock: MockServer, mode: str, report: Callable[[str], None]) -> None:
    outcome = run(mock, AUTHENTICATION[mode], tickets=mock.tickets, seed=1)
    report(f"pinned tickets, {mode}: {outcome}")
    require_clean(outcome)
    require_successes(outcome)
    assert {status for _, status in outcome.statuses} == {200, 400, 401, 405}


@pytest.mark.parametrize("mode", AUTHENTICATION)
def test_generated_ids(mock: MockServer, mode: str, report: Callable[[str], None]) -> None:
    outcome = run(mock, AUTHENTICATION[mode], seed=2)
    report(f"generated ids, {mode}: {outcome}")
    require_clean(outcome)
    assert {status for _, status in outcome.statuses} == {400, 405}
