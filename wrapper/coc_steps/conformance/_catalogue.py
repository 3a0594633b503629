"""All checks: what each believes, what class its findings have, and the words that carry it.

The one place for them is `_catalogue.toml`: `coc-steps conform --list` and the reports read it.
"""

from __future__ import annotations

import enum
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Kind(enum.StrEnum):
    """The class of a finding, the worst first."""

    VIOLATION = "violation"
    """It breaks what the vendor's page says."""
    EXPECTATION = "expectation"
    """It breaks a belief of this project's; the page is silent there."""
    DRIFT = "drift"
    """Something was seen that nothing documents."""

    def fails(self, threshold: Kind) -> bool:
        """Return whether it counts when `threshold` and worse do."""
        return self.rank <= threshold.rank

    @property
    def rank(self) -> int:
        """Its place in the order; the worst has 0."""
        return list(Kind).index(self)


class Entry(NamedTuple):
    """A check, as people choose it.

    Attributes:
        name: Its name.
        layer: What finds it: schemathesis, expectations, relations or drift.
        kind: The worst class of what it finds.
        belief: What it believes, in a sentence or two.
        source: The words of the vendor's page that carry it, in quotes, or the reason without any.
    """

    name: str
    layer: str
    kind: Kind
    belief: str
    source: str


@cache
def catalogue() -> list[Entry]:
    """Return all checks, sorted by class and name."""
    text = files("coc_steps.conformance").joinpath("_catalogue.toml").read_text("utf-8")
    found = [
        Entry(name, said["layer"], Kind(said["class"]), said["belief"], said["source"])
        for name, said in tomllib.loads(text).items()
    ]
    return sorted(found, key=lambda entry: (entry.kind.rank, entry.name))


@cache
def entry_of(name: str) -> Entry:
    """Return the check of a name."""
    return {entry.name: entry for entry in catalogue()}[name]
