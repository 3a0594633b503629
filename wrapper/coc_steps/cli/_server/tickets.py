"""Which tickets a command asks for, and how several are read at a time."""

from __future__ import annotations

import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from coc_steps.cli._options import clean_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")

STDIN = "-"
_AHEAD = 4  # tickets in hand for each one that is read at a time


def is_several(arguments: tuple[str, ...]) -> bool:
    """Whether the arguments may name more than one ticket."""
    return len(arguments) > 1 or STDIN in arguments


def ticket_ids(arguments: tuple[str, ...]) -> Iterator[str]:
    """Return the ids of the arguments, each once; ``-`` stands for the lines of stdin.

    Empty lines and those that begin with ``#`` are skipped.
    """
    seen: set[str] = set()
    for argument in arguments:
        for text in _lines() if argument == STDIN else [argument]:
            if text not in seen:
                seen.add(text)
                yield text


def _lines() -> Iterator[str]:
    reconfigure = getattr(sys.stdin, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="surrogateescape")  # the client says what is wrong with such an id
    for line in sys.stdin:
        text = clean_id(line)
        if text and not text.startswith("#"):
            yield text


def in_order(
    read: Callable[[str], T], tickets: Iterable[str], jobs: int
) -> Iterator[tuple[str, Future[T]]]:
    """Read tickets, some at a time; return them in their order, as futures that are done.

    Tickets are taken, and results kept, only a few ahead of the one that comes next.
    """
    flight: deque[tuple[str, Future[T]]] = deque()
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="coc-steps-ticket")
    try:
        for ticket in tickets:
            flight.append((ticket, pool.submit(read, ticket)))
            if len(flight) >= jobs * _AHEAD:
                yield _done(flight)
        while flight:
            yield _done(flight)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _done(flight: deque[tuple[str, Future[T]]]) -> tuple[str, Future[T]]:
    ticket, future = flight.popleft()
    future.exception()
    return ticket, future
