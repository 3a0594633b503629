"""How ``list`` reads tickets and hands their steps to a writer."""

from __future__ import annotations

import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

import click

from coc_steps import AuthenticationError, CocError, ConfigurationError
from coc_steps.cli._failures import CommandError
from coc_steps.cli._options import clean_id
from coc_steps.cli._terminal.progress import WAITING, working_line
from coc_steps.cli._text import count, one_line
from coc_steps.cli._ticket.selection import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from concurrent.futures import Future

    from coc_steps.cli._records import RecordWriter
    from coc_steps.cli._server.connection import Connection
    from coc_steps.cli._terminal.table import TableWriter
    from coc_steps.cli._ticket.facts import Facts
    from coc_steps.cli._ticket.selection import Selection

T = TypeVar("T")

STDIN = "-"
_AHEAD = 4  # tickets in hand for each one that is read at a time


class Listing:
    """Reads tickets and writes what is to be listed of them.

    Args:
        connection: Whom to ask.
        writer: Takes the steps.
        selection: Which steps to list.
        query: What to ask for, as `Client.iter_steps` takes it.
        rows_disturb: Whether rows appear where the progress is shown.

    Attributes:
        read: How many steps were read.
        failed: How many of them failed.
        failures: How many tickets could not be read.
    """

    def __init__(
        self,
        connection: Connection,
        writer: RecordWriter | TableWriter,
        selection: Selection,
        query: Mapping[str, Any],
        *,
        rows_disturb: bool,
    ) -> None:
        self._connection = connection
        self._writer = writer
        self._selection = selection
        self._query = query
        self._missing: dict[str, None] = dict.fromkeys(query["step_ids"] or ())
        self._rows_disturb = rows_disturb
        self._listed = 0
        self.read = 0
        self.failed = 0
        self.failures = 0

    def ticket(self, ticket: str) -> None:
        """List a ticket, page by page; what came before a failure is listed, too."""
        try:
            with working_line(WAITING, enabled=not self._rows_disturb) as show:
                for part in self._parts(ticket):
                    self._take(ticket, part)
                    of = "" if part.total is None else f" of {part.total:,}"
                    show(f"Loading steps: {self.read:,}{of}")
        except (CocError, RuntimeError) as error:
            self._writer.abort()
            raise self._connection.error(error, self._done) from error
        self._check_missing(f"ticket {ticket} has no step")
        self._writer.end()

    def tickets(self, tickets: Iterable[str], jobs: int) -> None:
        """List tickets, some at a time, each as a whole; the failure of one is told."""
        done = 0
        with working_line(WAITING, enabled=not self._rows_disturb) as show:
            for ticket, future in in_order(self._whole, tickets, jobs):
                error = future.exception()
                if error is None:
                    self._take(ticket, future.result())
                    done += 1
                else:
                    self._fail(ticket, error)
                show(f"Listed {count(done, 'ticket')}, {count(self._listed, 'step')}")
        self._check_missing("no ticket has the step")
        self._writer.end()

    def _parts(self, ticket: str) -> Iterator[Part]:
        pages = self._connection.pages(ticket, max_items=self._selection.needed, **self._query)
        with closing(pages):
            yield from self._selection.parts(pages)

    def _whole(self, ticket: str) -> Part:
        read: list[Facts] = []
        listed: list[Facts] = []
        total = None
        for part in self._parts(ticket):
            read += part.read
            listed += part.listed
            total = part.total
        return Part(read, listed, total)

    def _take(self, ticket: str, part: Part) -> None:
        for each in part.read:
            self._missing.pop(each.id or "", None)
            self.failed += each.is_failed
        self.read += len(part.read)
        self._listed += len(part.listed)
        self._writer.write(ticket, part)

    def _fail(self, ticket: str, error: BaseException) -> None:
        """Tell that a ticket failed; go on unless no other one can be read."""
        if isinstance(error, click.UsageError):
            self._tell(ticket, error.message)
            return
        if not isinstance(error, CocError | RuntimeError):
            raise error
        is_of_all = isinstance(error, AuthenticationError | ConfigurationError)
        if is_of_all or self._connection.expired:
            self._writer.abort()
            raise self._connection.error(error, self._done) from error
        self._tell(ticket, str(self._connection.error(error)))

    def _tell(self, ticket: str, problem: str) -> None:
        self.failures += 1
        click.echo(one_line(f"Error: ticket {ticket}: {problem}"), err=True)

    def _check_missing(self, what: str) -> None:
        """Warn of steps that were asked for and are not there; fail if none is."""
        if not self._missing or self._selection.most is not None:
            return
        text = f"{what} {', '.join(map(one_line, self._missing))}"
        if not self.read:
            raise CommandError(text)
        click.echo(f"Warning: {text}", err=True)

    @property
    def _done(self) -> str:
        return f"{count(self._listed, 'step')} were listed before it" if self._listed else ""


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

    Tickets are taken, and results kept, only a few ahead of the one that comes next.
    """
    flight: deque[tuple[str, Future[T]]] = deque()
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="coc-steps-ticket")
    try:
        for ticket in tickets:
            flight.append((ticket, pool.submit(read, ticket)))
            if len(flight) >= jobs * _AHEAD:
                yield flight.popleft()
        while flight:
            yield flight.popleft()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
