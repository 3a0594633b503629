"""The list of honest variations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from coc_steps.mock import Service

from conformance.servers import Options, theme, title

if TYPE_CHECKING:
    from collections.abc import Callable

Class: TypeAlias = Literal["expectation", "drift"]
Kind = TypeVar("Kind", bound=type[Service])

EXPECTATION: frozenset[Class] = frozenset({"expectation"})
NOTHING: frozenset[Class] = frozenset()


@dataclass(frozen=True)
class Variation:
    """A server that differs from the mock, and breaks no promise of the page.

    Attributes:
        name: Its name, for tables and the command line.
        theme: What it is about.
        why: Why it is honest.
        options: Arguments for `serve`.
        tolerated: The classes of findings that it may be given; never a violation.
    """

    name: str
    theme: str
    why: str
    options: Options
    tolerated: frozenset[Class] = NOTHING


VARIATIONS: dict[str, Variation] = {}


def vary(variation: Variation) -> None:
    """Add a variation.

    Raises:
        ValueError: There is one of this name.
    """
    if variation.name in VARIATIONS:
        raise ValueError(f"two variations are called {variation.name}")
    VARIATIONS[variation.name] = variation


def honest(why: str, *, tolerated: frozenset[Class] = NOTHING) -> Callable[[Kind], Kind]:
    """Add a service to the variations."""

    def add(kind: Kind) -> Kind:
        vary(Variation(title(kind), theme(kind), why, {"service": kind}, tolerated))
        return kind

    return add
