"""Tells texts that went out in another code from texts that merely look like it.

One text cannot tell: somebody may have named a step "a &amp; b", and a script may have written
what nobody can read. If all of them went out so, the other texts of the field say it, too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ._findings import Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ._exchange import Exchange

ESCAPED_TEXTS = "escaped-texts"
READABLE_TEXTS = "readable-texts"

_LOST = re.compile(r"[\ufffd\ud800-\udfff]")
# In each, the least letter that UTF-8 which was decoded so stands for. In two bytes of UTF-8 there
# is room for a Chinese letter of GBK, so that only letters of three are taken for wrong.
_WRONG_CODES = {"latin-1": 0x80, "cp1252": 0x80, "gbk": 0x800}
_FEWEST = {"message": 2}
"""So many texts of a field must be unreadable (count): a script may have written one message."""


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


def readable_texts(exchanges: Iterable[Exchange]) -> Iterator[Finding]:
    """Find fields of which most texts beyond ASCII were decoded wrongly."""
    for field, texts in _texts(exchanges).items():
        beyond = [text for text in texts if not text.isascii()]
        garbled = [text for text in beyond if _is_garbled(text)]
        if len(garbled) >= _FEWEST.get(field, 1) and 2 * len(garbled) > len(beyond):
            message = f"{garbled[0][:60]!r} was decoded wrongly, as most of its kind"
            place = f"$.data[].{field}"
            yield Finding(Kind.EXPECTATION, READABLE_TEXTS, place, message, texts[garbled[0]])


def _texts(exchanges: Iterable[Exchange]) -> Mapping[str, dict[str, Exchange]]:
    """Give the texts of each field, and the first answer that has them; null is empty."""
    shown: dict[str, dict[str, Exchange]] = defaultdict(dict)
    for exchange in exchanges:
        for step in exchange.steps:
            for name in dict.fromkeys((*step, "name", "message")):
                value = step.get(name) or ""
                if isinstance(value, str):
                    shown[name].setdefault(value, exchange)
    return shown


def _is_garbled(text: str) -> bool:
    return bool(_LOST.search(text)) or any(
        _was_decoded(text, code, least) for code, least in _WRONG_CODES.items()
    )


def _was_decoded(text: str, code: str, least: int) -> bool:
    """Tell whether a text is UTF-8 that was decoded in another code."""
    try:
        letters = text.encode(code).decode("utf-8")
    except UnicodeError:
        return False
    return all(letter.isascii() or ord(letter) >= least for letter in letters)
