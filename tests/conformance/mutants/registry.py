"""The list of mutants; a decorator adds to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from coc_steps.mock import Gate, Service

from conformance.servers import Options, guarded_by, theme, title

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = TypeVar("Kind", bound=type[Service] | type[Gate])


@dataclass(frozen=True)
class Mutant:
    """A server that breaks the contract in one way.

    Attributes:
        name: Its name, for tables and the command line.
        theme: What it is about.
        breaks: The promise that it breaks.
        options: Arguments for `serve`.
        undetectable: Why nobody can tell it from an honest server who does not know the data.
    """

    name: str
    theme: str
    breaks: str
    options: Options
    undetectable: str | None = None


MUTANTS: dict[str, Mutant] = {}


def service_of(kind: type[Service] | type[Gate]) -> type[Service]:
    """Return the service that a mutant is, or an honest one with the gate that it is."""
    return guarded_by(kind) if issubclass(kind, Gate) else kind


def breaks(promise: str, *, undetectable: str | None = None) -> Callable[[Kind], Kind]:
    """Add a service, or an honest service with another gate, to the mutants.

    Raises:
        ValueError: There is a mutant of this name.
    """

    def add(kind: Kind) -> Kind:
        name = title(kind)
        if name in MUTANTS:
            raise ValueError(f"two mutants are called {name}")
        MUTANTS[name] = Mutant(
            name, theme(kind), promise, {"service": service_of(kind)}, undetectable
        )
        return kind

    return add
