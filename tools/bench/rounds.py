"""Runs all that is compared, in turns: noise only adds time, so that the best round counts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from .alone import VENDOR, WRAPPER, decoding, import_time, installed_size, stages
from .contenders import CONTENDERS
from .server import running
from .worker import Cost, in_process, peak, times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LIMITS = (100, 1000)
DELAY = 0.02
SLOW = (
    "vendor SDK",
    "httpx + json",
    "coc_steps, prefetch=8",
    "coc_steps async, prefetch=8",
    "coc_steps async, aiohttp, prefetch=8",
)
HUNGRY = ("httpx + json", "coc_steps", "vendor SDK")
MODULES = ("httpx", "coc_steps", "huaweicloudsdkcoc.v1")


class Plan(NamedTuple):
    """How much to do.

    Attributes:
        steps: On the ticket that is walked over for time (count).
        many: On the ticket that is walked over for memory (count).
        rounds: How often each contender has its turn (count).
        walks: How often it is timed in a turn (count).
    """

    steps: int
    many: int
    rounds: int
    walks: int


FULL = Plan(steps=10_000, many=200_000, rounds=7, walks=3)
QUICK = Plan(steps=250, many=2_000, rounds=1, walks=1)


class Sample(NamedTuple):
    """What came out for a contender, in all rounds.

    Attributes:
        best: The least.
        middle: The median.
    """

    best: float
    middle: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Sample:
        """Sum up measured values."""
        each = list(values)
        return cls(min(each), median(each))


Samples = dict[str, Sample]


@dataclass
class Results:
    """Everything that was measured.

    Attributes:
        cpu: Microseconds of CPU per step, by limit.
        wall: Seconds for the whole ticket from the slow server, at the first of the limits.
        memory: KiB at the most.
        decoding: Microseconds for a page, by limit.
        imports: Seconds.
        sizes: Bytes.
        stages: Microseconds for a page, by limit.
    """

    plan: Plan
    cpu: dict[int, Samples] = field(default_factory=dict[int, Samples])
    wall: Samples = field(default_factory=Samples)
    memory: Samples = field(default_factory=Samples)
    decoding: dict[int, Samples] = field(default_factory=dict[int, Samples])
    imports: Samples = field(default_factory=Samples)
    sizes: dict[str, int] = field(default_factory=dict[str, int])
    stages: dict[int, dict[str, float]] = field(default_factory=dict[int, dict[str, float]])


def in_turns(names: Iterable[str], rounds: int, turn: Callable[[str], Iterable[float]]) -> Samples:
    """Give each its turn in every round."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name in names:
            values[name] += turn(name)
    return {name: Sample.of(each) for name, each in values.items()}


def run(plan: Plan) -> Results:
    """Measure everything."""
    results = Results(plan)
    with running(plan.steps) as address:
        for limit in LIMITS:
            results.cpu[limit] = _cpu(plan, address, limit)
            results.stages[limit] = _micro(in_process(stages, address, limit))
    with running(plan.steps, DELAY) as address:
        results.wall = _wall(plan, address, LIMITS[0])
    with running(plan.many) as address:
        results.memory = in_turns(
            HUNGRY, 1, lambda name: [in_process(peak, name, address, plan.many, LIMITS[-1])]
        )
    for limit in LIMITS:
        pages = [_micro(in_process(decoding, limit)) for _ in range(plan.rounds)]
        results.decoding[limit] = {
            name: Sample.of(page[name] for page in pages) for name in pages[0]
        }
    results.imports = in_turns(MODULES, 2 * plan.rounds, lambda name: [import_time(name)])
    results.sizes = {name: installed_size(name) for name in (WRAPPER, VENDOR)}
    return results


def _cpu(plan: Plan, address: str, limit: int) -> Samples:
    def turn(name: str) -> list[float]:
        costs = in_process(times, name, address, plan.steps, limit, plan.walks)
        return [Cost(*cost).cpu / plan.steps * 1e6 for cost in costs]

    return in_turns(CONTENDERS, plan.rounds, turn)


def _wall(plan: Plan, address: str, limit: int) -> Samples:
    def turn(name: str) -> list[float]:
        costs = in_process(times, name, address, plan.steps, limit, 1)
        return [Cost(*cost).wall for cost in costs]

    return in_turns(SLOW, plan.rounds, turn)


def _micro(values: dict[str, float]) -> dict[str, float]:
    return {name: value * 1e6 for name, value in values.items()}
