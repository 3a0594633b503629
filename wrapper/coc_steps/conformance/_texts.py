"""Tells texts that went out in the code of another format from texts that merely look like it.

One text cannot tell: somebody may have named a step "a &amp; b". If all of them were escaped, no
text of the field has what the escapes stand for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ._findings import Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ._exchange import Exchange

ESCAPED_TEXTS = "escaped-texts"


class _Code(NamedTuple):
    """A code that texts of a field may have been left in.

    Attributes:
        field: The field; in a message code of most kinds is meant.
        what: What it is called.
        coded: Matches texts that look like it.
        plain: Matches texts that would look otherwise in it; null and absent count as empty.
    """

    field: str
    what: str
    coded: re.Pattern[str]
    plain: re.Pattern[str]


_CODES = (
    _Code(
        "name",
        "in HTML",
        re.compile(r"&(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);"),
        re.compile(r"[<>\"]|&(?![#\w]+;)"),
    ),
    _Code("name", "in a URL", re.compile(r"(?:%[0-9A-F]{2}){3}"), re.compile(r"[^!-~]")),
    _Code("name", "in program code", re.compile(r"\\u[0-9a-fA-F]{4}"), re.compile(r"[^ -~]")),
    _Code(
        "name",
        "in program code",
        re.compile(r"^b(['\"]).*\1$", re.DOTALL),
        re.compile(r"^(?!b['\"])"),
    ),
    _Code(
        "message",
        "a program writes null",
        re.compile(r"^(?:None|null|nil|undefined|NaN)$"),
        re.compile("^$"),
    ),
)


def escaped_texts(exchanges: Iterable[Exchange]) -> Iterator[Finding]:
    """Find fields of which all texts were escaped, or written as a program writes nothing."""
    shown = _texts(exchanges)
    for code in _CODES:
        texts = shown[code.field]
        coded = next((text for text in texts if code.coded.search(text)), None)
        if coded is not None and not any(map(code.plain.search, texts)):
            place = f"$.data[].{code.field}"
            message = f"{coded[:60]!r} is written as {code.what}, as is all that could be"
            yield Finding(Kind.EXPECTATION, ESCAPED_TEXTS, place, message, texts[coded])


def _texts(exchanges: Iterable[Exchange]) -> Mapping[str, dict[str, Exchange]]:
    """Give the texts of each field, and the first answer that has them."""
    shown: dict[str, dict[str, Exchange]] = {code.field: {} for code in _CODES}
    for exchange in exchanges:
        for step in exchange.steps:
            for name, texts in shown.items():
                texts.setdefault(str(step.get(name) or ""), exchange)
    return shown
