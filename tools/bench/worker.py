"""One contender in a process of its own: checked once, then timed a few times."""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from subprocess import PIPE, run
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from .alone import decoding, stages
from .contenders import CONTENDERS
from .pages import Row, digest, row
from .server import TOOLS, pin

if TYPE_CHECKING:
    from collections.abc import Callable

    from .contenders import Walk

_Result = TypeVar("_Result")


class Cost(NamedTuple):
    """What one walk over a ticket takes.

    Attributes:
        cpu: Of this process, in user and system mode (seconds).
        wall: By the clock (seconds).
    """

    cpu: float
    wall: float


class WrongError(Exception):
    """A contender did not read what the ticket holds."""


class Tally:
    """Counts what a contender reads, cheaply."""

    def __init__(self) -> None:
        self.steps = 0
        self.characters = 0

    def see(self, id: str | None, name: str | None, status: str | None) -> None:  # noqa: A002
        """Read a step."""
        self.steps += 1
        self.characters += len(id or "") + len(name or "") + len(status or "")


def expected(steps: int) -> Tally:
    """Give what a contender should count."""
    tally = Tally()
    for index in range(steps):
        tally.see(*row(index))
    return tally


def check(walk: Walk, steps: int, limit: int) -> None:
    """Walk once and compare every step; it warms up, too.

    Raises:
        WrongError: A step is missing, twice, out of order or not the ticket's.
    """
    rows: list[Row] = []

    def see(*read: str | None) -> None:
        rows.append(Row(*map(str, read)))

    walk(limit, see)
    if digest(rows) != digest([row(index) for index in range(steps)]):
        raise WrongError(f"it read {len(rows)} steps, which are not the {steps} of the ticket")


def time_walk(walk: Walk, steps: int, limit: int) -> Cost:
    """Walk once, with nothing but counting.

    Raises:
        WrongError: It did not count what the ticket holds.
    """
    tally = Tally()
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    walk(limit, tally.see)
    cost = Cost(time.process_time() - cpu, time.perf_counter() - wall)
    if vars(tally) != vars(expected(steps)):
        raise WrongError(f"it counted {vars(tally)}, not {vars(expected(steps))}")
    return cost


def times(contender: str, address: str, steps: int, limit: int, walks: int) -> list[Cost]:
    """Check a contender, then time it."""
    with CONTENDERS[contender](address) as walk:
        check(walk, steps, limit)
        return [time_walk(walk, steps, limit) for _ in range(walks)]


def peak(contender: str, address: str, steps: int, limit: int) -> int:
    """Give the most memory that this process ever held, after one walk (KiB on Linux)."""
    with CONTENDERS[contender](address) as walk:
        time_walk(walk, steps, limit)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def in_process(function: Callable[..., _Result], *arguments: object) -> _Result:
    """Run one of the functions below in a new process; give what it returns, as JSON has it."""
    job = json.dumps([function.__name__, *arguments])
    command = [sys.executable, "-m", "bench.worker", job]
    output = run(command, stdout=PIPE, cwd=TOOLS, check=True).stdout
    result: _Result = json.loads(output)
    return result


JOBS: dict[str, Callable[..., object]] = {
    job.__name__: job for job in (times, peak, decoding, stages)
}

if __name__ == "__main__":
    pin(0)
    name, *arguments = json.loads(sys.argv[1])
    print(json.dumps(JOBS[name](*arguments)))
