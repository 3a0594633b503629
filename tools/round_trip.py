"""Hold the models of a generated package to their schemas: what is read can be written again.

A property whose name the generated code needs for itself breaks that without a word.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Node = dict[str, Any]
SCALARS: Mapping[str, object] = {"string": "x", "integer": 1, "number": 0.5, "boolean": True}


def sample(schemas: Mapping[str, Node], node: Node) -> object:
    """Return a value that a schema allows, with all that may be in it."""
    if "$ref" in node:
        return sample(schemas, schemas[node["$ref"].rpartition("/")[2]])
    said = node.get("type", "object")
    kind = next(each for each in ([said] if isinstance(said, str) else said) if each != "null")
    if kind == "array":
        return [sample(schemas, node["items"])]
    if kind == "object":
        values: Node | bool = node.get("additionalProperties", True)
        more = {} if isinstance(values, bool) else {"more": sample(schemas, values)}
        return more | {name: sample(schemas, each) for name, each in _properties(node).items()}
    return SCALARS[kind]


def problems(models: Any, schemas: Mapping[str, Node]) -> Iterator[str]:
    """Say which properties of the schemas are lost or changed on their way."""
    lost: dict[str, list[str]] = {}
    for schema, node in schemas.items():
        model = getattr(models, schema)
        lost[schema] = [
            name
            for name, each in _properties(node).items()
            if not _keeps(model, name, sample(schemas, each))
        ]
    # A name that the code of all models needs takes the other properties of its model along.
    needed = {
        name
        for schema in schemas
        if not lost[schema]
        for name in _names_in_use(getattr(models, schema)) - _properties(schemas[schema]).keys()
    }
    found = [(schema, name) for schema, names in lost.items() for name in names]
    suspects = dict.fromkeys(
        (schema, name) for schema, _ in found for name in schemas[schema]["properties"]
    )
    for schema, name in [each for each in suspects if each[1] in needed] or found:
        place = f"#/components/schemas/{schema}/properties/{name}"
        yield f"{place}: the generated code loses it; leave it to additional_properties"


def _properties(node: Node) -> dict[str, Node]:
    properties: dict[str, Node] = node.get("properties", {})
    return properties


def _keeps(model: Any, name: str, value: object) -> bool:
    values = {name: value, f"{name}_": "a further one"}
    try:
        return model.from_dict(values).to_dict() == values and name not in model().to_dict()
    except Exception:  # noqa: BLE001 - whatever the generated code does
        return False


def _names_in_use(model: Any) -> set[str]:
    codes = (model.from_dict.__func__.__code__, model.to_dict.__code__)
    local = (name for code in codes for name in code.co_varnames)
    return {*vars(model), *vars(sys.modules[model.__module__]), *local}


def main(package: Path) -> int:
    """Look at a package; print what is wrong, and return the exit code."""
    sys.path.insert(0, str(package.parent))
    document = yaml.safe_load((package / "openapi.yaml").read_text(encoding="utf-8"))
    models = importlib.import_module(f"{package.name}.models")
    found = list(problems(models, document["components"]["schemas"]))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
