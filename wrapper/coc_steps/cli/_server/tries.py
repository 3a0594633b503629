"""What the client logs of its tries: the last answer, and what went wrong since then."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from coc_steps.cli._text import one_line
from coc_steps.cli._ticket.facts import now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_LOGGER = logging.getLogger("coc_steps")
_ANSWERED = 200


class Tries(logging.Handler):
    """Follows the client's tries while it is entered.

    Args:
        tell: Is called with whatever goes wrong.

    Attributes:
        answered_at: When the last answer came; None before the first one.
        trouble: What went wrong since then, in one line; empty if nothing did.
    """

    def __init__(self, tell: Callable[[str], None] = lambda _trouble: None) -> None:
        super().__init__(logging.INFO)
        self._tell = tell
        self._before = _LOGGER.level
        self.answered_at: datetime | None = None
        self.trouble = ""

    def __enter__(self) -> Tries:
        self._before = _LOGGER.level
        _LOGGER.addHandler(self)
        if not _LOGGER.isEnabledFor(self.level):
            _LOGGER.setLevel(self.level)
        return self

    def __exit__(self, *_error: object) -> None:
        _LOGGER.setLevel(self._before)
        _LOGGER.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        if record.levelno >= logging.WARNING:
            self.trouble = one_line(_failed_try(record))
            self._tell(self.trouble)
        elif getattr(record, "coc_status", None) == _ANSWERED:
            self.answered_at = now()
            self.trouble = ""


def _failed_try(record: logging.LogRecord) -> str:
    """Return what a record says of a try that failed."""
    said = record.__dict__
    if "coc_try" not in said:
        return record.getMessage()
    most = f" of {said['coc_tries']}" if said["coc_tries"] else ""
    again = f"again in {said['coc_wait']:.1f} s"
    return f"try {said['coc_try']}{most} failed: {said['coc_reason']}; {again}"
