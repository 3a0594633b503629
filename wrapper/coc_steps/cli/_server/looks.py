"""When a watch had its last answer, and what went wrong since then."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from coc_steps.cli._text import one_line
from coc_steps.cli._ticket.facts import now

from .retries import retry_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Looks:
    """Follows what the client logs of its requests.

    Attributes:
        answered_at: When the last answer came; None before the first one.
        trouble: What went wrong since then; empty if nothing did.
    """

    def __init__(self, tell: Callable[[str], None] = lambda _trouble: None) -> None:
        self._tell = tell
        self._began = time.monotonic()
        self.answered_at: datetime | None = None
        self.trouble = ""

    @property
    def waited(self) -> float:
        """How long it has been since the first request (seconds)."""
        return time.monotonic() - self._began

    def listen(self, record: logging.LogRecord) -> None:
        """Take a record of the client."""
        if record.levelno >= logging.WARNING:
            self.trouble = one_line(retry_text(record))
            self._tell(self.trouble)
        elif _is_answer(record):
            self.answered_at = now()
            self.trouble = ""


def _is_answer(record: logging.LogRecord) -> bool:
    """Whether a record says that a request was answered with a success."""
    return getattr(record, "coc_status", None) == 200
