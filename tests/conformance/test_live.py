"""The live profile: a test looks at every request on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from coc_steps import AkSk, AuthToken
from coc_steps.conformance import Profile, Report, conform
from coc_steps.mock import MockServer, Refusal, Request, serve

if TYPE_CHECKING:
    from coc_steps.mock import Answer, Fault, Handler

MODES = ["token", "keys"]


@dataclass
class Tap:
    """Sees all requests; refuses the credentials from one of them on."""

    refuse_from: int | None = None
    requests: list[Request] = field(default_factory=list[Request])

    def fault(self) -> Fault:
        def wrap(handler: Handler) -> Handler:
            def handle(request: Request) -> Answer:
                self.requests.append(request)
                if self.refuse_from is not None and len(self.requests) >= self.refuse_from:
                    return Refusal(401, "APIGW.0301", "No.").answer(request)
                return handler(request)

            return handle

        return wrap


def run(tap: Tap, mode: str = "token", *, max_requests: int | None = None) -> Report:
    """Run the live profile against a mock of three tickets, without waiting."""
    with serve(faults=[tap.fault()]) as mock:
        tickets = [name for name, count in mock.tickets.items() if 0 < count <= 250]
        return conform(
            mock.base_url,
            tickets,
            credentials=credentials(mock, mode),
            profile=Profile.LIVE,
            rate=10_000,
            max_requests=max_requests,
        )


def credentials(mock: MockServer, mode: str) -> AkSk | AuthToken:
    if mode == "token":
        return AuthToken(mock.token)
    return AkSk(mock.access_key, mock.secret_key)


@pytest.mark.parametrize("mode", MODES)
def test_every_request_is_a_get_with_valid_credentials(mode: str) -> None:
    tap = Tap()
    report = run(tap, mode)
    assert report.verdict() == "passed", str(report)
    assert {request.method for request in tap.requests} == {"GET"}
    assert 200 < len(tap.requests) == report.requests <= 300
    # The mock refuses whatever is not authenticated with 401.
    assert set(report.coverage().statuses) == {200, 400}
    assert {request.headers["user-agent"] for request in tap.requests} == {
        "coc-steps-conform (live)"
    }
    header = "x-auth-token" if mode == "token" else "authorization"
    assert all(request.headers[header] for request in tap.requests)
    assert all(not request.body for request in tap.requests)


@pytest.mark.parametrize("limit", [1, 30])
def test_it_sends_no_more_than_it_may(limit: int) -> None:
    tap = Tap()
    report = run(tap, max_requests=limit)
    assert len(tap.requests) == report.requests == limit
    assert report.verdict() == "inconclusive"
    assert f"the limit of {limit} requests" in " ".join(report.doubts)


@pytest.mark.parametrize("first", [1, 40, 260])
def test_the_first_401_is_the_last_answer(first: int) -> None:
    tap = Tap(refuse_from=first)
    report = run(tap)
    assert len(tap.requests) == report.requests == first
    assert (report.exit_code(), list(report.findings)) == (4, [])


def test_it_is_the_default_away_from_the_loopback() -> None:
    with pytest.raises(ValueError, match="sends POST, PUT, PATCH and DELETE"):
        conform("http://coc.invalid", ["EX1"], credentials=AuthToken("t"), profile=Profile.FULL)
