"""What a watch has seen, and what of it is worth a place on a screen."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from .text import NONE

if TYPE_CHECKING:
    from coc_steps import Step, StepChange


class Board:
    """The steps that a watch has seen, as each was last. Safe to read from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[str | Step, Step] = {}
        self._latest: dict[str | Step, None] = {}

    def take(self, change: StepChange) -> None:
        """Take a change."""
        # A step without an id cannot be found again: each of its states stands for itself.
        key = change.step.id or change.step
        with self._lock:
            self._steps[key] = change.step
            self._latest.pop(key, None)
            self._latest[key] = None

    @property
    def failed(self) -> list[Step]:
        """The steps that have failed, in the order of the list."""
        with self._lock:
            return [step for step in self._steps.values() if step.is_failed]

    @property
    def statuses(self) -> Counter[str]:
        """How many steps have each status."""
        with self._lock:
            return Counter(step.status or NONE for step in self._steps.values())

    def worth_showing(self, most: int) -> list[Step]:
        """Give up to so many steps in the order of the list: failed, running, newest ones first."""
        with self._lock:
            steps = dict(self._steps)
            newest = list(reversed(self._latest))
        chosen = set(sorted(newest, key=lambda key: _urgency(steps[key]))[:most])
        return [step for key, step in steps.items() if key in chosen]


def _urgency(step: Step) -> int:
    if step.is_failed:
        return 0
    if step.is_finished:
        return 2
    return 3 if step.status == "Pending" else 1
