"""Compare what people can use of two generated packages: models, fields and parameters.

griffe reads the packages. Its own comparison says nothing of what was added or retyped.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

import griffe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPERATION = "sync_detailed"  # the other functions of an operation take the same parameters

Surface = dict[str, dict[str, str]]
"""The types of fields by "model NAME", and of parameters by "operation NAME"."""


class Change(NamedTuple):
    """A difference, and whether it may stop code from working that used the old package."""

    words: str
    breaking: bool

    def __str__(self) -> str:
        return f"{'breaking' if self.breaking else 'harmless'}  {self.words}"


def read_surface(package: Path) -> Surface:
    """Return the models and operations of a generated package; none where there is no folder."""
    if not package.exists():
        return {}
    loaded = griffe.load(package.name, search_paths=[package.parent], allow_inspection=False)
    return dict([*_models(loaded["models"]), *_operations(loaded["api"])])


def _models(folder: griffe.Module) -> Iterator[tuple[str, dict[str, str]]]:
    classes = (each for module in folder.modules.values() for each in module.classes.values())
    for model in (each for each in classes if not each.is_alias):
        fields = (
            (name, each) for name, each in model.attributes.items() if "property" not in each.labels
        )
        yield (
            f"model {model.name}",
            {name: str(each.annotation or each.value) for name, each in fields},
        )


def _operations(folder: griffe.Module) -> Iterator[tuple[str, dict[str, str]]]:
    for module in (each for tag in folder.modules.values() for each in tag.modules.values()):
        parameters = module.functions[OPERATION].parameters
        types = {each.name: str(each.annotation) for each in parameters if each.name != "client"}
        yield f"operation {module.name}", types


def compare_surfaces(old: Surface, new: Surface) -> list[Change]:
    """Return what changed; a model that is gone while one with its fields came was renamed."""
    renamed = _renamed(old, new)
    changes = [Change(f"{a} renamed to {b.split()[1]}", True) for a, b in renamed.items()]
    for title, members in old.items():
        after = new.get(renamed.get(title, title))
        if after is None:
            changes.append(Change(f"{title} removed", True))
        else:
            today = {name: _replace(kind, renamed) for name, kind in members.items()}
            changes += _compare_members(title, today, after)
    come = new.keys() - old.keys() - set(renamed.values())
    return changes + [Change(f"{title} added", False) for title in sorted(come)]


def _renamed(old: Surface, new: Surface) -> dict[str, str]:
    gone, come = (sorted(one.keys() - other.keys()) for one, other in ((old, new), (new, old)))
    unknown = dict.fromkeys((*gone, *come), "model ?")  # a field may be of a renamed model

    def shape(members: dict[str, str]) -> dict[str, str]:
        return {name: _replace(kind, unknown) for name, kind in members.items()}

    found: dict[str, str] = {}
    for a in gone:
        free = (b for b in come if b not in found.values())
        if b := next((b for b in free if shape(new[b]) == shape(old[a])), None):
            found[a] = b
    return found


def _replace(kind: str, titles: dict[str, str]) -> str:
    names = {old.split()[1]: new.split()[1] for old, new in titles.items()}
    return re.sub(r"\w+", lambda word: names.get(word[0], word[0]), kind)


def _compare_members(title: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    """Yield the changes of an owner; what is sent may become wider, what is read narrower."""
    is_sent = title.startswith("operation")
    what = f"{title}: {'parameter' if is_sent else 'field'}"
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
