"""The honest mock keeps the contract, by all that the conformance check knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from coc_steps import AkSk, AuthToken
from coc_steps.conformance import Report, conform
from coc_steps.mock import MockServer, serve

if TYPE_CHECKING:
    from collections.abc import Callable


def token(mock: MockServer) -> AkSk | AuthToken:
    return AuthToken(mock.token)


def signature(mock: MockServer) -> AkSk | AuthToken:
    return AkSk(mock.access_key, mock.secret_key)


@pytest.mark.parametrize("credentials", [token, signature])
def test_the_mock_passes(
    credentials: Callable[[MockServer], AkSk | AuthToken], report: Callable[[str], None]
) -> None:
    with serve() as mock:
        tickets = [name for name, count in mock.tickets.items() if count <= 250]
        result = conform(mock.base_url, tickets, credentials=credentials(mock))
    report(f"{credentials.__name__}: {result}, by status {result.coverage().statuses}")
    assert_passed(result)
    assert set(result.coverage().statuses) == {200, 400, 401, 405}
    assert result.coverage().unseen == ["$.error_code", "$.error_msg"]


def assert_passed(result: Report) -> None:
    assert result.passed, str(result)
    assert list(result.findings) == []
