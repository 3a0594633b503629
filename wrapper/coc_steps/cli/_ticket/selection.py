"""Which of the steps that were read are listed, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from .facts import Facts, now

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from coc_steps import Step

_LAST = datetime.max.replace(tzinfo=UTC)
_NEVER = timedelta(days=-1)

SORTS: dict[str, Callable[[Facts], Any]] = {
    "start": lambda facts: facts.started_at or _LAST,
    "duration": lambda facts: -(facts.duration or _NEVER),
    "status": lambda facts: (
        not facts.is_failed,
        facts.is_finished,
        not facts.is_running,
        facts.status or "",
    ),
    "name": lambda facts: facts.name or "",
}
"""The orders: earliest first, longest first, failed and running first, by the alphabet."""


class Part(NamedTuple):
    """Steps of a ticket that were read, those of them to list, and how many there are."""

    read: Sequence[Step]
    listed: Sequence[Step]
    total: int | None


class Selection:
    """What to list of each ticket.

    Args:
        failed: Whether to list failed steps.
        statuses: Statuses to list, in any case.
        sort: One of `SORTS`; None for the server's order.
        most: How many steps to list at the most; None for all.
    """

    def __init__(
        self, *, failed: bool, statuses: Collection[str], sort: str | None, most: int | None
    ) -> None:
        self._failed = failed
        self._statuses = {status.casefold() for status in statuses}
        self.key = None if sort is None else SORTS[sort]
        self.most = most

    @property
    def is_filter(self) -> bool:
        """Whether some steps may be left out."""
        return self._failed or bool(self._statuses)

    def fits(self, step: Step) -> bool:
        """Whether a step is to be listed."""
        if not self.is_filter:
            return True
        facts = Facts(step, now())
        return (self._failed and facts.is_failed) or (
            (facts.status or "").casefold() in self._statuses
        )


class Picker:
    """Picks steps of one ticket, page by page."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._kept: list[Step] = []
        self._count = 0

    def take(self, steps: Sequence[Step]) -> list[Step]:
        """Return those of the next steps that can be listed now."""
        picked = [step for step in steps if self._selection.fits(step)]
        if self._selection.key is not None:
            self._kept += picked
            return []
        return self._cut(picked)

    def rest(self) -> list[Step]:
        """Return what can be listed only after the last step."""
        key, moment = self._selection.key, now()
        if key is None:
            return []
        return self._cut(sorted(self._kept, key=lambda step: key(Facts(step, moment))))

    @property
    def is_full(self) -> bool:
        """Whether no more steps are wanted."""
        return self._count == self._selection.most

    def _cut(self, steps: list[Step]) -> list[Step]:
        most = self._selection.most
        cut = steps if most is None else steps[: most - self._count]
        self._count += len(cut)
        return cut
