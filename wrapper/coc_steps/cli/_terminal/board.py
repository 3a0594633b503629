"""The steps of a watched ticket, and which of them are worth a place on a screen."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from coc_steps.cli._ticket.facts import Facts, now
from coc_steps.cli._ticket.summary import Summary

if TYPE_CHECKING:
    from coc_steps import Step, StepChange


class Board:
    """The steps that a watch has seen, as each was last. Safe to read from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[str | Step, Facts] = {}
        self._latest: dict[str | Step, None] = {}

    def take(self, change: StepChange) -> None:
        """Take a change."""
        facts = Facts(change.step, now())
        # A step without an id cannot be found again: each of its states stands for itself.
        key = facts.id or change.step
        with self._lock:
            self._steps[key] = facts
            self._latest.pop(key, None)
            self._latest[key] = None

    @property
    def steps(self) -> list[Facts]:
        """All steps, in the order of the list."""
        with self._lock:
            return list(self._steps.values())

    @property
    def summary(self) -> Summary:
        """What the steps say of the ticket."""
        return Summary(self.steps)

    def worth_showing(self, most: int) -> list[Facts]:
        """Return up to so many steps in the list's order: failed, running, newest ones first."""
        with self._lock:
            steps = dict(self._steps)
            newest = list(reversed(self._latest))
        chosen = set(sorted(newest, key=lambda key: _urgency(steps[key]))[:most])
        moment = now()
        return [Facts(facts.step, moment) for key, facts in steps.items() if key in chosen]


def _urgency(facts: Facts) -> int:
    if facts.is_failed:
        return 0
    if facts.is_finished:
        return 2
    return 3 if facts.status == "Pending" else 1
