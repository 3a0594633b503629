"""The packaged description: what it says of listExecutionSteps, and what of it is an assumption.

Everything is found by the operation's id, through references, allOf, oneOf and anyOf, so that
another path, a second operation or another shape of the description changes nothing here.
"""

from __future__ import annotations

import copy
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias

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


@cache
def packaged() -> Description:
    """Return the description that the wheel carries."""
    text = files("coc_steps_api").joinpath("openapi.yaml").read_text(encoding="utf-8")
    return Description(yaml.safe_load(text))


class Description:
    """A description, for reading only.

    Args:
        spec: The parsed document.

    Raises:
        ValueError: It has no operation listExecutionSteps.
    """

    def __init__(self, spec: Node) -> None:
        self.spec = spec
        self._resolved: dict[int, Node] = {}
        self._documented: dict[int, dict[str, bool]] = {}
        for path, item in spec["paths"].items():
            for method, operation in self.resolve(item).items():
                if method in _METHODS and operation.get("operationId") == OPERATION:
                    self.path, self.method, self._operation = path, method.upper(), operation
                    self._item = self.resolve(item)
                    return
        raise ValueError(f"the description has no operation {OPERATION}")

    @cached_property
    def parameters(self) -> dict[str, Node]:
        """The parameters of the operation, by name."""
        both = [*self._item.get("parameters", ()), *self._operation.get("parameters", ())]
        return {found["name"]: found for found in map(self.resolve, both)}

    @cached_property
    def statuses(self) -> frozenset[str]:
        """The documented statuses."""
        return frozenset(map(str, self._operation["responses"]))

    def resolve(self, node: Node) -> Node:
        """Follow the reference of a node, and of what it leads to; a circle leads to nothing."""
        followed: set[str] = set()
        while (reference := node.get("$ref")) is not None:
            if reference in followed:
                return {}
            followed.add(reference)
            # The same node leads to the same object, so that a circle is known by it.
            node = self._resolved.setdefault(id(node), self._merged(node, reference))
        return node

    def _merged(self, node: Node, reference: str) -> Node:
        found: Any = self.spec
        for key in reference.removeprefix("#/").split("/"):
            found = found[key.replace("~1", "/").replace("~0", "~")]
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return {**found, **beside} if beside else found

    def schemas(self, node: Node) -> list[Node]:
        """Return a schema with all that it is combined of."""
        found: list[Node] = []
        waiting, known = [node], set[int]()
        while waiting:
            schema = self.resolve(waiting.pop(0))
            if id(schema) in known or len(known) > 1_000:
                continue
            known.add(id(schema))
            found.append(schema)
            waiting += [part for name in _COMBINED for part in schema.get(name, ())]
        return found

    def body(self, status: int) -> list[Node] | None:
        """Return the schemas of the body of an answer; None when the status is not documented."""
        response = self._response(status)
        if response is None:
            return None
        for kind, media in response.get("content", {}).items():
            if is_json(kind):
                return self.schemas(media.get("schema", {}))
        return []

    def is_assumed(self, status: int, path: Iterable[str | int] = ()) -> bool:
        """Return whether what is said of a place of an answer is this project's assumption."""
        response, schemas = self._response(status), self.body(status)
        if response is None or schemas is None or ASSUMPTION in response:
            return True
        for key in path:
            schemas = self._below(schemas, key)
            if any(ASSUMPTION in schema for schema in schemas):
                return True
        return False

    def unknown_keys(self, status: int, places: Iterable[str]) -> list[str]:
        """Return the places of keys that the description does not know, the outermost of each."""
        known = self._places(status)
        return sorted(
            place
            for place in places
            # What stands in an unknown or an open object is not judged by itself.
            if place not in known and not known.get(_parent(place), True)
        )

    def known_keys(self, status: int = 200) -> list[str]:
        """Return the places of all documented keys."""
        return [place for place in self._places(status) if place[-1] not in "$]"]

    def _places(self, status: int) -> dict[str, bool]:
        """Return all documented places, and whether an object there may have any keys."""
        if status not in self._documented:
            schemas = self.body(status) or []
            self._documented[status] = dict(self._known(schemas, "$", frozenset()))
        return self._documented[status]

    def _response(self, status: int) -> Node | None:
        found = {str(key): value for key, value in self._operation["responses"].items()}
        response = found.get(str(status))
        return None if response is None else self.resolve(response)

    def _below(self, schemas: list[Node], key: str | int) -> list[Node]:
        name = "items" if isinstance(key, int) else "properties"
        children = [schema[name] for schema in schemas if name in schema]
        if isinstance(key, str):
            children = [properties[key] for properties in children if key in properties]
        return [found for child in children for found in self.schemas(child)]

    def _known(
        self, schemas: list[Node], place: str, above: frozenset[int]
    ) -> Iterator[tuple[str, bool]]:
        own = frozenset(map(id, schemas))
        named = dict.fromkeys(key for each in schemas for key in each.get("properties", ()))
        is_circle = bool(own) and own <= above
        is_open = is_circle or any(each.get("additionalProperties") for each in schemas)
        yield place, is_open or not named
        if is_circle:
            return
        if items := self._below(schemas, 0):
            yield from self._known(items, f"{place}[]", above | own)
        for key in named:
            yield from self._known(self._below(schemas, key), f"{place}.{key}", above | own)

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


def is_json(content_type: str) -> bool:
    """Return whether a media type is that of JSON, whatever its parameters are."""
    return content_type.partition(";")[0].strip().lower() == "application/json"


def _parent(place: str) -> str:
    return place.rpartition(".")[0]


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
