"""Looks at every answer of a run when it arrives, whoever asked for it, and keeps no bodies."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from coc_steps.conformance._catalogue import Kind
from coc_steps.conformance._fuzzing.description import seen_keys
from coc_steps.conformance._fuzzing.engine import Validator
from coc_steps.conformance._report.model import Finding, broken
from coc_steps.conformance._session.probe import page_too_large

from .expectations import checks_of
from .requests import is_refusal, is_valid, wrong_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps.conformance._fuzzing.description import Description
    from coc_steps.conformance._report.model import Report
    from coc_steps.conformance._session.exchange import Exchange


_OF_GET = (
    "response_schema_conformance",
    "status_code_conformance",
    "content_type_conformance",
    "undocumented-keys",
    "not_a_server_error",
    "distinct-request-ids",
    "answers-arrive",
)
"""What any answer to a GET is held to."""


class Answers:
    """Judges answers one by one, and counts in the report what they show."""

    def __init__(self, report: Report, description: Description) -> None:
        self._report = report
        self._description = description
        self._validator = Validator(description)
        self._tickets = frozenset(report.tickets)
        self._request_ids: dict[str, str] = {}
        self._succeeded = False

    def see(self, exchange: Exchange) -> None:
        """Judge an answer, unless somebody in front of the service gave it."""
        places = set(seen_keys(exchange.json))
        self._report.see(exchange, places)
        self._succeeded |= exchange.success is not None
        valid = is_valid(exchange, self._tickets)
        if valid and not page_too_large(exchange):
            self._report.valid[exchange.success is not None] += 1
        if exchange.is_busy:
            return
        for finding in self._findings(exchange, places):
            self._report.findings.add(finding)

    def finish(self) -> None:
        """Forget the failures of a server that answers nothing else: it is out of order."""
        if not self._succeeded:
            self._report.findings.drop("not_a_server_error", "answers-arrive")

    def _findings(self, exchange: Exchange, places: set[str]) -> Iterator[Finding]:
        self._report.judged.update(_OF_GET if exchange.method == "GET" else ("unsupported_method",))
        if exchange.method == "GET":
            yield from self._of_get(exchange, places)
        elif not exchange.is_error or exchange.status == 500:
            message = f"{exchange.method} is answered {exchange.status}"
            yield broken("unsupported_method", message, exchange, place=exchange.method)
        for name, check in checks_of(exchange).items():
            self._report.judged[name] += 1
            for place, message in check(exchange):
                yield broken(name, message, exchange, place=place)
        yield from self._request_id(exchange)

    def _of_get(self, exchange: Exchange, places: set[str]) -> Iterator[Finding]:
        yield from self._validator.findings(exchange)
        for place in self._description.unknown_keys(exchange.status, places):
            yield broken(
                "undocumented-keys", f"the key {place} is not documented", exchange, place=place
            )
        valid = is_valid(exchange, self._tickets)
        self._report.judged["positive_data_acceptance"] += valid
        if exchange.is_crash:
            kind = Kind.VIOLATION if valid else Kind.EXPECTATION
            place = f"answers {exchange.status}"
            yield broken(
                "not_a_server_error", "the server failed", exchange, kind=kind, place=place
            )
        if exchange.authorized:
            yield from self._accepted(exchange)

    def _accepted(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield the invalid values of a request that was answered all the same."""
        given = sorted(exchange.query)
        for name, pairs in groupby(given, key=lambda pair: pair[0]):
            kinds = [wrong_value(name, value) for _, value in pairs]
            found = [kind for kind in kinds if kind]
            self._report.judged["negative_data_rejection"] += bool(found)
            if len(found) == len(kinds) and exchange.success and not is_refusal(exchange):
                kind = max(found, key=lambda each: each.rank)
                message = f"{name}={dict(given)[name]} is answered {exchange.status}"
                place = f"query.{name}"
                yield broken("negative_data_rejection", message, exchange, kind=kind, place=place)

    def _request_id(self, exchange: Exchange) -> Iterator[Finding]:
        asked = f"{exchange.method} {exchange.url}"
        if (
            exchange.request_id
            and self._request_ids.setdefault(exchange.request_id, asked) != asked
        ):
            message = f"two requests got the same request id {exchange.request_id}"
            yield broken("distinct-request-ids", message, exchange)
