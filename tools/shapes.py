"""Refuse what openapi.yaml could say and this project could not keep.

Each rule is something that the generator, the client or the conformance check gets wrong without a
word. A refusal names the place, and the way out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from coc_steps._json import Json

Node = dict[str, Any]
JSON = "application/json"
COMBINED = ("allOf", "anyOf", "oneOf", "not")
EXAMPLES = ("example", "examples")
NAMED = ("properties", "schemas", "responses", "headers", "parameters", "paths", "content")
FORMATS = ("int32", "int64", "float", "double")


def refusals(document: Node) -> Iterator[str]:
    """Say what of a description cannot be kept, a sentence for each place."""
    for place, node in _nodes(document, "#"):
        yield from (f"{place}: {problem}" for problem in _problems(node))
    schemas: Node = document.get("components", {}).get("schemas", {})
    for name, schema in schemas.items():
        place = f"#/components/schemas/{name}"
        if place in _references(schemas, schema, set()):
            yield f"{place}: it is within itself; leave the property out that leads back to it"
        for inner, node in _nodes(schema, place):
            if "enum" in node:
                why = "an answer with a new value could not be read"
                yield f"{inner}/enum: {why}; name the values in the description"


def _problems(node: Node) -> Iterator[str]:
    for keyword in COMBINED:
        if keyword in node:
            yield f"{keyword} gives no model; write the properties out in one schema"
    if isinstance(said := node.get("format"), str) and said not in FORMATS:
        yield f"format {said} gives another type than the client reads; leave it to the description"
    content: Node = node.get("content", {})
    for media in content:
        if media != JSON:
            yield f"{media} is not read; write {JSON}, which stands for it with any parameters"


def _nodes(node: Json, place: str, by_name: bool = False) -> Iterator[tuple[str, Node]]:
    """Yield the objects of a description with their places; what only names others is left out."""
    if isinstance(node, dict):
        if not by_name:
            yield place, node
        for key, child in node.items():
            inner = f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if by_name or key not in EXAMPLES:
                yield from _nodes(child, inner, not by_name and key in NAMED)
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _nodes(child, f"{place}/{number}")


def _references(schemas: Mapping[str, Node], schema: Node, seen: set[str]) -> set[str]:
    """Return all references from a schema, also those of the schemas that it refers to."""
    for _, node in _nodes(schema, ""):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            _references(schemas, schemas.get(reference.rpartition("/")[2], {}), seen)
    return seen
