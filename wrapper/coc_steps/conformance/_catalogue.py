"""All checks by name, and what each believes: what `coc-steps conform --list` prints."""

from __future__ import annotations

import inspect
from typing import NamedTuple

from ._comparison import LENGTHS
from ._expectations import EXPECTATIONS
from ._findings import Kind
from ._refusals import REFUSALS
from ._relations import ASPECTS, RELATIONS
from ._tickets import PAGE_SIZES

REQUEST_IDS = "distinct-request-ids"
UNDOCUMENTED = "undocumented-keys"


class Entry(NamedTuple):
    """A check, as people choose it.

    Attributes:
        name: Its name.
        kind: The worst class of what it finds.
        belief: What it believes, in a sentence or two.
    """

    name: str
    kind: Kind
    belief: str


_SCHEMATHESIS = {
    "response_schema_conformance": "Bodies have the types that the description gives.",
    "status_code_conformance": "Statuses are documented; an undocumented refusal is drift.",
    "content_type_conformance": "Bodies say that they are JSON.",
    "response_headers_conformance": "Documented headers have the types of the description.",
    "positive_data_acceptance": "Valid parameters are accepted.",
    "negative_data_rejection": (
        "Invalid parameters are refused. A limit of 0 may be accepted, and a limit above 1,000 "
        "refused: the page gives neither bound."
    ),
    "not_a_server_error": "No request makes the server fail.",
    "unsupported_method": "Other methods than GET are refused, with whatever status.",
}

_MORE = {
    PAGE_SIZES: "Pages of other sizes give the same list and the same total.",
    LENGTHS: "A server may cap its pages, but then all of them in the same way.",
    REQUEST_IDS: "No two different requests get the same request id.",
}


def catalogue() -> list[Entry]:
    """Give all checks, sorted by class and name."""
    found = [Entry(name, Kind.VIOLATION, belief) for name, belief in _SCHEMATHESIS.items()]
    beliefs = _MORE | ASPECTS
    beliefs |= {name: _first_paragraph(check) for name, check in EXPECTATIONS.items()}
    beliefs |= {relation.name: _first_paragraph(relation.check) for relation in RELATIONS}
    beliefs |= {name: _first_paragraph(check) for name, check in REFUSALS.items()}
    found += [Entry(name, Kind.EXPECTATION, belief) for name, belief in beliefs.items()]
    found.append(Entry(UNDOCUMENTED, Kind.DRIFT, "Every key of an answer is documented."))
    order = list(Kind)
    return sorted(found, key=lambda entry: (order.index(entry.kind), entry.name))


def _first_paragraph(check: object) -> str:
    text = inspect.getdoc(check) or ""
    return " ".join(text.partition("\n\n")[0].split())
