"""Breaks that the check once overlooked, as servers of other people showed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from coc_steps.mock import Answer, Gate, Refusal, Service

from conformance.servers import Counted, Edited

from .errors import credential
from .registry import breaks
from .values import Rewritten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Request, Step

SECRET = "No answer repeats a credential."


@breaks("A message is a text, and not its JSON.")
class MessagesEncodedTwice(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"message": step["message"] and json.dumps(step["message"])}


@breaks("The order of the parameters is open.")
class OffsetBeforeLimitIsIgnored(Service):
    def parse(self, query: str) -> Query:
        parts = query.split("&")
        if parts[0].startswith("offset=") and any(part.startswith("limit=") for part in parts):
            parts = parts[1:]
        return super().parse("&".join(parts))


@breaks("A token is sent in its header; a query is logged.")
class TokenTakenFromQuery(Gate):
    def check(self, request: Request) -> None:
        tokens = parse_qs(request.query).get("X-Auth-Token")
        if not tokens:
            super().check(request)
        else:
            self.check_token(tokens[0])


@breaks(SECRET)
class PartOfTokenInErrors(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if answer.status == 400:
            answer.content["error_msg"] += f" Token {credential(request)[:60]}…"


@breaks("A ticket that does not exist is refused; the server is not out of order.")
class UnknownTicketIs503(Service):
    def find(self, execution_id: str) -> Sequence[Step]:
        try:
            return super().find(execution_id)
        except Refusal as refusal:
            raise Refusal(503, refusal.code, refusal.message) from None


@breaks("Nearly the id of a ticket is not its id.")
class TicketWithABlankAtItsEnd(Service):
    def route(self, path: str) -> str:
        return super().route(path).rstrip(" ")


@breaks(SECRET)
class RefusedMethodRepeatsCredential(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if answer.status == 405:
            answer.content["error_msg"] += f" Request by {credential(request)}."


@breaks("Every answer has an X-Request-Id of its own.")
class RefusedMethodHasNoRequestId(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        if answer.status == 405:
            answer.headers["X-Request-Id"] = None


@breaks("A ticket that went on does not return to an earlier state.")
class ReturnsToAnEarlierState(Counted):
    def render_step(self, step: Step) -> Step:
        earlier = self.made < 30 or self.made > 250
        runs = {"status": "Running", "end_time": None} if earlier else {}
        return super().render_step(step) | runs


@breaks("An object has each key once.")
class StatusComesTwice(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        text = json.dumps(answer.content)
        answer.content = text.replace('"status":', '"status": "Pending", "status":').encode()


@breaks("A time is one that has been.")
class EndsInTheFuture(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"end_time": step["end_time"] and step["end_time"] + 10**12}
