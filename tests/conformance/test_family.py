"""The second family of servers: some of them here, all of them by tools/mutants.py family."""

from __future__ import annotations

import pytest
from coc_steps import AuthToken, Client
from coc_steps.conformance import Kind, conform

from .family import BROKEN, HONEST, TICKETS, TOKEN, serve_family

SAMPLE = {
    "limit-plus-one": (Kind.VIOLATION, "windows"),
    "total-plus-one": (Kind.VIOLATION, "walk"),
    "random-order": (Kind.VIOLATION, "same-answer"),
    "every-9th-crashes": (Kind.VIOLATION, "not_a_server_error"),
    "sorted-parameters": (Kind.VIOLATION, "default-page"),
    "unknown-503": (Kind.EXPECTATION, "unknown-tickets"),
    "extra-key": (Kind.DRIFT, "undocumented-keys"),
}


def test_there_are_enough() -> None:
    assert len(HONEST) >= 12
    assert len(BROKEN) >= 36


@pytest.mark.parametrize("name", HONEST)
def test_honest_servers_serve_every_step(name: str) -> None:
    with serve_family(name) as url, Client(base_url=url, credentials=AuthToken(TOKEN)) as client:
        for ticket, count in TICKETS.items():
            ids = [step.id for step in client.iter_steps(ticket)]
            assert len(ids) == len(set(ids)) == count


@pytest.mark.parametrize("name", SAMPLE)
def test_a_broken_server_is_found(name: str) -> None:
    with serve_family(name) as url:
        report = conform(url, list(TICKETS)[:2], credentials=AuthToken(TOKEN), max_examples=5)
    assert SAMPLE[name] in {(each.kind, each.check) for each in report.findings}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_honest_server_is_not_accused(seed: int) -> None:
    with serve_family("capped-at-25", "nulls", "zero-code") as url:
        report = conform(url, TICKETS, credentials=AuthToken(TOKEN), max_examples=5, seed=seed)
    assert report.passed, str(report)


def test_habits_have_names() -> None:
    with pytest.raises(ValueError, match="no such habits: odd"), serve_family("odd"):
        pass
