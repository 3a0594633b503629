"""What a run has to say in the end."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coc_steps.conformance._catalogue import CREDENTIALS, METHODS
from coc_steps.conformance._fuzzing.description import packaged
from coc_steps.conformance._policy import Profile

from .kind import Kind

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from coc_steps.conformance._session.exchange import Exchange

    from .findings import Finding, Findings

PASSED, FAILED, INCONCLUSIVE, REFUSED = 0, 1, 3, 4
"""The exit codes of `coc-steps conform`."""

_WORDS = {
    PASSED: "passed",
    FAILED: "failed",
    INCONCLUSIVE: "inconclusive",
    REFUSED: "credentials refused",
}


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


class Seen:
    """What the answers of a run have shown, as counts."""

    def __init__(self) -> None:
        self.parameters: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.keys: set[str] = set()

    def add(self, exchange: Exchange, places: set[str]) -> None:
        """Take an answer in, and the places of its keys."""
        self.parameters.update({name for name, _ in exchange.query})
        self.statuses[exchange.status] += 1
        if exchange.success is not None:
            self.keys |= places


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
        judged: How often each check had something to judge (count).
        took: How long a check took, where it sends requests of its own (seconds).
        seen: What the answers have shown.
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
    judged: Counter[str] = field(default_factory=Counter[str])
    took: dict[str, float] = field(default_factory=dict[str, float])
    seen: Seen = field(default_factory=Seen)

    @contextmanager
    def timing(self, check: str) -> Generator[None]:
        """Count how long a check takes."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.took[check] = self.took.get(check, 0.0) + time.monotonic() - begun

    def unjudged(self, check: str) -> str | None:
        """Return why a check was not judged; None if it was."""
        if check in self.findings.skip:
            return "left out by --skip"
        if check in (METHODS, CREDENTIALS) and self.profile is Profile.LIVE:
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
        documented = list(packaged().known_keys())
        return Coverage(
            parameters={
                name: self.seen.parameters[name]
                for name, parameter in packaged().parameters.items()
                if parameter["in"] == "query"
            },
            statuses=dict(sorted(self.seen.statuses.items())),
            seen=[key for key in documented if key in self.seen.keys],
            unseen=[key for key in documented if key not in self.seen.keys],
        )
