"""What a run finds: one finding for one cause, however many answers show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coc_steps.conformance._catalogue import entry_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from coc_steps.conformance._catalogue import Entry
    from coc_steps.conformance._session.exchange import Exchange

    from .kind import Kind


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
        execution_id: The ticket; empty when it is about several.
    """

    kind: Kind
    check: str
    place: str
    message: str
    exchange: Exchange | None = None
    count: int = 1
    execution_id: str = ""

    def __post_init__(self) -> None:
        if self.exchange and not self.execution_id:
            self.execution_id = self.exchange.execution_id

    @property
    def entry(self) -> Entry:
        """What the check believes, and why."""
        return entry_of(self.check)

    @property
    def title(self) -> str:
        """The check and the place."""
        return f"{self.check} at {self.place}" if self.place else self.check


def broken(
    check: str,
    message: str,
    exchange: Exchange | None = None,
    *,
    kind: Kind | None = None,
    place: str = "",
    execution_id: str = "",
) -> Finding:
    """Make the finding of a check; its class is that of the catalogue unless `kind` says it."""
    found = kind or entry_of(check).kind
    return Finding(found, check, place, message, exchange, execution_id=execution_id)


class Findings:
    """Collects findings; what was found before only counts.

    Args:
        skip: The names of the checks whose findings nobody wants.
    """

    def __init__(self, skip: Collection[str] = ()) -> None:
        self.skip = frozenset(skip)
        self._found: dict[tuple[str, str], Finding] = {}

    def __iter__(self) -> Iterator[Finding]:
        return iter(sorted(self._found.values(), key=lambda found: found.kind.rank))

    def add(self, finding: Finding) -> None:
        """Take a finding in, or count it. Of two at one place the class of the worse one stays."""
        if finding.check in self.skip:
            return
        key = (finding.check, finding.place)
        known = self._found.get(key)
        if known is None:
            self._found[key] = finding
            return
        if finding.kind.rank < known.kind.rank:
            finding.count += known.count
            self._found[key] = finding
        else:
            known.count += finding.count

    def has(self, *checks: str) -> bool:
        """Return whether one of the checks has found something."""
        return any(finding.check in checks for finding in self._found.values())
