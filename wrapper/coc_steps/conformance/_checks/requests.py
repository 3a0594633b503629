"""Whether a request is valid, and what its refusal says of a parameter."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING, Final

from coc_steps._steps.request import INT32_MAX, INT64_MAX
from coc_steps._steps.response import is_failure_code
from coc_steps.conformance._catalogue import Kind
from coc_steps.conformance._report.model import Finding, broken
from coc_steps.conformance._session.probe import page_too_large
from coc_steps.conformance._session.session import Unanswered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from coc_steps.conformance._session.exchange import Exchange
    from coc_steps.conformance._session.probe import Listing, Prober

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

    The page gives the types, and this project the least values; to take 0x10 or 1e1 for a number is
    unexpected. A limit of 0 is an empty page to some honest servers, and the default to others.
    """
    if name not in MAXIMA or not text.strip():
        return None
    value = _number(text)
    if value is None:
        return Kind.VIOLATION
    is_decimal = text.strip().lstrip("+").isdigit()
    return None if is_decimal and value >= 0 else Kind.EXPECTATION


def _number(text: str) -> int | None:
    """Return the integer that a program may read from a text, in any notation."""
    with suppress(ValueError):
        return int(text)
    with suppress(ValueError):
        return int(text, 0)
    with suppress(ValueError):
        value = float(text)
        return int(value) if value.is_integer() else None
    return None


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
    """

    def __init__(self, prober: Prober) -> None:
        self.listings: dict[str, Listing] = {}
        """The tickets that are known."""
        self._prober = prober

    def findings(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what a valid request was refused for."""
        if not self._is_refused(exchange):
            return
        alone = [asked for asked in self._alone(exchange) if self._is_refused(asked)]
        for asked in alone or [exchange]:
            names = sorted({name for name, _ in asked.query})
            unknown = FILTER in names and not self._knows_ids(asked)
            kind = Kind.EXPECTATION if unknown else Kind.VIOLATION
            place = f"query.{'+'.join(names)}" if names else "query"
            message = f"a valid request is answered {asked.status}"
            yield broken("positive_data_acceptance", message, asked, kind=kind, place=place)

    def _is_refused(self, exchange: Exchange) -> bool:
        """Return whether a valid request was refused for what it asks for."""
        if not exchange.is_error or not is_valid(exchange, self.listings):
            return False
        others = exchange.is_busy or exchange.is_crash or page_too_large(exchange)
        return not others and exchange.status != HTTPStatus.UNAUTHORIZED

    def _alone(self, exchange: Exchange) -> Iterator[Exchange]:
        """Ask again with each parameter alone, if there are several."""
        given = sorted(exchange.query)
        of = {name: list(pairs) for name, pairs in groupby(given, key=lambda pair: pair[0])}
        for pairs in of.values() if len(of) > 1 else ():
            with suppress(Unanswered):
                yield self._prober.get_with(exchange.execution_id, *pairs)

    def _knows_ids(self, exchange: Exchange) -> bool:
        asked = {value for name, value in exchange.query if name == FILTER}
        return asked <= set(self.listings[exchange.execution_id].ids)
