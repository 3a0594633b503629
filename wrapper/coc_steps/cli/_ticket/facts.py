"""What people read of a step, each value read once and safely."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from coc_steps import ResponseFormatError
from coc_steps.cli._text import NONE, one_line, time_text

if TYPE_CHECKING:
    from coc_steps import Step

T = TypeVar("T")

ODD = "?"
"""What stands for a value of another type than documented."""

_PAUSE = ":suspend@"


class Facts:
    """A step at one moment.

    A value of another type than documented is an error where the client reads it; here it is
    `ODD` (a text) or None, and its name is in ``odd``. A running step lasts until ``now``.
    """

    def __init__(self, step: Step, now: datetime, ticket: str = "") -> None:
        self.ticket = ticket
        self.step = step
        self.now = now
        self.odd: list[str] = []
        self.id: str | None = self._read("id", ODD)
        self.name: str | None = self._read("name", ODD)
        self.action: str | None = self._read("action", ODD)
        self.status: str | None = self._read("status", ODD)
        self.message: str | None = self._read("message", ODD)
        self.started_at: datetime | None = self._read("started_at", None)
        self.ended_at: datetime | None = self._read("ended_at", None)
        self.is_finished: bool = self._derived("is_finished")
        self.is_failed: bool = self._derived("is_failed")

    @property
    def is_pause(self) -> bool:
        """Whether the step only waits for somebody to go on."""
        return _PAUSE in (self.action or "")

    @property
    def is_running(self) -> bool:
        """Whether the step has begun and is not over."""
        return self.started_at is not None and not self.is_finished

    @property
    def end(self) -> datetime | None:
        """When the step ended; of a running one, now."""
        return self.now if self.ended_at is None and self.is_running else self.ended_at

    @property
    def duration(self) -> timedelta | None:
        """How long the step took; of a running one, so far."""
        if self.started_at is None or self.end is None:
            return None
        took = self.end - self.started_at
        # A clock that is behind the server's makes no step end before it began.
        return max(took, timedelta()) if self.is_running else took

    @property
    def reason(self) -> str:
        """The name in one line and, of a failed step, what it says of that."""
        name = one_line(self.name or NONE)
        return f"{name}: {one_line(self.message)}" if self.is_failed and self.message else name

    def time_text(self, name: str) -> str:
        """Return ``started_at`` or ``ended_at`` as a text."""
        return ODD if name in self.odd else time_text(getattr(self, name))

    def _read(self, name: str, otherwise: T) -> T:
        try:
            value: T = getattr(self.step, name)
        except ResponseFormatError:
            self.odd.append(name)
            return otherwise
        return value

    def _derived(self, name: str) -> bool:
        """Return what follows from other values; those that are odd are noted already."""
        try:
            return bool(getattr(self.step, name))
        except ResponseFormatError:
            return False


def now() -> datetime:
    """Return the current time."""
    return datetime.now(UTC)
