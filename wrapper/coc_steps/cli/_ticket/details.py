"""Everything about one step, as names and texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from coc_steps._steps.records import sent_values
from coc_steps.cli._text import NONE, duration_text, lines, one_line

from .facts import ODD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps._json import Json

    from .facts import Facts

Pair: TypeAlias = tuple[str, str]

_SHOWN = frozenset(
    {"id", "execution_step_id", "name", "action", "status", "start_time", "end_time", "message"}
)
_PARAMETERS = ("inputs", "outputs", "properties")


def sections(facts: Facts) -> Iterator[tuple[str, list[Pair]]]:
    """Yield titles and pairs: what every step has, without a title, then what this one has.

    A pair is a name and a text, which may have several lines.
    """
    sent = sent_values(facts.step)
    number = sent.get("id")
    yield (
        "",
        [
            ("step id", one_line(facts.id or NONE)),
            *([("record id", value_text(number))] if number is not None else []),
            ("action", one_line(facts.action or NONE)),
            ("start", facts.time_text("started_at")),
            ("end", facts.time_text("ended_at")),
            ("duration", duration_text(facts.duration)),
            ("message", lines(facts.message or NONE)),
        ],
    )
    for name in _PARAMETERS:
        if pairs := list(_pairs(sent.pop(name, None))):
            yield name, pairs
    if others := sorted(sent.keys() - _SHOWN):
        yield "additional", [(one_line(name), value_text(sent[name])) for name in others]


def _pairs(parameters: Json) -> Iterator[Pair]:
    """Return keys and values as they came, of keys that come twice each."""
    if isinstance(parameters, dict):
        yield from ((one_line(name), value_text(value)) for name, value in parameters.items())
        return
    for parameter in parameters if isinstance(parameters, list) else ():
        if not isinstance(parameter, dict):
            yield ODD, value_text(parameter)
            continue
        others = {name: value for name, value in parameter.items() if name != "key"}
        value = others if others.keys() - {"value"} else others.get("value")
        yield one_line(value_text(parameter.get("key"))), value_text(value)


def value_text(value: Json) -> str:
    """Return a value as people read it: JSON spread over lines, also where it is in a text."""
    if value is None:
        return NONE
    if isinstance(value, str):
        value = _parsed(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return lines(text)


def _parsed(text: str) -> Json:
    """Return the object or array that a text is, or the text."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        parsed: Json = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return parsed
