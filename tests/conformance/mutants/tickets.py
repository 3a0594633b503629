"""Tickets that are not told apart, and answers about tickets that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.mock import Refusal, Service

from conformance.servers import Edited

from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Answer, Query, Request, Step

REFUSED = "A ticket that does not exist is refused, with a code."
OWN = "A ticket shows its own steps, and no others."

SHARED: Step = {
    "id": 10576,
    "execution_step_id": "EXS20250701210145xxxxxx",
    "action": "hwc:runbook:suspend@1.0.0",
    "name": "pause",
    "start_time": 1751400105000,
    "end_time": 1751400106000,
    "status": "Succeed",
    "message": None,
    "inputs": [],
    "outputs": [],
}


def is_unknown(answer: Answer) -> bool:
    return answer.status == 400 and answer.content["error_code"] == "COC.00042101"


@breaks(REFUSED)
class UnknownTicketIsEmpty(Service):
    def find(self, execution_id: str) -> Sequence[Step]:
        if self.store.steps(execution_id) is None:
            self.store.put(execution_id, [])
        return super().find(execution_id)


@breaks(REFUSED)
class UnknownTicketCrashes(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if is_unknown(answer):
            answer.status, answer.content["error_code"] = 500, "APIGW.0601"


@breaks(REFUSED)
class UnknownTicketSucceedsWithCode(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if is_unknown(answer):
            answer.status = 200


@breaks(REFUSED)
class UnknownTicketWithoutBody(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if is_unknown(answer):
            answer.status, answer.content = 404, b""


@breaks("A refusal does not say which tickets there are.")
class UnknownTicketNamesOthers(Service):
    def find(self, execution_id: str) -> Sequence[Step]:
        if self.store.steps(execution_id) is None:
            others = ", ".join(self.store.counts())
            raise Refusal(400, "COC.00042101", f"The execution is none of {others}.")
        return super().find(execution_id)


@breaks(REFUSED)
class UnknownTicketIsNull(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if is_unknown(answer):
            answer.status, answer.content = 200, {"data": None, "total": None}


class Confusing(Service):
    """Finds a ticket for ids that no ticket has."""

    def route(self, path: str) -> str:
        asked = super().route(path)
        names = list(self.store.counts())
        return asked if asked in names else self.instead(asked, names)

    def instead(self, asked: str, names: list[str]) -> str:
        """Return the ticket that is shown instead, or the id that was asked for."""
        raise NotImplementedError


@breaks(REFUSED)
class UnknownTicketIsTheLatest(Confusing):
    def instead(self, asked: str, names: list[str]) -> str:
        return names[-1]


@breaks(REFUSED)
class TicketByPrefix(Confusing):
    def instead(self, asked: str, names: list[str]) -> str:
        return next((name for name in names if name.startswith(asked)), asked)


@breaks(REFUSED)
class TicketByLongerId(Confusing):
    def instead(self, asked: str, names: list[str]) -> str:
        return next((name for name in names if asked.startswith(name)), asked)


@breaks(REFUSED)
class TicketInAnyCase(Confusing):
    def instead(self, asked: str, names: list[str]) -> str:
        return next((name for name in names if name.lower() == asked.lower()), asked)


@breaks(OWN)
class FilterFindsStepsOfOtherTickets(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        if query.step_ids is None:
            return steps
        every = [step for name in self.store.counts() for step in self.store.steps(name) or ()]
        return super().matching(every, query)


@breaks(OWN)
class SingleIdIsFoundInAnyTicket(Service):
    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        if query.step_ids is None or len(query.step_ids) > 1:
            return super().matching(steps, query)
        every = [step for name in self.store.counts() for step in self.store.steps(name) or ()]
        return super().matching(every, query)


@breaks(OWN)
class TicketsShareAStep(Service):
    def find(self, execution_id: str) -> Sequence[Step]:
        steps = super().find(execution_id)
        return [SHARED, *steps[1:]] if steps else steps


@breaks(OWN)
class TicketsShareIds(Service):
    def find(self, execution_id: str) -> Sequence[Step]:
        return [
            step | {"execution_step_id": f"EXS20250701000000{number:06}"}
            for number, step in enumerate(super().find(execution_id))
        ]
