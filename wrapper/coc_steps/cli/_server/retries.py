"""What the client tells its logger while it waits and tries again."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_LOGGER = logging.getLogger("coc_steps")


@contextmanager
def warnings_of_client(tell: Callable[[str], None]) -> Generator[None]:
    """Hand each warning of the client, such as a try that failed, to a function."""

    def listen(record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            tell(retry_text(record))

    with records_of_client(listen, logging.WARNING):
        yield


@contextmanager
def records_of_client(listen: Callable[[logging.LogRecord], None], level: int) -> Generator[None]:
    """Hand each record of the client from a level on to a function."""

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            listen(record)

    ear, before = Ear(level), _LOGGER.level
    _LOGGER.addHandler(ear)
    if not _LOGGER.isEnabledFor(level):
        _LOGGER.setLevel(level)
    try:
        yield
    finally:
        _LOGGER.setLevel(before)
        _LOGGER.removeHandler(ear)


def retry_text(record: logging.LogRecord) -> str:
    """Return what a record says of a try that failed."""
    said = record.__dict__
    if "coc_try" not in said:
        return record.getMessage()
    most = said.get("coc_tries")
    text = f"try {said['coc_try']}{f' of {most}' if most else ''} failed"
    if reason := said.get("coc_reason"):
        text += f": {reason}"
    wait = said.get("coc_wait")
    return f"{text}; again in {wait:.1f} s" if isinstance(wait, int | float) else text
