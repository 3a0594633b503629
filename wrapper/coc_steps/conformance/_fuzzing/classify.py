"""From a failure of schemathesis to a finding of ours: what class, and where.

What rests on the vendor's page is a violation, what rests on an `x-assumption` an expectation, and
what nothing documents is drift. What an honest server may do is no finding.
"""

from __future__ import annotations

from functools import singledispatch
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from schemathesis.core.failures import AcceptedNegativeData, Failure, MalformedJson, ServerError
from schemathesis.openapi.checks import (
    AllowHeaderMismatch,
    IgnoredAuth,
    JsonSchemaError,
    RejectedPositiveData,
    UndefinedStatusCode,
    UnsupportedMethodResponse,
)

from coc_steps.conformance._checks.rejection import CREDENTIALS, MAXIMA, wrong_number
from coc_steps.conformance._report.findings import Finding, Kind
from coc_steps.conformance._session.probe import page_too_large

from .description import is_assumed, packaged, place_of

if TYPE_CHECKING:
    from coc_steps.conformance._session.exchange import Exchange


def classify(check: str, failure: Failure, exchange: Exchange) -> Finding | None:
    """Return the finding that a failure is, or None if it is nothing to blame a server for.

    Args:
        check: The name of the check of schemathesis.
        failure: What it says.
        exchange: The request and its answer.
    """
    other_method = exchange.method != "GET" and not isinstance(failure, UnsupportedMethodResponse)
    if exchange.is_busy or (other_method and exchange.status != HTTPStatus.METHOD_NOT_ALLOWED):
        # An outage; or another method, answered by a web server that knows of no contract.
        return None
    found = _classified(failure, exchange)
    if found is None:
        return None
    kind, place = found
    return Finding(kind, _NAMES.get(type(failure), check), place, _message(failure), exchange)


_NAMES: dict[type[Failure], str] = {IgnoredAuth: CREDENTIALS}
"""Failures that a check of ours finds, too."""


@singledispatch
def _classified(_failure: Failure, exchange: Exchange) -> tuple[Kind, str] | None:
    """Return the class and the place of a failure about an answer as a whole."""
    return _answer_kind(exchange), f"answers {exchange.status}"


@_classified.register(AllowHeaderMismatch)
def _(_failure: AllowHeaderMismatch, _exchange: Exchange) -> None:
    """Nothing promises the header."""


@_classified.register(IgnoredAuth)
def _(_failure: IgnoredAuth, _exchange: Exchange) -> tuple[Kind, str]:
    return Kind.EXPECTATION, ""


@_classified.register(UnsupportedMethodResponse)
def _(failure: UnsupportedMethodResponse, exchange: Exchange) -> tuple[Kind, str] | None:
    refused = exchange.is_error and exchange.status != HTTPStatus.INTERNAL_SERVER_ERROR
    return None if refused else (Kind.EXPECTATION, failure.method)


@_classified.register(ServerError)
def _(_failure: ServerError, exchange: Exchange) -> tuple[Kind, str]:
    return Kind.EXPECTATION, f"answers {exchange.status}"


@_classified.register(UndefinedStatusCode)
def _(_failure: UndefinedStatusCode, exchange: Exchange) -> tuple[Kind, str]:
    kind = Kind.DRIFT if exchange.is_error else Kind.VIOLATION
    return kind, f"answers {exchange.status}"


@_classified.register(JsonSchemaError)
def _(failure: JsonSchemaError, exchange: Exchange) -> tuple[Kind, str]:
    path = list(failure.instance_path)
    kind = _answer_kind(exchange, path)
    suffix = "" if exchange.status == HTTPStatus.OK else f" of {exchange.status}"
    return kind, f"{place_of(path)}{suffix}"


@_classified.register(MalformedJson)
def _(_failure: MalformedJson, exchange: Exchange) -> tuple[Kind, str]:
    return _answer_kind(exchange), f"answers {exchange.status}"


@_classified.register(RejectedPositiveData)
def _(_failure: RejectedPositiveData, exchange: Exchange) -> tuple[Kind, str] | None:
    if exchange.is_crash or page_too_large(exchange):
        return None
    query = dict(exchange.query)
    if "execution_step_id_list" in query:
        # The page does not say what happens to an id that no step has.
        return Kind.EXPECTATION, "query.execution_step_id_list"
    return Kind.VIOLATION, f"query.{next(iter(query), '')}".removesuffix(".")


@_classified.register(AcceptedNegativeData)
def _(_failure: AcceptedNegativeData, exchange: Exchange) -> tuple[Kind, str] | None:
    for name, value in exchange.query:
        kind = wrong_number(name, value) if name in MAXIMA else None
        if name == "execution_step_id_list" and not value:
            kind = Kind.EXPECTATION
        if kind:
            return kind, f"query.{name}"
    return None


def _answer_kind(exchange: Exchange, path: list[Any] | None = None) -> Kind:
    assumed = is_assumed(packaged(), exchange.status, path or ())
    return Kind.EXPECTATION if assumed else Kind.VIOLATION


def _message(failure: Failure) -> str:
    """Return what schemathesis says, in one line and without the answer: that is kept elsewhere."""
    said = failure.validation_message if isinstance(failure, JsonSchemaError) else failure.message
    return f"{failure.title}: {said.splitlines()[0]}" if said else failure.title
