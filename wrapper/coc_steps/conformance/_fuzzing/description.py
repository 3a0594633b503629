"""The packaged description: what is documented, and what of it is this project's assumption."""

from __future__ import annotations

import copy
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from coc_steps._json import Json

ASSUMPTION = "x-assumption"
PATH = "/v1/executions/{execution_id}/steps"


@cache
def packaged() -> Mapping[str, Any]:
    """Return the description that the wheel carries, for reading only."""
    text = files("coc_steps_api").joinpath("openapi.yaml").read_text(encoding="utf-8")
    spec: dict[str, Any] = yaml.safe_load(text)
    return spec


def description() -> dict[str, Any]:
    """Return a copy of the description that may be changed."""
    return copy.deepcopy(dict(packaged()))


def parameters(spec: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the parameters of the operation, by name."""
    return {parameter["name"]: parameter for parameter in spec["paths"][PATH]["get"]["parameters"]}


def pin(spec: Mapping[str, Any], tickets: Mapping[str, Iterable[str]]) -> None:
    """Make the ids of tickets the only valid ones, and some of their steps the examples.

    Args:
        spec: The description, to be changed.
        tickets: The ids of steps by the id of their ticket.
    """
    execution_id = parameters(spec)["execution_id"]
    # An enum is the way of pinning that the coverage phase respects, too.
    execution_id["schema"]["enum"] = list(tickets)
    execution_id["examples"] = {name: {"value": name} for name in tickets}
    ids = [step_id for steps in tickets.values() for step_id in list(steps)[:3]]
    if ids:
        parameters(spec)["execution_step_id_list"]["examples"] = {"known": {"value": ids}}


def resolve(spec: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow the reference of a node, if it is one."""
    reference = node.get("$ref")
    if reference is None:
        return node
    found: Any = spec
    for key in reference.removeprefix("#/").split("/"):
        found = found[key]
    return resolve(spec, found)


def response_schema(spec: Mapping[str, Any], status: int) -> Mapping[str, Any] | None:
    """Return the schema of the body of an answer, or None when the status is not documented."""
    response = _response(spec, status)
    if response is None:
        return None
    schema: Mapping[str, Any] = response["content"]["application/json"]["schema"]
    return resolve(spec, schema)


def is_assumed(spec: Mapping[str, Any], status: int, path: Iterable[str | int] = ()) -> bool:
    """Return whether what is said of a place of an answer is this project's, not the page's."""
    response = _response(spec, status)
    schema = response_schema(spec, status)
    if response is None or schema is None or ASSUMPTION in response:
        return True
    for key in path:
        schema = _below(spec, schema, key)
        if schema is None:
            return False
        if ASSUMPTION in schema:
            return True
    return False


def unknown_keys(spec: Mapping[str, Any], status: int, body: Json) -> Iterator[str]:
    """Return the places of keys that the description does not know."""
    schema = response_schema(spec, status)
    if schema is not None:
        yield from _unknown(spec, schema, body, "$")


def known_keys(spec: Mapping[str, Any], status: int = 200) -> Iterator[str]:
    """Return the places of all documented keys."""
    schema = response_schema(spec, status)
    if schema is not None:
        yield from _known(spec, schema, "$")


def seen_keys(body: Json, place: str = "$") -> Iterator[str]:
    """Return the places of all keys of a body."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield f"{place}.{key}"
            yield from seen_keys(value, f"{place}.{key}")
    elif isinstance(body, list):
        for item in body:
            yield from seen_keys(item, f"{place}[]")


def place_of(path: Iterable[str | int]) -> str:
    """Return the place of a path into a body, the same for all items of a list."""
    return "$" + "".join("[]" if isinstance(key, int) else f".{key}" for key in path)


def _response(spec: Mapping[str, Any], status: int) -> Mapping[str, Any] | None:
    response = spec["paths"][PATH]["get"]["responses"].get(str(status))
    return None if response is None else resolve(spec, response)


def _below(
    spec: Mapping[str, Any], schema: Mapping[str, Any], key: str | int
) -> Mapping[str, Any] | None:
    child = schema.get("items") if isinstance(key, int) else schema.get("properties", {}).get(key)
    return None if child is None else resolve(spec, child)


def _unknown(
    spec: Mapping[str, Any], schema: Mapping[str, Any], value: Json, place: str
) -> Iterator[str]:
    if isinstance(value, list) and "items" in schema:
        items = resolve(spec, schema["items"])
        for item in value:
            yield from _unknown(spec, items, item, f"{place}[]")
    elif isinstance(value, dict) and "properties" in schema:
        for key, child in value.items():
            known = schema["properties"].get(key)
            if known is None:
                yield f"{place}.{key}"
            else:
                yield from _unknown(spec, resolve(spec, known), child, f"{place}.{key}")


def _known(spec: Mapping[str, Any], schema: Mapping[str, Any], place: str) -> Iterator[str]:
    if "items" in schema:
        yield from _known(spec, resolve(spec, schema["items"]), f"{place}[]")
    for key, child in schema.get("properties", {}).items():
        yield f"{place}.{key}"
        yield from _known(spec, resolve(spec, child), f"{place}.{key}")
