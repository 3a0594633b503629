"""Inputs, outputs and properties of other shapes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .registry import breaks
from .values import Rewritten

if TYPE_CHECKING:
    from coc_steps.mock import Step

LISTS = "`inputs` and `outputs` are lists of objects with the Strings `key` and `value`."


@breaks(LISTS)
class InputsAsMap(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"inputs": {pair["key"]: pair["value"] for pair in step["inputs"]}}


@breaks(LISTS)
class OutputsAsText(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"outputs": json.dumps(step["outputs"])}


@breaks(LISTS)
class SingleOutputWithoutList(Rewritten):
    def instead(self, step: Step) -> Step:
        outputs = step["outputs"][:1]
        return {"outputs": outputs[0] if outputs else []}


@breaks(LISTS)
class InputKeyNull(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"inputs": [pair | {"key": None} for pair in step["inputs"]]}


@breaks(LISTS)
class OutputKeyMissing(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"outputs": [{"value": pair["value"]} for pair in step["outputs"]]}


@breaks(LISTS)
class InputKeyEmpty(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"inputs": [pair | {"key": ""} for pair in step["inputs"][:1]]}


@breaks(LISTS)
class ValuesNotQuoted(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"inputs": [pair | {"value": parsed(pair["value"])} for pair in step["inputs"]]}


@breaks("`properties` is a map of Strings.")
class PropertiesAsPairs(Rewritten):
    def instead(self, step: Step) -> Step:
        properties = step.get("properties", {})
        return {"properties": [{"key": key, "value": properties[key]} for key in properties]}


@breaks("`properties` is a map of Strings.")
class PropertiesNested(Rewritten):
    def instead(self, step: Step) -> Step:
        return {"properties": {"network": step.get("properties", {})}}


def parsed(text: str | None) -> object:
    """Return the JSON in a text, or the text."""
    try:
        return json.loads(text or "null")
    except ValueError:
        return text
