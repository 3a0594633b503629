"""Steps that look different from one window or filter to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps.mock import Service

from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Query, Step

ONE_LOOK = "What a step is does not depend on the window or the filter that shows it."


class Retouched(Service):
    """Changes steps by what was asked."""

    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        page = super().window(steps, query)
        return [step | self.instead(step, place, query) for place, step in enumerate(page)]

    def instead(self, step: Step, place: int, query: Query) -> Step:
        """Return the values that replace those of a step, by its place in the page."""
        raise NotImplementedError


@breaks(ONE_LOOK)
class DetailsOnlyWhenFiltered(Retouched):
    def instead(self, step: Step, place: int, query: Query) -> Step:
        return {} if query.step_ids else {"message": None}


@breaks(ONE_LOOK)
class NoPropertiesWhenFiltered(Retouched):
    def instead(self, step: Step, place: int, query: Query) -> Step:
        return {"properties": {}} if query.step_ids else {}


@breaks(ONE_LOOK)
class NoOutputsInLargePages(Retouched):
    def instead(self, step: Step, place: int, query: Query) -> Step:
        return {"outputs": []} if query.limit > 50 else {}


@breaks(ONE_LOOK)
class NoInputsOnLaterPages(Retouched):
    def instead(self, step: Step, place: int, query: Query) -> Step:
        return {"inputs": []} if query.offset else {}


@breaks(ONE_LOOK)
class LongTextCutInLists(Retouched):
    def instead(self, step: Step, place: int, query: Query) -> Step:
        return {"name": step["name"][:8]} if query.limit > 1 else {}


@breaks(ONE_LOOK)
class RecordIdIsPlaceInPage(Retouched):
    def instead(self, step: Step, place: int, query: Query) -> Step:
        return {"id": place + 1}


@breaks(ONE_LOOK)
class RecordIdIsPlaceInList(Retouched):
    def instead(self, step: Step, place: int, query: Query) -> Step:
        return {"id": query.offset + place + 1}


@breaks(ONE_LOOK)
class FirstStepOfPageRuns(Retouched):
    def instead(self, step: Step, place: int, query: Query) -> Step:
        return {} if place else {"status": "Running", "end_time": None}


@breaks(ONE_LOOK)
class IdsInLowerCaseWhenFiltered(Retouched):
    def instead(self, step: Step, place: int, query: Query) -> Step:
        step_id = step["execution_step_id"]
        return {"execution_step_id": step_id.lower()} if query.step_ids else {}


@breaks(ONE_LOOK)
class NoEndWhenFiltered(Retouched):
    def instead(self, step: Step, place: int, query: Query) -> Step:
        return {"end_time": None if query.step_ids else step["end_time"]}


@breaks(ONE_LOOK)
class ValuesOfTheStepBefore(Service):
    def window(self, steps: Sequence[Step], query: Query) -> Sequence[Step]:
        page = super().window(steps, query)
        return [
            step | {"outputs": before["outputs"]}
            for before, step in zip([*page[:1], *page], page, strict=False)
        ]
