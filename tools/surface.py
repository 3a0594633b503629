"""What people can use of a generated package: its requests, models, fields and parameters.

Read from the source by griffe, so that two versions of a package can be compared in one process.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

import griffe
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPERATION = "sync_detailed"  # the other functions of an operation take the same parameters
OPTIONAL = "Unset"

Surface = dict[str, str]
"""A type, or nothing, by title: of a request, a model, a field, an operation or a parameter."""


@dataclass(frozen=True)
class Change:
    """A difference between two versions of a package.

    Attributes:
        words: What is new, gone or retyped.
        breaking: Whether code that used the old version may stop working.
    """

    words: str
    breaking: bool

    def __str__(self) -> str:
        return f"{'breaking' if self.breaking else 'compatible'}  {self.words}"


def read_surface(package: Path) -> Surface:
    """Read the models and operations of a generated package."""
    loader = griffe.GriffeLoader(search_paths=[str(package.parent)], allow_inspection=False)
    modules = loader.load(package.name).modules
    document = yaml.safe_load((package / "openapi.yaml").read_text(encoding="utf-8"))
    requests = (
        (f"request {method.upper()} {path}", "")
        for path, methods in document["paths"].items()
        for method in methods
    )
    return dict([*requests, *_models(modules["models"]), *_operations(modules["api"])])


def _models(models: griffe.Object | griffe.Alias) -> Iterator[tuple[str, str]]:
    """Yield the fields with their types, and of an enumeration the values."""
    classes = (each for module in models.modules.values() for each in module.classes.values())
    for model in (each for each in classes if not each.is_alias):
        yield f"model {model.name}", ""
        for name, field in model.attributes.items():
            yield f"model {model.name}: field {name}", str(field.annotation or field.value)


def _operations(api: griffe.Object | griffe.Alias) -> Iterator[tuple[str, str]]:
    for module in (each for tag in api.modules.values() for each in tag.modules.values()):
        yield f"operation {module.name}", ""
        for parameter in module.functions[OPERATION].parameters:
            title = f"operation {module.name}: parameter {parameter.name}"
            if parameter.name != "client":
                yield title, str(parameter.annotation)


def compare_surfaces(old: Surface, new: Surface) -> list[Change]:
    """Return what changed from one version to another, the members of what came or went left out.

    What callers send may become wider, and what they read narrower, without breaking them.
    """
    titles = [*old, *(title for title in new if title not in old)]
    return [
        change
        for title in titles
        if (owner := title.partition(":")[0]) == title or (owner in old and owner in new)
        for change in _compare(title, old.get(title), new.get(title))
    ]


def _compare(title: str, old: str | None, new: str | None) -> Iterator[Change]:
    is_parameter = ": parameter " in title
    if old is None and new is not None:
        required = is_parameter and OPTIONAL not in _arms(new)
        yield Change(f"{title} is new{new and f' ({new})'}", required)
    elif new is None:
        yield Change(f"{title} is gone", True)
    elif old is not None and (arms := _arms(old)) != (new_arms := _arms(new)):
        safe = arms <= new_arms if is_parameter else new_arms <= arms
        yield Change(f"{title} retyped from {old} to {new}", not safe)


def _arms(annotation: str) -> set[str]:
    """Return the members of a union."""
    return set(_flatten(ast.parse(annotation, mode="eval").body)) if annotation else set()


def _flatten(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.BinOp):
        yield from _flatten(node.left)
        yield from _flatten(node.right)
    else:
        yield ast.unparse(node)
