"""What a run finds, one finding for one cause, and what it has to say in the end."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coc_steps.conformance._catalogue import Kind, entry_of
from coc_steps.conformance._fuzzing.description import packaged
from coc_steps.conformance._policy import Profile

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator, Sequence

    from coc_steps.conformance._catalogue import Entry
    from coc_steps.conformance._session.exchange import Exchange

PASSED, FAILED, INCONCLUSIVE, REFUSED = 0, 1, 3, 4
"""The exit codes of `coc-steps conform`."""

_WORDS = {
    PASSED: "passed",
    FAILED: "failed",
    INCONCLUSIVE: "inconclusive",
    REFUSED: "credentials refused",
}


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
        known = self._found.setdefault(key, finding)
        if known is finding:
            return
        worse, other = sorted((known, finding), key=lambda found: found.kind.rank)
        worse.count += other.count
        self._found[key] = worse

    def drop(self, *checks: str) -> None:
        """Forget what some checks have found."""
        self._found = {key: found for key, found in self._found.items() if key[0] not in checks}

    def has(self, *checks: str) -> bool:
        """Return whether one of the checks has found something."""
        return any(check in checks for check, _ in self._found)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the answers of a run have shown.

    Attributes:
        parameters: How many requests had which query parameter (count).
        statuses: How many answers had which status (count).
        seen: The documented fields that came.
        unseen: The documented fields that never came; no finding, but good to know.
    """

    parameters: dict[str, int]
    statuses: dict[int, int]
    seen: list[str]
    unseen: list[str]


@dataclass
class Report:
    """The outcome of a run.

    Attributes:
        base_url: The server.
        tickets: The execution ids.
        profile: What it was allowed to send.
        seed: Gives the same requests again.
        findings: What was found, the worst first.
        notes: What is no finding, but good to know.
        doubts: Why it cannot say that the server keeps the contract; empty when it can.
        refused: Whether the server refused the credentials.
        requests: How many requests were sent (count).
        begun: When the run began (UTC).
        seconds: How long it took (seconds).
        took: How long each check took that sends requests of its own (seconds).
        judged: How often each check had something to judge (count).
        left_out: How much each check left out for the limit of requests (count).
        valid: How many valid requests were answered with a success (True), or not (count).
    """

    base_url: str
    tickets: Sequence[str]
    profile: Profile
    seed: int
    findings: Findings
    notes: list[str] = field(default_factory=list[str])
    doubts: list[str] = field(default_factory=list[str])
    refused: bool = False
    requests: int = 0
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: float = 0.0
    took: dict[str, float] = field(default_factory=lambda: defaultdict[str, float](float))
    judged: Counter[str] = field(default_factory=Counter[str])
    left_out: Counter[str] = field(default_factory=Counter[str])
    valid: Counter[bool] = field(default_factory=Counter[bool])
    _parameters: Counter[str] = field(default_factory=Counter[str], repr=False)
    _statuses: Counter[int] = field(default_factory=Counter[int], repr=False)
    _keys: set[str] = field(default_factory=set[str], repr=False)

    @contextmanager
    def timing(self, check: str) -> Generator[None]:
        """Count how long a check takes."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.took[check] += time.monotonic() - begun

    def see(self, exchange: Exchange, places: set[str]) -> None:
        """Count what an answer shows, and the places of its keys."""
        self._parameters.update({name for name, _ in exchange.query})
        self._statuses[exchange.status] += 1
        if exchange.success is not None:
            self._keys |= places

    def unjudged(self, check: str) -> str | None:
        """Return why a check was not judged; None if it was."""
        if check in self.findings.skip:
            return "left out by --skip"
        if check in ("unsupported_method", "credentials-required") and self.profile is Profile.LIVE:
            return "the live profile sends no such requests"
        if self.judged[check] or self.findings.has(check):
            return None
        return "there was nothing to judge it by"

    def exit_code(self, fail_on: Kind = Kind.DRIFT) -> int:
        """Return 0 (passed), 1 (found something), 3 (inconclusive) or 4 (credentials refused).

        Args:
            fail_on: The mildest class of findings that counts.
        """
        if self.failing(fail_on):
            return FAILED
        if self.refused:
            return REFUSED
        return INCONCLUSIVE if self.doubts else PASSED

    def failing(self, fail_on: Kind = Kind.DRIFT) -> list[Finding]:
        """Return the findings of a class and worse."""
        return [finding for finding in self.findings if finding.kind.fails(fail_on)]

    def verdict(self, fail_on: Kind = Kind.DRIFT) -> str:
        """Return the outcome in words."""
        return _WORDS[self.exit_code(fail_on)]

    @property
    def passed(self) -> bool:
        """Whether nothing at all was found, and enough was seen to say so."""
        return self.exit_code() == PASSED

    def __str__(self) -> str:
        lines = [f"{self.verdict()}: {self.requests} requests to {self.base_url}"]
        lines += [f"{found.kind}: {found.title}: {found.message}" for found in self.findings]
        lines += [f"doubt: {doubt}" for doubt in self.doubts]
        return "\n".join(lines)

    def counts(self) -> dict[Kind, int]:
        """Return the number of findings of each class."""
        counted = Counter(finding.kind for finding in self.findings)
        return {kind: counted[kind] for kind in Kind}

    def coverage(self) -> Coverage:
        """Return what the answers have shown."""
        documented = packaged().known_keys()
        return Coverage(
            parameters={
                name: self._parameters[name]
                for name, parameter in packaged().parameters.items()
                if parameter["in"] == "query"
            },
            statuses=dict(sorted(self._statuses.items())),
            seen=[key for key in documented if key in self._keys],
            unseen=[key for key in documented if key not in self._keys],
        )
