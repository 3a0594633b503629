"""What mutants and honest variations have in common: how a server is made to differ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypedDict

from coc_steps.mock import Answer, Gate, Query, Request, Service, Step, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from coc_steps.mock import Fault


class Options(TypedDict, total=False):
    """Arguments of `serve`."""

    seed: int
    live: bool
    tickets: Mapping[str, int | Sequence[Step]] | None
    running: Collection[str] | None
    page_cap: int | None
    faults: Sequence[Fault]
    clock: Callable[[], float]
    service: type[Service]


class Edited(Service):
    """Changes answers when they are made."""

    def handle(self, request: Request) -> Answer:
        answer = super().handle(request)
        edit = self.edit_success if answer.status == 200 else self.edit_refusal
        edit(answer, request)
        return answer

    def edit_success(self, answer: Answer, request: Request) -> None:
        """Change a 200."""

    def edit_refusal(self, answer: Answer, request: Request) -> None:
        """Change any other answer."""


class EditedBody(Edited):
    """Changes the body of successes."""

    def edit_success(self, answer: Answer, request: Request) -> None:
        answer.content = self.body(answer.content, self.parse(request.query))

    def body(self, body: dict[str, Any], query: Query) -> object:
        """Return the body that goes out instead."""
        raise NotImplementedError


class Counted(Service):
    """Knows how many lists it has made."""

    def __init__(self, store: Store, gate: Gate, *, page_cap: int | None = None) -> None:
        super().__init__(store, gate, page_cap=page_cap)
        self.made = 0

    def matching(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        self.made += 1
        return super().matching(steps, query)


def guarded_by(gate_type: type[Gate]) -> type[Service]:
    """Return a service that is honest but for its gate."""

    class Guarded(Service):
        def __init__(self, store: Store, gate: Gate, *, page_cap: int | None = None) -> None:
            super().__init__(store, gate_type(gate.keys, gate.clock), page_cap=page_cap)

    return Guarded


def title(kind: type) -> str:
    """Return the name of a server from that of its class: OneMore is one-more."""
    return re.sub(r"(?<!^)(?=[A-Z])|(?<=[a-z])(?=[0-9])", "-", kind.__name__).lower()


def theme(kind: type) -> str:
    """Return the theme of a server: its module."""
    return kind.__module__.rpartition(".")[2]
