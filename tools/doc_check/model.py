"""What either side says of the operation: one fact for each place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from coc_steps._json import Json


@dataclass(frozen=True, slots=True)
class Fact:
    """What one side says of a place.

    Attributes:
        words: As that side puts it, for people.
        kind: What both sides call the same thing, such as ``array of int64``.
        schema: The name that the side gives the schema of an object, if it gives one.
        mandatory: For a parameter, ``mandatory``, ``optional``, or a word nobody knows.
        assumed: Whether openapi.yaml marks it as its own addition to the page.
    """

    words: str
    kind: str
    schema: str | None = None
    mandatory: str = ""
    assumed: bool = False

    def __str__(self) -> str:
        notes = [self.mandatory, "marked x-assumption" if self.assumed else ""]
        return ", ".join([self.words, *filter(None, notes)])


@dataclass(frozen=True, slots=True)
class BrokenExample:
    """An example that is not JSON."""

    problem: str


Example: TypeAlias = "Json | BrokenExample"


@dataclass(slots=True)
class Contract:
    """What one side says.

    Attributes:
        facts: By place, such as ``query.limit``, ``response 200.data[].name`` or ``status 400``.
        examples: What JSON, or what broken text, is shown for a status.
    """

    facts: dict[str, Fact] = field(default_factory=dict[str, Fact])
    examples: dict[str, Example] = field(default_factory=dict[str, "Example"])


@dataclass(frozen=True, slots=True)
class Difference:
    """A place of which the two sides say different things."""

    place: str
    page: str
    description: str

    def __str__(self) -> str:
        return f"{self.place}: page says {self.page}, openapi.yaml says {self.description}"
