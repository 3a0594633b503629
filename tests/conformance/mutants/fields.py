"""Bodies that are built of other keys than the page lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coc_steps.mock import Service, Step

from conformance.servers import EditedBody

from .registry import breaks

if TYPE_CHECKING:
    from coc_steps.mock import Query

KEYS = "The keys are those that the page lists."
DATA = "A success has `data`, a list of steps."
ID = "Every step has an id of its own."


def without(step: Step, key: str) -> Step:
    return {name: value for name, value in step.items() if name != key}


def renamed(step: Step, **names: str) -> Step:
    return {names.get(key, key): value for key, value in step.items()}


@breaks(DATA)
class DataRenamed(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return renamed(body, data="steps")


@breaks(DATA)
class DataNested(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return {"data": {"items": body["data"]}, "total": body["total"]}


@breaks(DATA)
class DataById(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return body | {"data": {step["execution_step_id"]: step for step in body["data"]}}


@breaks(DATA)
class DataMissingWhenEmpty(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return body if body["data"] else {"total": body["total"]}


@breaks(DATA)
class DataNullWhenEmpty(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return body | {"data": body["data"] or None}


@breaks(DATA)
class SingleStepWithoutList(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return body | {"data": body["data"][0] if len(body["data"]) == 1 else body["data"]}


@breaks(DATA)
class NullStepAtTheEnd(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return body | {"data": [*body["data"], None]}


@breaks("A success is an object with `data` and `total`.")
class BareList(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return body["data"]


@breaks("A success is an object with `data` and `total`.")
class Enveloped(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return {"result": body}


@breaks(KEYS)
class PageNumberAdded(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return body | {"page_num": query.offset // query.limit + 1}


@breaks(KEYS)
class CursorAddedWhereThereIsMore(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        end = query.offset + len(body["data"])
        return body | ({"next_offset": end} if end < body["total"] else {})


@breaks(KEYS)
class StepKeyAdded(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"retry_count": 0}


@breaks(KEYS)
class FailedStepsHaveAnotherKey(Service):
    def render_step(self, step: Step) -> Step:
        return step if step["status"] == "Succeed" else step | {"reason": step["message"]}


@breaks(KEYS)
class InputKeyAdded(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"inputs": [pair | {"type": "string"} for pair in step["inputs"]]}


@breaks(KEYS)
class StartTimeMisspelt(Service):
    def render_step(self, step: Step) -> Step:
        return renamed(step, start_time="strat_time")


@breaks(KEYS)
class CamelCase(Service):
    def render_step(self, step: Step) -> Step:
        return renamed(step, start_time="startTime", end_time="endTime")


@breaks(KEYS)
class OutputPairsRenamed(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"outputs": [renamed(pair, key="name") for pair in step["outputs"]]}


@breaks(ID)
class IdMissing(Service):
    def render_step(self, step: Step) -> Step:
        return without(step, "execution_step_id")


@breaks(ID)
class IdRenamed(Service):
    def render_step(self, step: Step) -> Step:
        return renamed(step, execution_step_id="step_id")


@breaks(ID)
class IdNullWhereNotStarted(Service):
    def render_step(self, step: Step) -> Step:
        started = step["status"] not in ("Pending", "Canceled")
        return step | {"execution_step_id": step["execution_step_id"] if started else None}


@breaks(ID)
class IdEmptyWherePaused(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"execution_step_id": ""} if "suspend" in step["action"] else step


@breaks(ID)
class IdIsANumber(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"execution_step_id": step["id"]}


@breaks(ID)
class IdWithoutItsEnding(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"execution_step_id": step["execution_step_id"][:14]}


@breaks("A step has a status.")
class StatusMissing(Service):
    def render_step(self, step: Step) -> Step:
        return without(step, "status")


@breaks("A success carries no code of failure.")
class FailureCodeInSuccess(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return body | {"error_code": "COC.00040701", "error_msg": "No permission."}


@breaks("A success carries no code of failure.")
class FailureCodeWhereNothingMatches(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        failed = query.step_ids and not body["data"]
        return body | ({"error_code": "COC.00042101"} if failed else {})
