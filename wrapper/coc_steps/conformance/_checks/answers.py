"""Looks at all answers of a run, whoever asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.conformance._catalogue import REQUEST_IDS, UNDOCUMENTED
from coc_steps.conformance._fuzzing.description import packaged, unknown_keys
from coc_steps.conformance._fuzzing.engine import Validator
from coc_steps.conformance._report.findings import Finding, Kind, broken

from .response import EXPECTATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coc_steps.conformance._session.exchange import Exchange


def findings_in(exchanges: Iterable[Exchange]) -> Iterator[Finding]:
    """Return what is wrong with answers, each for itself and in comparison with the others."""
    gets = [exchange for exchange in exchanges if exchange.method == "GET"]
    validator = Validator()
    for exchange in gets:
        yield from validator.findings(exchange)
        yield from _broken_expectations(exchange)
        yield from _drift(exchange)
    if any(exchange.success is not None for exchange in gets):
        # A server that answers nothing else is out of order, which is no finding.
        yield from _crashes(gets)
    yield from _repeated_request_ids(gets)


def _broken_expectations(exchange: Exchange) -> Iterator[Finding]:
    for name, expectation in EXPECTATIONS.items():
        for place, message in expectation(exchange):
            yield Finding(Kind.EXPECTATION, name, place, message, exchange)


def _drift(exchange: Exchange) -> Iterator[Finding]:
    for place in unknown_keys(packaged(), exchange.status, exchange.json):
        message = f"the key {place} is not documented"
        yield Finding(Kind.DRIFT, UNDOCUMENTED, place, message, exchange)


def _crashes(exchanges: Iterable[Exchange]) -> Iterator[Finding]:
    """Find what schemathesis finds in the answers to its own requests."""
    for exchange in exchanges:
        if exchange.is_crash:
            found = "not_a_server_error", f"answers {exchange.status}", "the server failed"
            yield Finding(Kind.EXPECTATION, *found, exchange)


def _repeated_request_ids(exchanges: Iterable[Exchange]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for exchange in exchanges:
        url = seen.setdefault(exchange.request_id, exchange.url)
        if exchange.request_id and url != exchange.url:
            message = f"two requests got the same request id {exchange.request_id}"
            yield broken(REQUEST_IDS, message, exchange)
            return
