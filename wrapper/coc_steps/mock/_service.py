"""The endpoint itself: from a request to an answer, in small steps that can be replaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from coc_steps._steps.request import PageRequest, build_url

from ._http import Answer, Refusal, Request
from ._parameters import INT32_MAX, INT64_MAX, Query, integer, nonempty, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._auth import Gate
    from ._data import Step
    from ._tickets import Store

_PATH, _, _ = build_url("", PageRequest("TICKET")).partition("?")


class Service:
    """Answers requests as the vendor's gateway and service do, as far as that is known.

    Every method is one decision. To get a server that breaks one promise, replace one of them in
    a subclass and pass that to `serve(service=...)`.

    Args:
        store: The tickets.
        gate: Checks the credentials.
        page_cap: The largest page, whatever limit asks for; None means no cap.
    """

    path = re.compile(re.escape(_PATH).replace("TICKET", "([^/]+)"))
    default_limit = 10

    def __init__(self, store: Store, gate: Gate, *, page_cap: int | None = None) -> None:
        self.store = store
        self.gate = gate
        self.page_cap = page_cap

    def handle(self, request: Request) -> Answer:
        """Answer a request, a refused one too."""
        try:
            return self.answer(request)
        except Refusal as refusal:
            return refusal.answer(request)

    def answer(self, request: Request) -> Answer:
        """Answer a request, or raise a Refusal."""
        execution_id = self.route(request.path)
        self.check_method(request.method)
        self.gate.check(request)
        query = self.parse(request.query)
        steps = self.matching(self.find(execution_id), query)
        self.store.advance(execution_id)
        return Answer(200, self.render(self.window(steps, query), len(steps)))

    def route(self, path: str) -> str:
        """Return the execution id in a path; an encoded slash in it is part of the id."""
        match = self.path.fullmatch(path)
        if not match:
            raise Refusal(404, "APIGW.0101", "The API does not exist or has not been published.")
        return unquote(match[1])

    def check_method(self, method: str) -> None:
        """Refuse all methods but GET, HEAD too: the gateway publishes an API per method."""
        if method != "GET":
            message = "The method is not supported."
            raise Refusal(405, "APIGW.0501", message, {"Allow": "GET"})

    def parse(self, query: str) -> Query:
        """Read the query; parameters that are not known are ignored, as gateways do."""
        values = split(query)
        return Query(
            limit=self.parse_limit(values.get("limit", ())),
            offset=self.parse_offset(values.get("offset", ())),
            step_ids=self.parse_step_ids(values.get("execution_step_id_list", ())),
        )

    def parse_limit(self, values: Sequence[str]) -> int:
        """Return the limit from all values that came for it."""
        return integer("limit", values, default=self.default_limit, low=1, high=INT32_MAX)

    def parse_offset(self, values: Sequence[str]) -> int:
        """Return the offset from all values that came for it."""
        return integer("offset", values, default=0, low=0, high=INT64_MAX)

    def parse_step_ids(self, values: Sequence[str]) -> frozenset[str] | None:
        """Return the ids to filter by from all values that came for them."""
        return nonempty("execution_step_id_list", values)

    def find(self, execution_id: str) -> Sequence[Step]:
        """Return the steps of a ticket as they are now."""
        steps = self.store.steps(execution_id)
        if steps is None:
            raise Refusal(400, "COC.00042101", "The execution does not exist.")
        return steps

    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        """Return the steps with the ids asked for, in the order of the list."""
        wanted = query.step_ids
        if wanted is None:
            return steps
        return [step for step in steps if step.get("execution_step_id") in wanted]

    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        """Return the page asked for."""
        size = query.limit if self.page_cap is None else min(query.limit, self.page_cap)
        return steps[query.offset : query.offset + size]

    def render(self, page: Sequence[Step], total: int) -> dict[str, Any]:
        """Return the body of a success."""
        return {"data": [self.render_step(step) for step in page], "total": total}

    def render_step(self, step: Step) -> Step:
        """Return a step as it goes out; a copy, so that faults may change it."""
        return dict(step)
