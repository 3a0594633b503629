"""What people can use of a generated package: its models, their fields, the parameters.

Read from the source, so that two versions of a package can be compared in one process.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

OPERATION = "sync_detailed"  # the other functions of an operation take the same parameters
OPTIONAL = "Unset"


@dataclass(frozen=True)
class Owner:
    """A model with its fields, or an operation with its parameters; types by name."""

    is_operation: bool
    members: Mapping[str, str]

    def title(self, name: str) -> str:
        """Names it."""
        return f"{'operation' if self.is_operation else 'model'} {name}"


@dataclass(frozen=True)
class Change:
    """A difference between two versions of a package.

    Attributes:
        words: What changed.
        breaking: Whether code that used the old version may stop working.
    """

    words: str
    breaking: bool

    def __str__(self) -> str:
        return f"{'breaking' if self.breaking else 'harmless'}  {self.words}"


Surface = dict[str, Owner]


def read_surface(package: Path) -> Surface:
    """Reads the models and operations of a generated package, by name."""
    return dict([*_models(package), *_operations(package)])


def _models(package: Path) -> Iterator[tuple[str, Owner]]:
    for path in sorted(package.glob("models/*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                yield node.name, Owner(False, dict(_fields(node)))


def _fields(model: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Gives the fields with their types, and of an enumeration the values."""
    for node in model.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, ast.unparse(node.annotation)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, ast.unparse(node.value)


def _operations(package: Path) -> Iterator[tuple[str, Owner]]:
    for path in sorted(package.glob("api/*/*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name == OPERATION:
                parameters = [*node.args.args, *node.args.kwonlyargs]
                types = {each.arg: ast.unparse(each.annotation or each) for each in parameters}
                del types["client"]
                yield path.stem, Owner(True, types)


def compare_surfaces(old: Surface, new: Surface) -> list[Change]:
    """Gives what changed from one version to another, models before operations.

    A model that is gone while another has its fields was renamed. What callers send may become
    wider, and what they read narrower, without breaking them.
    """
    renamed = _renamed(old, new)
    changes = [Change(f"model {a} renamed to {b}", True) for a, b in renamed.items()]
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(renamed.get(name, name))
        if before and after:
            changes += _compare_members(before, after, before.title(name), renamed)
        elif before:
            changes.append(Change(f"{before.title(name)} removed", True))
        elif after and name not in renamed.values():
            changes.append(Change(f"{after.title(name)} added", False))
    return changes


def _renamed(old: Surface, new: Surface) -> dict[str, str]:
    """Pairs models that have the same fields, innermost first: a field may be of a renamed one."""
    gone = [name for name in old if name not in new]
    come = [name for name in new if name not in old]
    found: dict[str, str] = {}
    while True:
        pairs = (
            (a, b)
            for a in gone
            for b in come
            if a not in found and b not in found.values() and _same(old[a], new[b], found)
        )
        pair = next(pairs, None)
        if pair is None:
            return found
        found[pair[0]] = pair[1]


def _same(old: Owner, new: Owner, renamed: Mapping[str, str]) -> bool:
    return old.members.keys() == new.members.keys() and all(
        _arms(kind, renamed) == _arms(new.members[name]) for name, kind in old.members.items()
    )


def _compare_members(
    before: Owner, after: Owner, title: str, renamed: Mapping[str, str]
) -> Iterator[Change]:
    what = f"{title}: {'parameter' if before.is_operation else 'field'}"
    for name in [*before.members, *(name for name in after.members if name not in before.members)]:
        if name not in after.members:
            yield Change(f"{what} {name} removed", True)
            continue
        new = after.members[name]
        if name not in before.members:
            required = before.is_operation and OPTIONAL not in _arms(new)
            yield Change(f"{what} {name} added ({new})", required)
            continue
        old = before.members[name]
        arms, new_arms = _arms(old, renamed), _arms(new)
        if arms != new_arms:
            safe = arms <= new_arms if before.is_operation else new_arms <= arms
            yield Change(f"{what} {name} retyped from {old} to {new}", not safe)


def _arms(annotation: str, renamed: Mapping[str, str] | None = None) -> set[str]:
    """Gives the members of a union, with the models' new names."""
    tree = ast.parse(annotation, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and renamed:
            node.id = renamed.get(node.id, node.id)
    return set(_flatten(tree))


def _flatten(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.BinOp):
        yield from _flatten(node.left)
        yield from _flatten(node.right)
    else:
        yield ast.unparse(node)
