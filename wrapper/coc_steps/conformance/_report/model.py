"""What a run has to say in the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coc_steps.conformance._fuzzing.description import known_keys, packaged, parameters, seen_keys

from .findings import Finding, Findings, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.conformance._policy import Profile
    from coc_steps.conformance._session.exchange import Exchange

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


@dataclass
class Report:
    """The outcome of a run.

    Attributes:
        base_url: The server.
        tickets: The execution ids.
        profile: What it was allowed to send.
        seed: Gives the same requests again.
        findings: What was found, the worst first.
        exchanges: The requests and their answers.
        notes: What is no finding, but good to know.
        doubts: Why it cannot say that the server keeps the contract; empty when it can.
        refused: Whether the server refused the credentials.
        requests: How many requests were sent (count).
    """

    base_url: str
    tickets: tuple[str, ...]
    profile: Profile
    seed: int
    findings: Findings
    exchanges: Sequence[Exchange] = field(repr=False)
    notes: list[str] = field(default_factory=list[str])
    doubts: list[str] = field(default_factory=list[str])
    refused: bool = False
    requests: int = 0

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
        sent = Counter(name for exchange in self.exchanges for name in dict(exchange.query))
        statuses = Counter(exchange.status for exchange in self.exchanges)
        came = {key for exchange in self.exchanges for key in seen_keys(exchange.success or {})}
        documented = list(known_keys(packaged()))
        return Coverage(
            parameters={
                name: sent[name]
                for name, parameter in parameters(packaged()).items()
                if parameter["in"] == "query"
            },
            statuses=dict(sorted(statuses.items())),
            seen=[key for key in documented if key in came],
            unseen=[key for key in documented if key not in came],
        )
