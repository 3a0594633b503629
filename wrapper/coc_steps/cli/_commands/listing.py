"""How ``list`` reads tickets and hands their steps to a writer."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

import click

from coc_steps import AuthenticationError, CocError, ConfigurationError
from coc_steps.cli._failures import Failure, ids_explained
from coc_steps.cli._options import as_usage
from coc_steps.cli._progress import WAITING, working_line
from coc_steps.cli._server.tickets import in_order
from coc_steps.cli._text import count, one_line
from coc_steps.cli._ticket.facts import Facts, now
from coc_steps.cli._ticket.selection import Part, Picker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coc_steps import Step, StepIterator
    from coc_steps.cli._records import Writer
    from coc_steps.cli._server.connection import Connection
    from coc_steps.cli._ticket.selection import Selection


class Query(NamedTuple):
    """What to ask for of each ticket.

    Attributes:
        step_ids: The steps; none for all.
        page_size: How many steps in a request.
        prefetch: How many pages to load ahead.
    """

    step_ids: tuple[str, ...]
    page_size: int
    prefetch: int


class Listing:
    """Reads tickets and writes what is to be listed of them.

    Args:
        connection: Whom to ask.
        writer: Takes the steps.
        selection: Which steps to list.
        query: What to ask for.
        rows_disturb: Whether rows appear where the progress is shown.

    Attributes:
        read: How many steps were read.
        failed: How many of them failed.
        failures: How many tickets could not be read.
    """

    def __init__(
        self,
        connection: Connection,
        writer: Writer,
        selection: Selection,
        *,
        query: Query,
        rows_disturb: bool,
    ) -> None:
        self._connection = connection
        self._writer = writer
        self._selection = selection
        self._query = query
        self._missing = dict.fromkeys(query.step_ids)
        self._rows_disturb = rows_disturb
        self._listed = 0
        self.read = 0
        self.failed = 0
        self.failures = 0

    def ticket(self, ticket: str) -> None:
        """List a ticket, page by page; what came before a failure is listed, too."""
        with as_usage():
            steps = self._iterate(ticket)
        try:
            with steps, ids_explained(ticket), ExitStack() as line:
                show = line.enter_context(working_line(WAITING))
                for part in self._parts(steps):
                    if self._rows_disturb:
                        line.close()
                    self._take(ticket, part)
                    show(_progress(self.read, part.total))
        except (CocError, RuntimeError) as error:
            self._writer.abort()
            raise self._connection.failure(error, self._done) from error
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

    def _iterate(self, ticket: str) -> StepIterator:
        selection = self._selection
        needs_all = selection.is_filter or selection.key is not None
        return self._connection.client.iter_steps(
            ticket,
            step_ids=self._query.step_ids or None,
            page_size=self._query.page_size,
            max_items=None if needs_all else selection.most,
            prefetch=self._query.prefetch,
        )

    def _parts(self, steps: StepIterator) -> Iterator[Part]:
        picker = Picker(self._selection)
        for page in steps.pages():
            yield Part(page.steps, picker.take(page.steps), steps.total)
            if picker.is_full:
                break
        yield Part((), picker.rest(), steps.total)

    def _whole(self, ticket: str) -> Part:
        read: list[Step] = []
        listed: list[Step] = []
        with as_usage():
            steps = self._iterate(ticket)
        with steps, ids_explained(ticket):
            for part in self._parts(steps):
                read += part.read
                listed += part.listed
        return Part(read, listed, steps.total)

    def _take(self, ticket: str, part: Part) -> None:
        for step in part.read:
            facts = Facts(step, now())
            self._missing.pop(facts.id or "", None)
            self.failed += facts.is_failed
        self.read += len(part.read)
        self._writer.write(ticket, part)
        self._listed += len(part.listed)

    def _fail(self, ticket: str, error: BaseException) -> None:
        """Tell that a ticket failed; go on unless no other one can be read."""
        if isinstance(error, click.UsageError):
            self._tell(ticket, error.message)
            return
        if not isinstance(error, CocError | RuntimeError):
            raise error
        failure = self._connection.failure(error, self._done)
        if self._connection.expired or isinstance(error, AuthenticationError | ConfigurationError):
            self._writer.abort()
            raise failure from error
        self._tell(ticket, self._connection.failure(error).message)

    def _tell(self, ticket: str, problem: str) -> None:
        self.failures += 1
        click.echo(one_line(f"Error: ticket {ticket}: {problem}"), err=True)

    def _check_missing(self, what: str) -> None:
        """Warn of steps that were asked for and are not there; fail if none is."""
        if not self._missing or self._selection.most is not None:
            return
        text = f"{what} {', '.join(map(one_line, self._missing))}"
        if not self.read:
            raise Failure(text)
        click.echo(f"Warning: {text}", err=True)

    @property
    def _done(self) -> str:
        return f"{count(self._listed, 'step')} were listed before it" if self._listed else ""


def _progress(read: int, total: int | None) -> str:
    of = "" if total is None else f" of {total:,}"
    return f"Loading steps: {read:,}{of}"
