"""Read the operation of the page in openapi.yaml into what can be compared with the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from .model import Contract, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .model import Example

Node = dict[str, Any]
JSON = "application/json"
MARK = "x-assumption"
VENDOR_EXAMPLE = "vendor"
OPERATION = "listExecutionSteps"


class Description:
    """The operation of the page in an OpenAPI description, which may have others, too."""

    def __init__(self, document: Node) -> None:
        self.document = document
        self.path, self.method, self.get = next(
            (path, method, node)
            for path, methods in document["paths"].items()
            for method, node in methods.items()
            if "operationId" in node and node["operationId"] == OPERATION
        )

    @classmethod
    def load(cls, path: Path) -> Description:
        """Read a file."""
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    @property
    def contract(self) -> Contract:
        """What it says, its marked additions included."""
        return Contract(dict(self._facts()), dict(self._examples()))

    def resolve(self, node: Node) -> Node:
        """Follow the references of a node, within the document."""
        while "$ref" in node:
            target: Node = self.document
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key]
            node = target
        return node

    def schema(self, status: str) -> Node | None:
        """Return the schema of the JSON that a status brings, if it is described."""
        response = self.get["responses"].get(status)
        media = self.resolve(response).get("content", {}).get(JSON) if response else None
        return None if media is None else media["schema"]

    def _facts(self) -> Iterator[tuple[str, Fact]]:
        operation = f"{self.method.upper()} {self.path}"
        yield "operation", Fact(operation, operation)
        for parameter in map(self.resolve, self.get.get("parameters", [])):
            mandatory = "mandatory" if parameter.get("required") else "optional"
            fact = self._fact(parameter["schema"], MARK in parameter, mandatory)
            yield f"{parameter['in']}.{parameter['name']}", fact
        for scheme in self.document["components"].get("securitySchemes", {}).values():
            yield (
                f"header.{scheme['name']}",
                Fact("string", "string", None, "optional", MARK in scheme),
            )
        for status, response in self.get["responses"].items():
            yield from self._response(status, self.resolve(response))

    def _response(self, status: str, response: Node) -> Iterator[tuple[str, Fact]]:
        assumed = MARK in response
        yield f"status {status}", Fact("listed", "listed", assumed=assumed)
        place = f"response {status}"
        for name, node in response.get("headers", {}).items():
            header = self.resolve(node)
            yield f"{place} header {name}", self._fact(header["schema"], assumed or MARK in header)
        if schema := self.schema(status):
            yield place, Fact("a body", "body", assumed=assumed)
            yield from self._fields(place, schema, assumed, frozenset())

    def _fields(
        self, place: str, node: Node, assumed: bool, within: frozenset[str]
    ) -> Iterator[tuple[str, Fact]]:
        """Return the fields of an object and of those in it; a schema within itself, once."""
        reference = node.get("$ref", place)
        if reference in within:
            return
        for name, field in self.resolve(node).get("properties", {}).items():
            marked = assumed or MARK in field
            yield f"{place}.{name}", self._fact(field, marked)
            suffix, item = "", field
            while items := self.resolve(item).get("items"):
                suffix, item = suffix + "[]", items
            yield from self._fields(f"{place}.{name}{suffix}", item, marked, within | {reference})

    def _fact(self, schema: Node, assumed: bool, mandatory: str = "") -> Fact:
        kind, name = self._kind(schema)
        words = kind.removesuffix("object") + name if name else kind
        return Fact(words, kind, name, mandatory, assumed)

    def _kind(self, node: Node) -> tuple[str, str | None]:
        """Return the kind of a schema, and the name of the objects in it if they have one."""
        schema = self.resolve(node)
        types = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
        kind = next((each for each in types if each != "null"), "anything")
        if kind == "array":
            items, name = self._kind(schema["items"])
            return f"array of {items}", name
        values: Node | bool | None = schema.get("additionalProperties")
        if kind == "object" and isinstance(values, dict):
            return f"map of {self._kind(values)[0]}", None
        if kind == "object":
            return kind, node["$ref"].rpartition("/")[2] if "$ref" in node else None
        return (schema.get("format", kind) if kind in {"integer", "number"} else kind), None

    def _examples(self) -> Iterator[tuple[str, Example]]:
        for status, response in self.get["responses"].items():
            media = self.resolve(response).get("content", {}).get(JSON, {})
            if example := media.get("examples", {}).get(VENDOR_EXAMPLE):
                yield status, example["value"]
