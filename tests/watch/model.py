"""A ticket that changes between requests, and a watch over it, on a clock of its own."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from coc_steps import CocError, PaginationError, RateLimitError, StepChange, TransportError
from coc_steps._http.retry import RetryPolicy
from coc_steps._paging.watch import Pause, Watch
from coc_steps._steps.response import Answer, read_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from coc_steps import StepPage
    from coc_steps._paging.walk import Window

Edit = tuple[str, int, int]
"""What to do, and at which two places (reduced to the list's length)."""

ORDER = ("Pending", "Running", "Succeed")


class Simulated:
    """A ticket, all statuses that each of its steps ever had, and the requests for it."""

    def __init__(self, size: int, *, cap: int = 10**6) -> None:
        self._fresh = (f"s{number}" for number in count())
        self._cap = cap
        self.ids: list[str] = []
        self.history: dict[str, list[str]] = {}
        self.requests: list[Window] = []
        for _ in range(size):
            self.insert(len(self.ids))

    def insert(self, place: int) -> None:
        name = next(self._fresh)
        self.ids.insert(place, name)
        self.history[name] = [ORDER[0]]

    def status(self, name: str) -> str:
        return self.history[name][-1]

    def advance(self, names: Iterable[str]) -> None:
        for name in names:
            step = self.history[name]
            if step[-1] != ORDER[-1]:
                step.append(ORDER[len(step)])

    def apply(self, edits: Iterable[Edit]) -> None:
        for kind, at, to in edits:
            if kind in ("append", "insert"):
                self.insert(at % (len(self.ids) + 1) if kind == "insert" else len(self.ids))
            elif self.ids:
                self._change(kind, at % len(self.ids), to)

    def _change(self, kind: str, place: int, to: int) -> None:
        if kind == "advance":
            self.advance([self.ids[place]])
            return
        name = self.ids.pop(place)
        if kind == "move":
            self.ids.insert(to % (len(self.ids) + 1), name)

    def answer(self, window: Window) -> StepPage:
        self.requests.append(window)
        shown = self.ids[window.offset : window.offset + min(window.limit, self._cap)]
        data = [{"execution_step_id": name, "status": self.status(name)} for name in shown]
        return page(data, len(self.ids), window.offset)


def page(data: Sequence[dict[str, Any]], total: int | None, offset: int = 0) -> StepPage:
    """Make a page as the client does."""
    content = json.dumps({"data": data, "total": total}).encode()
    return read_page(Answer(200, {}, content, "GET", offset))


def make_watch(now: float = 0.0, **options: Any) -> Watch:
    usual = {
        "interval": 2.0,
        "settle": 10.0,
        "timeout": None,
        "first": RetryPolicy(99, 10**6),
        "later": RetryPolicy(None, 10**6),
        "page_size": 100,
    }
    given: dict[str, Any] = {**usual, **options}
    return Watch("EX", now=now, **given)


class Paused(NamedTuple):
    """A pause: how many pages came since the one before it, and how many steps were unfinished."""

    seconds: float
    pages: int
    unfinished: int


@dataclass
class Watched:
    """What a watch yielded, at which times, and when it ended."""

    changes: list[tuple[float, StepChange]] = field(default_factory=list[tuple[float, StepChange]])
    pauses: list[Paused] = field(default_factory=list[Paused])
    ended: float = 0.0

    def by_step(self) -> dict[str | None, list[StepChange]]:
        steps: dict[str | None, list[StepChange]] = defaultdict(list)
        for _, change in self.changes:
            steps[change.step.id].append(change)
        return steps

    def unfinished(self) -> int:
        """Count the steps whose last change did not finish them."""
        return sum(changes[-1].kind != "finished" for changes in self.by_step().values())


def run(
    ticket: Simulated,
    gaps: Iterator[Sequence[Edit]],
    faults: Iterable[bool] = (),
    **options: Any,
) -> Watched:
    """Watch a ticket that is edited before every request, and goes on to its end after that."""
    watch, watched, now, pages = make_watch(**options), Watched(), 0.0, 0
    broken = iter(faults)
    while (turn := watch.turn(now)) is not None:
        if isinstance(turn, Pause):
            assert turn.seconds > 0
            watched.pauses.append(Paused(turn.seconds, pages, watched.unfinished()))
            now, pages = now + turn.seconds, 0
            continue
        edits = next(gaps, None)
        if edits is None:
            ticket.advance(ticket.ids)
        ticket.apply(edits or ())
        now, pages = now + 0.125, pages + 1
        try:
            if next(broken, False):
                raise fault(len(watched.pauses))
            changes = watch.take(ticket.answer(turn.window), now)
        except CocError as error:
            watch.fail(error, now)
        else:
            watched.changes += [(now, change) for change in changes]
    watched.ended = now
    return watched


def fault(number: int) -> CocError:
    if number % 2:
        return TransportError("the connection was reset")
    return RateLimitError("throttled", status_code=429, retry_after=3.0)


def walk_in_vain(watch: Watch, now: float) -> PaginationError:
    """Answer all offsets alike, until the walk gives up; return its error."""
    full = [{"execution_step_id": f"s{place}", "status": "Running"} for place in range(100)]
    for _ in range(20):
        assert not isinstance(watch.turn(now), Pause)
        try:
            watch.take(page(full, 500), now)
        except PaginationError as error:
            return error
    raise AssertionError("the walk goes on")
