"""Whether a request is valid, and what its refusal says of a parameter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from coc_steps._steps.request import INT32_MAX, INT64_MAX
from coc_steps._steps.response import is_failure_code
from coc_steps.conformance._catalogue import ACCEPTANCE
from coc_steps.conformance._report.findings import Finding, broken
from coc_steps.conformance._report.kind import Kind
from coc_steps.conformance._session.probe import page_too_large
from coc_steps.conformance._session.session import Unanswered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from coc_steps.conformance._session.exchange import Exchange
    from coc_steps.conformance._session.probe import Prober

MAXIMA: Final = {"limit": INT32_MAX, "offset": INT64_MAX}
FILTER: Final = "execution_step_id_list"


def is_valid(exchange: Exchange, tickets: Collection[str]) -> bool:
    """Return whether a request is one that must be answered with a page."""
    names = [name for name, _ in exchange.query if name in MAXIMA]
    return (
        exchange.method == "GET"
        and exchange.authorized
        and exchange.execution_id in tickets
        and len(set(names)) == len(names)
        and all(_is_valid_value(name, value) for name, value in exchange.query)
    )


def _is_valid_value(name: str, value: str) -> bool:
    if name in MAXIMA:
        # Not int(): Python reads other notations and digits of other scripts, too.
        plain = value.isascii() and value.isdigit() and len(value) < 20 and str(int(value)) == value
        return plain and (name == "limit") <= int(value) <= MAXIMA[name]
    return name == FILTER and bool(value) and "\N{REPLACEMENT CHARACTER}" not in value


def wrong_value(name: str, text: str) -> Kind | None:
    """Return the class of accepting an invalid value; None if it may be accepted.

    The page gives the types, and this project the bounds. A limit of 0 is an empty page to some
    honest servers, and the default to others. A number in another notation is a number still.
    """
    if name == FILTER:
        return None if text else Kind.EXPECTATION
    if name not in MAXIMA:
        return None
    value = _number(text)
    if value is None:
        return Kind.VIOLATION if text else Kind.EXPECTATION
    plain = text.strip().lstrip("+").isdigit()
    return None if plain and 0 <= value <= MAXIMA[name] else Kind.EXPECTATION


def _number(text: str) -> int | None:
    """Return the integer that a program may read from a text, in any notation."""
    for base in (10, 0):
        try:
            return int(text, base)
        except ValueError:
            continue
    try:
        value = float(text)
    except ValueError:
        return None
    exponent = "e" in text.lower() or text.endswith(".0")
    return int(value) if exponent and math.isfinite(value) and value.is_integer() else None


def is_refusal(exchange: Exchange) -> bool:
    """Return whether an answer refuses: by its status, or by a failure code in a success."""
    if exchange.is_error:
        return True
    code = (exchange.success or {}).get("error_code")
    return isinstance(code, str) and is_failure_code(code)


class Acceptance:
    """Finds which parameter a valid request is refused for.

    A refused request is asked again with each of its parameters alone: the same fault is found at
    the same place, whatever request showed it first.

    Args:
        prober: Sends the requests.
    """

    def __init__(self, prober: Prober) -> None:
        self.step_ids: dict[str, frozenset[str]] = {}
        """The ids of known steps, by ticket."""
        self._prober = prober

    def findings(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what a valid request was refused for.

        Raises:
            Stopped: Nothing more is sent.
        """
        if not self._is_refused(exchange):
            return
        alone = [self._alone(exchange, pair) for pair in self._parameters(exchange)]
        refused = [asked for asked in alone if asked and self._is_refused(asked)]
        for asked in refused or [exchange]:
            names = sorted({name for name, _ in asked.query})
            unknown = FILTER in names and not self._knows_ids(asked)
            kind = Kind.EXPECTATION if unknown else Kind.VIOLATION
            place = f"query.{'+'.join(names)}" if names else "query"
            message = f"a valid request is answered {asked.status}"
            yield broken(ACCEPTANCE, message, asked, kind=kind, place=place)

    def _is_refused(self, exchange: Exchange) -> bool:
        answered = exchange.is_busy or exchange.is_crash or exchange.success is not None
        if answered or page_too_large(exchange) or not exchange.is_error:
            return False
        return is_valid(exchange, self.step_ids)

    def _parameters(self, exchange: Exchange) -> list[tuple[tuple[str, str], ...]]:
        ids = tuple(pair for pair in exchange.query if pair[0] == FILTER)
        numbers = [(pair,) for pair in exchange.query if pair[0] in MAXIMA]
        found = [*numbers, *([ids] if ids else [])]
        return found if len(found) > 1 else []

    def _alone(self, exchange: Exchange, pairs: tuple[tuple[str, str], ...]) -> Exchange | None:
        try:
            return self._prober.get_with(exchange.execution_id, *pairs)
        except Unanswered:
            return None

    def _knows_ids(self, exchange: Exchange) -> bool:
        asked = {value for name, value in exchange.query if name == FILTER}
        return asked <= self.step_ids.get(exchange.execution_id, frozenset())
