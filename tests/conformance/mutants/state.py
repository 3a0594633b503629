"""Answers that depend on the requests before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from coc_steps.mock import Gate, Refusal, Service, Store

from conformance.servers import Counted

from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Answer, Query, Request, Step

SAME = "The same request gets the same answer, as long as the ticket does not change."
NO_MEMORY = "A request stands for itself: none before it plays a part."
RELIABLE = "A request that is good succeeds."


@breaks(SAME)
class EveryThirdPageDropsAStep(Counted):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        page = super().window(steps, query)
        return page if self.made % 3 else page[:-1]


@breaks(SAME)
class EveryFifthPageEmpty(Counted):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().window(steps, query) if self.made % 5 else []


@breaks(SAME)
class EveryThirdTotalIsOneMore(Counted):
    def render(self, page: Sequence[Step], total: int) -> dict[str, Any]:
        return super().render(page, total if self.made % 3 else total + 1)


@breaks(SAME)
class TotalGrowsAlone(Counted):
    def render(self, page: Sequence[Step], total: int) -> dict[str, Any]:
        return super().render(page, total + self.made // 10)


@breaks(SAME)
class EverySecondReplicaLags(Counted):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        return super().matching(steps if self.made % 2 else steps[:-1], query)


@breaks(SAME)
class StatusFlickers(Counted):
    def render_step(self, step: Step) -> Step:
        runs = {"status": "Running", "end_time": None} if self.made % 2 else {}
        return super().render_step(step) | runs


@breaks(SAME)
class RecordIdsRenewed(Counted):
    def render_step(self, step: Step) -> Step:
        return super().render_step(step) | {"id": step["id"] + self.made}


@breaks("The id of a step stays.")
class IdsRenewed(Counted):
    def render_step(self, step: Step) -> Step:
        return super().render_step(step) | {
            "execution_step_id": f"{step['execution_step_id']}-{self.made}"
        }


@breaks("A page is there at the first request for it.")
class ColdCacheIsEmpty(Service):
    def __init__(self, store: Store, gate: Gate, *, page_cap: int | None = None) -> None:
        super().__init__(store, gate, page_cap=page_cap)
        self.warm: set[tuple[int, Query]] = set()

    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        key = len(steps), query
        if key not in self.warm:
            self.warm.add(key)
            return []
        return super().window(steps, query)


@breaks(NO_MEMORY)
class LimitSticks(Service):
    def parse_limit(self, values: Sequence[str]) -> int:
        self.default_limit = super().parse_limit(values)
        return self.default_limit


@breaks(NO_MEMORY)
class FilterSticksOnce(Service):
    last: frozenset[str] | None = None

    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        asked, before = super().parse_step_ids(values), self.last
        self.last = asked
        return asked or before


@breaks(NO_MEMORY)
class OffsetGoesOnWhereItEnded(Service):
    end = 0

    def parse(self, query: str) -> Query:
        parsed = super().parse(query)
        start = parsed.offset if "offset=" in query or "limit=" not in query else self.end
        self.end = start + parsed.limit
        return replace(parsed, offset=start)


class Cached(Service):
    """Sends an answer again when the request seems to be the same."""

    def __init__(self, store: Store, gate: Gate, *, page_cap: int | None = None) -> None:
        super().__init__(store, gate, page_cap=page_cap)
        self.kept: dict[tuple[str, Query], Answer] = {}

    def answer(self, request: Request) -> Answer:
        self.check_method(request.method)
        self.gate.check(request)
        key = self.key(self.route(request.path), self.parse(request.query))
        if kept := self.kept.pop(key, None):
            return kept
        self.kept[key] = super().answer(request)
        return self.kept[key]

    def key(self, execution_id: str, query: Query) -> tuple[str, Query]:
        """Return what tells requests apart."""
        raise NotImplementedError


@breaks(NO_MEMORY)
class CacheForgetsOffset(Cached):
    def key(self, execution_id: str, query: Query) -> tuple[str, Query]:
        return execution_id, replace(query, offset=0)


@breaks(NO_MEMORY)
class CacheForgetsLimit(Cached):
    def key(self, execution_id: str, query: Query) -> tuple[str, Query]:
        return execution_id, replace(query, limit=1)


@breaks(NO_MEMORY)
class CacheForgetsFilter(Cached):
    def key(self, execution_id: str, query: Query) -> tuple[str, Query]:
        return execution_id, replace(query, step_ids=None)


@breaks(NO_MEMORY)
class CacheForgetsTicket(Cached):
    def key(self, execution_id: str, query: Query) -> tuple[str, Query]:
        return "", query


@breaks(RELIABLE)
class EveryTenthRequestCrashes(Service):
    def answer(self, request: Request) -> Answer:
        if request.number % 10 == 0:
            raise Refusal(500, "APIGW.0601", "Internal error.")
        return super().answer(request)


@breaks(RELIABLE)
class EveryNinthTicketUnknown(Service):
    def answer(self, request: Request) -> Answer:
        if request.number % 9 == 0:
            raise Refusal(400, "COC.00042101", "The execution does not exist.")
        return super().answer(request)


@breaks(NO_MEMORY)
class CacheCountsIds(Cached):
    def key(self, execution_id: str, query: Query) -> tuple[str, Query]:
        count = len(query.step_ids or ())
        return f"{execution_id} {count}", replace(query, step_ids=None)


@breaks(NO_MEMORY)
class CacheKnowsTheEndOnly(Cached):
    def key(self, execution_id: str, query: Query) -> tuple[str, Query]:
        return execution_id, replace(query, offset=query.offset + query.limit, limit=1)


@breaks(NO_MEMORY)
class RefusesAfterARefusal(Service):
    refused = False

    def answer(self, request: Request) -> Answer:
        before, self.refused = self.refused, True
        answer = super().answer(request)
        self.refused = False
        if before:
            raise Refusal(400, "COC.00010002", "The request is invalid.")
        return answer
