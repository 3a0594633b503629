"""What a run finds: one finding for one cause, however many answers show it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from coc_steps.conformance._session.exchange import Exchange


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


@dataclass(slots=True)
class Finding:
    """One cause, as the first answer that showed it has it.

    Attributes:
        kind: Its class.
        check: The name of the check; `coc-steps conform --list` says what it believes.
        place: Where in the contract, such as ``$.data[].name``; empty when there is no one place.
        message: What was expected, and what came.
        exchange: The request and its answer; None when it takes several to see.
        count: How many answers showed it (count).
    """

    kind: Kind
    check: str
    place: str
    message: str
    exchange: Exchange | None = None
    count: int = 1

    @property
    def title(self) -> str:
        """The check and the place."""
        return f"{self.check} at {self.place}" if self.place else self.check


def broken(check: str, message: str, exchange: Exchange | None = None) -> Finding:
    """Make the finding that a belief of this project's is broken."""
    return Finding(Kind.EXPECTATION, check, "", message, exchange)


class Findings:
    """Collects findings; what was found before only counts.

    Args:
        skip: The names of the checks whose findings nobody wants.
    """

    def __init__(self, skip: Collection[str] = ()) -> None:
        self._skip = frozenset(skip)
        self._found: dict[tuple[str, str], Finding] = {}

    def __iter__(self) -> Iterator[Finding]:
        return iter(sorted(self._found.values(), key=lambda found: found.kind.rank))

    def add(self, finding: Finding) -> None:
        """Take a finding in, or count it."""
        if finding.check in self._skip:
            return
        known = self._found.setdefault((finding.check, finding.place), finding)
        if known is not finding:
            known.count += finding.count

    def has(self, *checks: str) -> bool:
        """Return whether one of the checks has found something."""
        return any(finding.check in checks for finding in self._found.values())
