"""How ``list`` reads tickets and hands their steps to a writer."""

from __future__ import annotations

import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

import click

from coc_steps import AuthenticationError, CocError, ConfigurationError
from coc_steps.cli._failures import CommandError, command_error
from coc_steps.cli._options import clean_id
from coc_steps.cli._terminal.progress import WAITING, working_line
from coc_steps.cli._text import count, one_line
from coc_steps.cli._ticket.selection import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
    from concurrent.futures import Future

    from coc_steps.cli._connection import Connection
    from coc_steps.cli._records import RecordWriter
    from coc_steps.cli._terminal.table import TableWriter
    from coc_steps.cli._ticket.selection import Selection

T = TypeVar("T")

STDIN = "-"
_AHEAD = 4  # tickets in hand for each one that is read at a time


class Listing:
    """Reads tickets, writes what is to be listed of them, and counts.

    It counts steps that were ``read``, those of them that ``failed``, and ``lost`` tickets.
    """

    def __init__(
        self,
        connection: Connection,
        writer: RecordWriter | TableWriter,
        selection: Selection,
        query: Mapping[str, Any],
    ) -> None:
        self._connection = connection
        self._writer = writer
        self._selection = selection
        self._query = query
        self._missing: dict[str, None] = dict.fromkeys(query["step_ids"] or ())
        self._listed = 0
        self.read = 0
        self.failed = 0
        self.lost = 0

    def one(self, ticket: str, *, progress: bool) -> None:
        """List a ticket, page by page; what came before an error is listed, too."""
        self._list(self._parts(ticket), progress, f"ticket {ticket} has no step")

    def several(self, tickets: Iterable[str], jobs: int, *, progress: bool) -> None:
        """List tickets, some at a time, each as a whole; an error of one is told."""
        self._list(self._wholes(tickets, jobs), progress, "no ticket has the step")

    def _list(self, parts: Generator[Part], progress: bool, missing: str) -> None:
        tickets: set[str] = set()
        try:
            with working_line(WAITING, enabled=progress) as show, closing(parts):
                for part in parts:
                    self._take(part)
                    tickets.add(part.ticket)
                    is_one = len(tickets) == 1 and part.total is not None
                    of = f"{part.total:,}" if is_one else count(len(tickets), "ticket")
                    show(f"Loading steps: {self.read:,} of {of}")
        except (CocError, RuntimeError):
            self._writer.abort()
            raise
        self._check_missing(missing)
        self._writer.end()

    def _parts(self, ticket: str) -> Generator[Part]:
        pages = self._connection.pages(ticket, max_items=self._selection.needed, **self._query)
        with closing(pages):
            yield from self._selection.parts(ticket, pages)

    def _wholes(self, tickets: Iterable[str], jobs: int) -> Generator[Part]:
        for ticket, future in in_order(self._whole, tickets, jobs):
            try:
                part = future.result()
            except click.UsageError as error:
                self._tell(ticket, error.message)
            except CocError as error:
                is_of_all = isinstance(error, AuthenticationError | ConfigurationError)
                if is_of_all or self._connection.expired:
                    raise
                self._tell(ticket, str(command_error(error)))
            else:
                yield part

    def _whole(self, ticket: str) -> Part:
        parts = list(self._parts(ticket))
        read = [each for part in parts for each in part.read]
        listed = [each for part in parts for each in part.listed]
        return Part(ticket, read, listed, parts[-1].total if parts else None)

    def _take(self, part: Part) -> None:
        for each in part.read:
            self._missing.pop(each.id or "", None)
            self.failed += each.is_failed
        self.read += len(part.read)
        self._writer.write(part)
        self._listed += len(part.listed)
        if self._listed:
            self._connection.done = f"{count(self._listed, 'step')} were listed before it"

    def _tell(self, ticket: str, problem: str) -> None:
        self.lost += 1
        click.echo(one_line(f"Error: ticket {ticket}: {problem}"), err=True)

    def _check_missing(self, what: str) -> None:
        """Warn of steps that were asked for and are not there; fail if none is."""
        if not self._missing or self._selection.most is not None:
            return
        text = f"{what} {', '.join(map(one_line, self._missing))}"
        if not self.read:
            raise CommandError(text)
        click.echo(f"Warning: {text}", err=True)


def ticket_ids(arguments: Iterable[str]) -> Iterator[str]:
    """Yield the ids of the arguments, each once; ``-`` stands for the lines of stdin.

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
    """Read tickets, some at a time; yield them in their order, as futures that may not be done.

    Tickets are taken, and results kept, only a few ahead of the one that comes next. The first is
    read alone: the vendor locks a key after a few refusals, and of a wrong one this makes one.
    """
    flight: deque[tuple[str, Future[T]]] = deque()
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="coc-steps-ticket")
    try:
        for place, ticket in enumerate(tickets):
            future = pool.submit(read, ticket)
            flight.append((ticket, future))
            if place == 0:
                wait([future])
            if len(flight) >= jobs * _AHEAD:
                yield flight.popleft()
        while flight:
            yield flight.popleft()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
