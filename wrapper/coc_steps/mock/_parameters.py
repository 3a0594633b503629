"""The query parameters, checked as strictly as the description allows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import parse_qsl

from ._http import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1
_INTEGER = re.compile("0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Query:
    """What the query asks for.

    Attributes:
        limit: The largest number of steps in the page.
        offset: How many steps to skip.
        step_ids: The ids asked for, or None when all are.
    """

    limit: int
    offset: int
    step_ids: frozenset[str] | None = None


def split(query: str) -> dict[str, list[str]]:
    """Return the decoded values of each parameter, in the order of the wire."""
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    return values


def integer(name: str, values: Sequence[str], *, default: int, low: int, high: int) -> int:
    """Return the value of a parameter that may come once and must be an integer in a range."""
    if not values:
        return default
    if len(values) > 1 or not _INTEGER.fullmatch(values[0]):
        refuse(name)
    value = int(values[0])
    if not low <= value <= high:
        refuse(name)
    return value


def nonempty(name: str, values: Sequence[str]) -> frozenset[str] | None:
    """Return the values of a parameter that may be repeated, none of them empty."""
    if not all(values):
        refuse(name)
    return frozenset(values) or None


def refuse(name: str) -> NoReturn:
    """Refuse the value of a parameter."""
    raise Refusal(400, "COC.00010002", f"The value of {name} is invalid.")
