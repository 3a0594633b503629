"""Compare what people can use of two generated packages: models, fields and parameters.

griffe reads the packages. Its own comparison says nothing of what was added or retyped.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

import griffe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Surface = dict[str, dict[str, str]]
"""The types of the members of each "model NAME" and "operation NAME"."""


class Change(NamedTuple):
    """A difference, and whether it may stop code from working that used the old package."""

    words: str
    breaking: bool

    def __str__(self) -> str:
        return f"{'breaking' if self.breaking else 'harmless'}  {self.words}"


def read_surface(package: Path) -> Surface:
    """Return what a generated package offers; nothing where there is no folder."""
    if not package.exists():
        return {}
    loaded = griffe.load(package.name, search_paths=[package.parent], allow_inspection=False)
    models, tags = loaded["models"].modules.values(), loaded["api"].modules.values()
    classes = (each for module in models for each in module.classes.values() if not each.is_alias)
    operations = (each for tag in tags for each in tag.modules.values())
    surface = {f"model {each.name}": dict(_fields(each)) for each in classes}
    return surface | {f"operation {each.name}": dict(_parameters(each)) for each in operations}


def _fields(model: griffe.Class) -> Iterator[tuple[str, str]]:
    for name, field in model.attributes.items():
        if "property" not in field.labels:
            yield name, str(field.annotation or field.value)


def _parameters(operation: griffe.Module) -> Iterator[tuple[str, str]]:
    for parameter in operation.functions["sync_detailed"].parameters:
        if parameter.name != "client":
            yield parameter.name, str(parameter.annotation)


def compare_surfaces(old: Surface, new: Surface) -> list[Change]:
    """Return what changed from one package to the other."""
    changes = [Change(f"{owner} removed", True) for owner in old if owner not in new]
    changes += [Change(f"{owner} added", False) for owner in new if owner not in old]
    for owner in (each for each in old if each in new):
        changes += _compare(owner, old[owner], new[owner])
    return changes


def _compare(owner: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    """Yield the changes of an owner; what is sent may become wider, what is read narrower."""
    is_sent = owner.startswith("operation")
    what = f"{owner}: {'parameter' if is_sent else 'field'}"
    for name, kind in old.items():
        if name not in new:
            yield Change(f"{what} {name} removed", True)
        elif (before := _arms(kind)) != (after := _arms(new[name])):
            safe = before <= after if is_sent else after <= before
            yield Change(f"{what} {name} retyped from {kind} to {new[name]}", not safe)
    for name in (each for each in new if each not in old):
        required = is_sent and "Unset" not in _arms(new[name])
        yield Change(f"{what} {name} added ({new[name]})", required)


def _arms(kind: str) -> set[str]:
    """Return the members of a union."""
    node, arms = ast.parse(kind, mode="eval").body, set[str]()
    while isinstance(node, ast.BinOp):
        arms.add(ast.unparse(node.right))
        node = node.left
    return {ast.unparse(node), *arms}
