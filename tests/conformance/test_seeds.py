"""No honest server is accused, whatever the seed; `make test-all` runs it."""

from __future__ import annotations

import pytest
from coc_steps import AuthToken
from coc_steps.conformance import conform
from coc_steps.mock import serve

from .family import HONEST, TICKETS, TOKEN, serve_family
from .honest import VARIATIONS

pytestmark = pytest.mark.exhaustive
SEEDS = range(1, 11)
MOST_STEPS = 50


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", HONEST)
def test_servers_of_others(name: str, seed: int) -> None:
    with serve_family(name) as url:
        chosen = list(TICKETS)[:2]
        report = conform(url, chosen, credentials=AuthToken(TOKEN), seed=seed, max_examples=20)
    assert report.passed, str(report)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", VARIATIONS)
def test_variations_of_the_mock(name: str, seed: int) -> None:
    variation = VARIATIONS[name]
    with serve(**variation.options) as mock:
        short = [ticket for ticket, count in mock.tickets.items() if count <= MOST_STEPS]
        chosen = short[:2] or list(mock.tickets)[:1]
        token = AuthToken(mock.token)
        report = conform(mock.base_url, chosen, credentials=token, seed=seed, max_examples=20)
    assert {finding.kind for finding in report.findings} <= variation.tolerated, str(report)
