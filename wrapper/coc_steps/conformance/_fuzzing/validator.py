"""Holds any answer against the description, by schemathesis."""

# schemathesis leaves the parameters of its generic classes open.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import schemathesis
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.openapi.checks import JsonSchemaError

from coc_steps.conformance._catalogue import CONTENT_TYPE, SCHEMA, STATUS
from coc_steps.conformance._report.findings import Finding, broken
from coc_steps.conformance._report.kind import Kind

from .description import Description, is_json, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps.conformance._session.exchange import Exchange

_JSON = "application/json"


class Validator:
    """Finds what the description does not allow in an answer.

    Args:
        description: The description.
    """

    def __init__(self, description: Description) -> None:
        self._description = description
        schema = schemathesis.openapi.from_dict(description.pinned())
        self._operation: Any = schema[description.path][description.method]

    def findings(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what is wrong with an answer: violations of the page, or of an assumption."""
        answers = f"answers {exchange.status}"
        if str(exchange.status) not in self._description.statuses:
            kind = Kind.DRIFT if exchange.is_error else Kind.VIOLATION
            message = f"{answers}, which is not documented"
            yield broken(STATUS, message, exchange, kind=kind, place=answers)
            return
        kind = self._kind(exchange)
        content_type = exchange.headers.get("content-type", "")
        if not is_json(content_type):
            message = f"the answer is {content_type or 'without a type'}, not {_JSON}"
            yield broken(CONTENT_TYPE, message, exchange, kind=kind, place=answers)
        if not exchange.is_json:
            yield broken(SCHEMA, "the body is no JSON", exchange, kind=kind, place=answers)
            return
        for failure in self._failures(exchange):
            path = list(failure.instance_path) if isinstance(failure, JsonSchemaError) else []
            place = f"{place_of(path)}{_of(exchange)}" if path else answers
            kind = self._kind(exchange, path)
            yield broken(SCHEMA, _message(failure), exchange, kind=kind, place=place)

    def _failures(self, exchange: Exchange) -> Iterator[Failure]:
        try:
            self._operation.validate_response(_as_response(exchange))
        except FailureGroup as group:
            yield from group.exceptions
        except Failure as failure:
            yield failure

    def _kind(self, exchange: Exchange, path: list[str | int] | None = None) -> Kind:
        assumed = self._description.is_assumed(exchange.status, path or ())
        return Kind.EXPECTATION if assumed else Kind.VIOLATION


def _of(exchange: Exchange) -> str:
    return f" of {exchange.status}" if exchange.is_error else ""


def _as_response(exchange: Exchange) -> httpx.Response:
    # Encoding and length were those of the wire; half letters are nothing that schemathesis reads.
    body = json.dumps(exchange.json, ensure_ascii=False).encode("utf-8", "replace")
    response = httpx.Response(
        exchange.status,
        headers={"Content-Type": _JSON},
        content=body,
        request=httpx.Request(exchange.method, exchange.url),
    )
    response.elapsed = timedelta(0)
    return response


def _message(failure: Failure) -> str:
    """Return what schemathesis says, in one line and without the answer: that is kept elsewhere."""
    said = failure.validation_message if isinstance(failure, JsonSchemaError) else failure.message
    return f"{failure.title}: {said.splitlines()[0]}" if said else failure.title
