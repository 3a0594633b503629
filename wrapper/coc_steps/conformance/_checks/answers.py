"""Looks at every answer of a run when it arrives, whoever asked for it, and keeps no bodies."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from coc_steps.conformance._catalogue import (
    ACCEPTANCE,
    ANSWERS,
    CONTENT_TYPE,
    CRASHES,
    METHODS,
    REJECTION,
    REQUEST_IDS,
    SCHEMA,
    STATUS,
    UNDOCUMENTED,
)
from coc_steps.conformance._fuzzing.description import seen_keys
from coc_steps.conformance._fuzzing.validator import Validator
from coc_steps.conformance._report.findings import Finding, broken
from coc_steps.conformance._report.kind import Kind

from .request import is_refusal, is_valid, wrong_value
from .response import CHECKS, MANY, subjects_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps.conformance._fuzzing.description import Description
    from coc_steps.conformance._report.model import Report
    from coc_steps.conformance._session.exchange import Exchange


_OF_GET = (SCHEMA, STATUS, CONTENT_TYPE, UNDOCUMENTED, CRASHES, REQUEST_IDS, ANSWERS)
"""What any answer to a GET is held to."""
_MOST_CRASHES = 200
"""So many are kept to be judged in the end (count)."""


class Answers:
    """Judges answers one by one, and counts what they show.

    Args:
        report: Takes the findings and the counts.
        description: What is documented.
    """

    def __init__(self, report: Report, description: Description) -> None:
        self._report = report
        self._description = description
        self._validator = Validator(description)
        self._tickets = frozenset(report.tickets)
        self._request_ids: dict[str, str] = {}
        self._crashes: list[Exchange] = []
        self._many = {name: make() for name, make in MANY.items()}
        self._succeeded = False

    def see(self, exchange: Exchange) -> None:
        """Judge an answer, unless somebody in front of the service gave it."""
        places = set(seen_keys(exchange.json))
        self._report.seen.add(exchange, places)
        if exchange.is_busy:
            return
        for finding in self._findings(exchange, places):
            self._report.findings.add(finding)

    def finish(self) -> None:
        """Judge what only all answers together show."""
        for name, check in self._many.items():
            self._report.judged[name] += check.enough
            for place, message, exchange in check.problems():
                self._report.findings.add(broken(name, message, exchange, place=place))
        # A server that answers nothing else is out of order, which is no finding.
        for exchange in self._crashes if self._succeeded else ():
            kind = Kind.VIOLATION if is_valid(exchange, self._tickets) else Kind.EXPECTATION
            place = f"answers {exchange.status}"
            found = broken(CRASHES, "the server failed", exchange, kind=kind, place=place)
            self._report.findings.add(found)

    def _findings(self, exchange: Exchange, places: set[str]) -> Iterator[Finding]:
        self._succeeded |= exchange.success is not None
        self._report.judged.update(_OF_GET if exchange.method == "GET" else (METHODS,))
        if exchange.method == "GET":
            yield from self._of_get(exchange, places)
        elif not exchange.is_error or exchange.status == 500:
            message = f"{exchange.method} is answered {exchange.status}"
            yield broken(METHODS, message, exchange, place=exchange.method)
        subjects = subjects_of(exchange)
        for name, (subject, check) in CHECKS.items():
            if subject in subjects:
                self._report.judged[name] += 1
                for place, message in check(exchange):
                    yield broken(name, message, exchange, place=place)
        yield from self._request_id(exchange)

    def _of_get(self, exchange: Exchange, places: set[str]) -> Iterator[Finding]:
        yield from self._validator.findings(exchange)
        for place in self._description.unknown_keys(exchange.status, places):
            yield broken(UNDOCUMENTED, f"the key {place} is not documented", exchange, place=place)
        if exchange.is_crash and len(self._crashes) < _MOST_CRASHES:
            self._crashes.append(exchange)
        self._report.judged[ACCEPTANCE] += is_valid(exchange, self._tickets)
        if exchange.authorized:
            yield from self._accepted(exchange)
        for check in self._many.values():
            check.see(exchange)

    def _accepted(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield the invalid values of a request that was answered all the same."""
        given = sorted(exchange.query)
        for name, pairs in groupby(given, key=lambda pair: pair[0]):
            kinds = [wrong_value(name, value) for _, value in pairs]
            found = [kind for kind in kinds if kind]
            self._report.judged[REJECTION] += bool(found)
            if len(found) == len(kinds) and exchange.success and not is_refusal(exchange):
                kind = max(found, key=lambda each: each.rank)
                message = f"{name}={dict(given)[name]} is answered {exchange.status}"
                place = f"query.{name}"
                yield broken(REJECTION, message, exchange, kind=kind, place=place)

    def _request_id(self, exchange: Exchange) -> Iterator[Finding]:
        asked = f"{exchange.method} {exchange.url}"
        if (
            exchange.request_id
            and self._request_ids.setdefault(exchange.request_id, asked) != asked
        ):
            message = f"two requests got the same request id {exchange.request_id}"
            yield broken(REQUEST_IDS, message, exchange)
