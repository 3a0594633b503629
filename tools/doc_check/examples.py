"""Compare the examples of a page with its tables and with openapi.yaml."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from .model import BrokenExample, Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps._json import Json

    from .description import Description
    from .model import Contract, Example

NOTHING = "nothing"
SHOWN = 80  # characters of a value
Path = tuple[str | int, ...]


def compare_examples(
    page: Contract, ours: Contract, description: Description
) -> Iterator[Difference]:
    """Return a line for each place of each example; of several things to say, the gravest."""
    for status in dict.fromkeys([*page.examples, *ours.examples]):
        place = f"example {status}".strip()
        if status not in page.examples or status not in ours.examples:
            sides = ("an example" if status in one.examples else NOTHING for one in (page, ours))
            yield Difference(place, *sides)
        shown = page.examples.get(status)
        if isinstance(shown, BrokenExample):
            yield Difference(place, f"what is not JSON: {shown.problem}", "an example")
        elif status in page.examples:
            found: dict[Path, Difference] = {}
            finders = (
                _unknown(shown, status, known={*page.facts, *ours.facts}),
                _invalid(shown, description, status),
                _changed(shown, ours.examples.get(status, shown)),
            )
            for path, words, said in (each for finder in finders for each in finder):
                found.setdefault(path, Difference(place + spell(path), words, said))
            yield from found.values()


Finding = tuple[Path, str, str]


def _unknown(value: Json, status: str, known: set[str]) -> Iterator[Finding]:
    """Find fields that neither a table nor a schema knows; a map may have any."""
    for path, inner in _walk(value):
        name = path[-1] if path else 0
        if not isinstance(name, str):
            continue
        parent = "response " + status + re.sub(r"\[\d+\]", "[]", spell(path[:-1]))
        has_fields = any(place.startswith(f"{parent}.") for place in known)
        if has_fields and f"{parent}.{name}" not in known:
            yield path, f"{_show(inner)} in the example, and no table lists it", NOTHING


def _invalid(value: Json, description: Description, status: str) -> Iterator[Finding]:
    schema = description.schema(status)
    if schema is None:
        return
    document = Resource.from_contents(description.document, default_specification=DRAFT202012)
    registry = Registry[Any]().with_resource("urn:openapi", document)
    absolute = {"$ref": "urn:openapi" + schema["$ref"]} if "$ref" in schema else schema
    validator = Draft202012Validator(absolute, registry=registry)
    # The stub of jsonschema leaves a parameter open.
    for error in validator.iter_errors(value):  # pyright: ignore[reportUnknownMemberType]
        expected = f"{error.validator} {_show(error.validator_value)}"
        yield tuple(error.absolute_path), f"{_show(error.instance)} in the example", expected


def _changed(page: Json, ours: Example, path: Path = ()) -> Iterator[Finding]:
    """Find the innermost places at which two examples differ."""
    if not any(isinstance(page, kind) and isinstance(ours, kind) for kind in (dict, list)):
        if type(page) is not type(ours) or page != ours:
            yield path, f"{_show(page)} in the example", f"{_show(ours)} in its example"
        return
    left, right = _children(page), _children(ours)
    for key in [*left, *(key for key in right if key not in left)]:
        if key in left and key in right:
            yield from _changed(left[key], right[key], (*path, key))
        else:
            words, said = (_show(side[key]) if key in side else NOTHING for side in (left, right))
            yield (*path, key), f"{words} in the example", f"{said} in its example"


def _walk(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    yield path, value
    for key, child in _children(value).items():
        yield from _walk(child, (*path, key))


def _children(value: Example) -> dict[str | int, Json]:
    """Return what an object or a list holds, by key or place."""
    if isinstance(value, dict):
        return dict(value.items())
    return dict(enumerate(value)) if isinstance(value, list) else {}


def spell(path: Path) -> str:
    """Return a path as people write it, such as ``.data[0].name``."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)


def _show(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
