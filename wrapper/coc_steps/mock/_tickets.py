"""The tickets: what they are now, and how the running ones go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._data import RUNNING_SIZE, Maker, Step

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_AHEAD = 5
"""How many steps that wait a live ticket shows at most; the others appear as it goes on."""

_NOT_YET: Step = {"start_time": None, "end_time": None, "message": None, "outputs": []}


@dataclass(slots=True)
class Ticket:
    """The steps of a ticket.

    Attributes:
        final: The steps as they are in the end.
        live: Whether it advances.
        changes: How many changes it has seen: a step starts with one and ends with the next.
            None when it is over.
    """

    final: list[Step]
    live: bool = False
    changes: int | None = None

    def steps(self) -> list[Step]:
        """Return the steps as they are now."""
        if self.changes is None:
            return self.final
        shown = self.changes // 2 + 1 + _AHEAD if self.live else len(self.final)
        return [
            _now(step, self.changes - 2 * index) for index, step in enumerate(self.final[:shown])
        ]

    def advance(self) -> None:
        """Let it go on by one change, if it is a live one."""
        if self.live and self.changes is not None:
            self.changes += 1


def _now(step: Step, changes: int) -> Step:
    """Return a step as it is so many changes after it started."""
    if changes > 0:
        return step
    if changes == 0:
        return step | _NOT_YET | {"status": "Running", "start_time": step["start_time"]}
    return step | _NOT_YET | {"status": "Pending"}


class Store:
    """All tickets of a server."""

    def __init__(self, tickets: Mapping[str, Ticket]) -> None:
        self._tickets = dict(tickets)

    def counts(self) -> dict[str, int]:
        """Return the number of steps of each ticket, in the end."""
        return {name: len(ticket.final) for name, ticket in self._tickets.items()}

    def steps(self, execution_id: str) -> list[Step] | None:
        """Return the steps of a ticket as they are now, or None when there is no such ticket."""
        ticket = self._tickets.get(execution_id)
        return None if ticket is None else ticket.steps()

    def advance(self, execution_id: str) -> None:
        """Let a ticket go on by one change, if it is a live one."""
        self._tickets[execution_id].advance()

    def put(self, execution_id: str, steps: Sequence[Step]) -> None:
        """Replace the steps of a ticket, or add a ticket."""
        self._tickets[execution_id] = Ticket([dict(step) for step in steps])


def make_store(
    seed: int,
    tickets: Mapping[str, int | Sequence[Step]] | None,
    running: Collection[str] | None,
    *,
    live: bool,
) -> Store:
    """Make the tickets of a server; the options are those of `serve`."""
    maker = Maker(seed)
    given = maker.default_tickets() if tickets is None else tickets
    if running is None:
        running = _running_by_default(given, chosen=tickets is not None, live=live)
    if unknown := set(running).difference(given):
        raise ValueError(f"running names tickets that do not exist: {sorted(unknown)}")
    finals = {name: _final(maker, name, steps) for name, steps in given.items()}
    return Store({name: _ticket(final, name in running, live) for name, final in finals.items()})


def _final(maker: Maker, name: str, steps: int | Sequence[Step]) -> list[Step]:
    if not isinstance(steps, int):
        return [dict(step) for step in steps]
    if steps < 0:
        raise ValueError(f"tickets: {name!r} cannot have {steps} steps")
    return maker.steps(name, steps)


def _running_by_default(
    tickets: Mapping[str, int | Sequence[Step]], *, chosen: bool, live: bool
) -> Collection[str]:
    if chosen:
        return tickets if live else ()
    return [name for name, steps in tickets.items() if steps == RUNNING_SIZE]


def _ticket(final: list[Step], running: bool, live: bool) -> Ticket:
    # A running ticket begins in the middle: half of its steps have ended, the next one runs.
    return Ticket(final, live, len(final) // 2 * 2) if running else Ticket(final)
