"""The packaged description: what it says of listExecutionSteps, and what of it is an assumption.

Everything is found by the operation's id, through references, allOf, oneOf and anyOf, so that
another path, a second operation or another shape of the description changes nothing here.
"""

from __future__ import annotations

import copy
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import yaml

from coc_steps._steps.request import INT32_MAX, INT64_MAX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from coc_steps._json import Json

ASSUMPTION = "x-assumption"
OPERATION = "listExecutionSteps"
_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
_BOUNDS = {"int32": INT32_MAX, "int64": INT64_MAX}
_COMBINED = ("allOf", "oneOf", "anyOf")

Node: TypeAlias = "Mapping[str, Any]"


class Schema(NamedTuple):
    """A part of the description, and the references that led to it: a circle ends there."""

    node: Node
    references: frozenset[str] = frozenset()


class Place(NamedTuple):
    """What is documented of a place of an answer."""

    is_open: bool
    """Whether an object there may have any keys."""
    is_assumed: bool
    """Whether the place rests on an assumption of this project's."""


@cache
def packaged() -> Description:
    """Return the description that the wheel carries."""
    text = files("coc_steps_api").joinpath("openapi.yaml").read_text(encoding="utf-8")
    return Description(yaml.safe_load(text))


class Description:
    """A parsed description, for reading only."""

    def __init__(self, spec: Node) -> None:
        self.spec = spec
        for path, item in spec["paths"].items():
            for method, operation in self._resolve(item).items():
                if method in _METHODS and operation.get("operationId") == OPERATION:
                    self.path, self.method, self._operation = path, method.upper(), operation
                    self._item = self._resolve(item)
                    return
        raise ValueError(f"the description has no operation {OPERATION}")

    @cached_property
    def parameters(self) -> dict[str, Node]:
        """The parameters of the operation, by name."""
        both = [*self._item.get("parameters", ()), *self._operation.get("parameters", ())]
        return {found["name"]: found for found in map(self._resolve, both)}

    @cached_property
    def places(self) -> dict[str, dict[str, Place]]:
        """All documented places of the answers of each status."""
        responses = self._operation["responses"].items()
        return {str(status): dict(self._answer(self._resolve(node))) for status, node in responses}

    def is_assumed(self, status: int, path: Iterable[str | int] = ()) -> bool:
        """Return whether what is said of a place of an answer is this project's assumption."""
        known, place = self.places.get(str(status)), place_of(path)
        if not known:
            return True
        while place not in known and "." in place:
            place = _parent(place)
        return known.get(place, known["$"]).is_assumed

    def unknown_keys(self, status: int, places: Iterable[str]) -> list[str]:
        """Return the places of keys that the description does not know, the outermost of each."""
        known = self.places.get(str(status), {})
        return sorted(
            place
            for place in places
            # What stands in an unknown or an open object is not judged by itself.
            if place not in known and (above := known.get(_parent(place))) and not above.is_open
        )

    def known_keys(self) -> list[str]:
        """Return the places of all documented keys of a success."""
        return [place for place in self.places["200"] if place[-1] not in "$]"]

    def pinned(self, tickets: Mapping[str, Iterable[str]] | None = None) -> dict[str, Any]:
        """Return a copy for schemathesis, of this operation alone.

        The ids of tickets are the only valid ones, some of their steps are the examples, and
        integers have the bounds of their formats.
        """
        parameters = [copy.deepcopy(dict(found)) for found in self.parameters.values()]
        of = {found["name"]: found for found in parameters}
        if tickets:
            # An enum is the way of pinning that generated boundary values respect, too.
            of["execution_id"]["schema"]["enum"] = list(tickets)
            of["execution_id"]["examples"] = {name: {"value": name} for name in tickets}
            ids = [step_id for steps in tickets.values() for step_id in list(steps)[:3]]
            if ids:
                of["execution_step_id_list"]["examples"] = {"known": {"value": ids}}
        operation = {**self._operation, "parameters": parameters}
        spec = {**self.spec, "paths": {self.path: {self.method.lower(): operation}}}
        bounded: dict[str, Any] = copy.deepcopy(spec)
        _bound(bounded)
        return bounded

    def _resolve(self, node: Node) -> Node:
        reference = node.get("$ref")
        return node if reference is None else self._resolve(self._at(reference))

    def _at(self, reference: str) -> Node:
        found: Any = self.spec
        for key in reference.removeprefix("#/").split("/"):
            found = found[key.replace("~1", "/").replace("~0", "~")]
        node: Node = found
        return node

    def _answer(self, response: Node) -> Iterator[tuple[str, Place]]:
        content = response.get("content", {}).items()
        bodies = [Schema(media.get("schema", {})) for kind, media in content if is_json(kind)]
        return self._below("$", bodies[:1], assumed=ASSUMPTION in response)

    def _below(
        self, place: str, nodes: list[Schema], *, assumed: bool
    ) -> Iterator[tuple[str, Place]]:
        """Yield a place that some nodes describe together, and all places in it."""
        schemas = [found for node in nodes for found in self._parts(node)]
        assumed = assumed or any(ASSUMPTION in each.node for each in schemas)
        names = dict.fromkeys(key for each in schemas for key in each.node.get("properties", ()))
        is_open = not names or any(each.node.get("additionalProperties") for each in schemas)
        yield place, Place(is_open, assumed)
        items = [Schema(node["items"], above) for node, above in schemas if "items" in node]
        if items:
            yield from self._below(f"{place}[]", items, assumed=assumed)
        for name in names:
            keys = [
                Schema(node["properties"][name], above)
                for node, above in schemas
                if name in node.get("properties", ())
            ]
            yield from self._below(f"{place}.{name}", keys, assumed=assumed)

    def _parts(self, schema: Schema) -> Iterator[Schema]:
        """Yield a schema, and all that it refers to or is combined of."""
        yield schema
        node, above = schema
        reference = node.get("$ref")
        if reference is not None and reference not in above:
            yield from self._parts(Schema(self._at(reference), above | {reference}))
        for name in _COMBINED:
            for part in node.get(name, ()):
                yield from self._parts(Schema(part, above))


def is_json(content_type: str) -> bool:
    """Return whether a media type is that of JSON, whatever its parameters are."""
    return content_type.partition(";")[0].strip().lower() == "application/json"


def seen_keys(body: Json, place: str = "$") -> Iterator[str]:
    """Yield the places of all keys of a body."""
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


def _parent(place: str) -> str:
    return place.rpartition(".")[0]


def _bound(node: Json) -> None:
    """Write the bounds of the integer formats out: JSON Schema knows none of them."""
    if isinstance(node, list):
        for item in node:
            _bound(item)
    elif isinstance(node, dict):
        most = _BOUNDS.get(str(node.get("format")))
        if most is not None and "type" in node:
            node.setdefault("minimum", -most - 1)
            node.setdefault("maximum", most)
        for child in node.values():
            _bound(child)
