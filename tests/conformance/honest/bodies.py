"""Successes that say the same in another way, or have other data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from coc_steps.mock import Service

from conformance.servers import Edited, EditedBody

from .registry import honest

if TYPE_CHECKING:
    from coc_steps.mock import Answer, Query, Request, Step

NULLABLE = "The page is silent on null, and its own example has some."
OPTIONAL = "The page says of no field of an answer that it is always there."


@honest("Sibling APIs answer a success with a code of zeros.")
class CodeOfSuccess(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return body | {"error_code": "COC.00000000", "error_msg": "success"}


@honest(NULLABLE)
class CodeNull(EditedBody):
    def body(self, body: dict[str, Any], query: Query) -> object:
        return {"error_code": None, "error_msg": None} | body


@honest("The order of keys means nothing.")
class KeysSorted(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        answer.content = json.dumps(answer.content, sort_keys=True).encode()


@honest("White space means nothing.")
class PrettyPrinted(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        answer.content = (json.dumps(answer.content, indent=4) + "\n").encode()


@honest("JSON may escape any letter.")
class EscapedText(Edited):
    def edit_success(self, answer: Answer, request: Request) -> None:
        answer.content = json.dumps(answer.content, ensure_ascii=True).encode()


@honest(OPTIONAL)
class NullsLeftOut(Service):
    def render_step(self, step: Step) -> Step:
        return {key: value for key, value in step.items() if value is not None}


@honest(NULLABLE)
class PropertiesNull(Service):
    def render_step(self, step: Step) -> Step:
        return {"properties": None} | step


@honest("The page's own example has no properties.")
class PropertiesAbsent(Service):
    def render_step(self, step: Step) -> Step:
        return {key: value for key, value in step.items() if key != "properties"}


@honest("No table of the page lists the number of the record.")
class RecordIdAbsent(Service):
    def render_step(self, step: Step) -> Step:
        return {key: value for key, value in step.items() if key != "id"}


@honest("A message is what a script wrote, be it the word for nothing.")
class MessageIsAWord(Service):
    def render_step(self, step: Step) -> Step:
        words = {"ok": "None", "": "null"}
        return step | {"message": words.get(step["message"], step["message"])}


@honest("A name is what somebody typed, be it code.")
class NamesHaveCode(Service):
    def render_step(self, step: Step) -> Step:
        code = {"pause": "wait &amp; see", "run script": "b'run'", "detach volume": "%E5%8D%B8"}
        name = str(step["name"])
        return step | {"name": code.get(name, f"<{name}>")}


@honest(NULLABLE)
class EmptyListsNull(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"inputs": step["inputs"] or None, "outputs": step["outputs"] or None}


@honest(OPTIONAL)
class EmptyListsLeftOut(Service):
    def render_step(self, step: Step) -> Step:
        lists = ("inputs", "outputs")
        return {key: value for key, value in step.items() if value or key not in lists}


@honest(NULLABLE)
class TimesNull(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"start_time": None, "end_time": None}


@honest("The page lists no states: the set is open.")
class OtherStates(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"status": "Rolling_back" if step["status"] == "Succeed" else "Skipped"}


@honest("Properties are a map of any names.")
class OtherProperties(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"properties": {"": "", "批次": "1", "a.b/c": "x" * 200}}


@honest("Nothing says that a list of inputs names each key once.")
class InputsRepeatKeys(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"inputs": [*step["inputs"], *step["inputs"]]}


@honest("A message is what a script wrote, be it what nobody can read.")
class LogsHaveUnreadableLetters(Service):
    def render_step(self, step: Step) -> Step:
        logs = {"ok": "caf\N{REPLACEMENT CHARACTER}", None: "échec à 90 %"}
        return step | {"message": logs.get(step["message"], step["message"])}


@honest("A name is what somebody typed, be it unreadable.")
class OneNameWasMisread(Service):
    def render_step(self, step: Step) -> Step:
        return step | {"name": "dÃ©tacher" if step["name"] == "detach volume" else step["name"]}
