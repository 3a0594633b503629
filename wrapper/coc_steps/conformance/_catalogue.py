"""All checks by name, and what each believes: what `coc-steps conform --list` prints."""

from __future__ import annotations

import inspect
from typing import NamedTuple

from ._checks.comparison import ANSWERS, LENGTHS
from ._checks.listing import ASPECTS, RELATIONS
from ._checks.rejection import REFUSALS
from ._checks.response import EXPECTATIONS
from ._checks.settle import PAGE_SIZES
from ._report.findings import Kind

REQUEST_IDS = "distinct-request-ids"
UNDOCUMENTED = "undocumented-keys"


class Entry(NamedTuple):
    """A check, as people choose it.

    Attributes:
        name: Its name.
        layer: What finds it: schemathesis, expectations, relations or drift.
        kind: The worst class of what it finds.
        belief: What it believes, in a sentence or two.
    """

    name: str
    layer: str
    kind: Kind
    belief: str


_SCHEMATHESIS = {
    "response_schema_conformance": "Bodies have the types that the description gives.",
    "status_code_conformance": "Statuses are documented; an undocumented refusal is drift.",
    "content_type_conformance": "Bodies say that they are JSON.",
    "response_headers_conformance": "Documented headers have the types of the description.",
    "positive_data_acceptance": "Valid parameters are accepted.",
    "negative_data_rejection": (
        "Invalid parameters are refused. A limit of 0 may be accepted, and a limit above 100 "
        "refused: the page gives neither bound."
    ),
    "not_a_server_error": "No request makes the server fail.",
    "unsupported_method": "Other methods than GET are refused, with whatever status.",
}

_MORE = {
    PAGE_SIZES: "Pages of other sizes give the same list and the same total.",
    ANSWERS: "Every request gets an answer, and all of it.",
    LENGTHS: "A server may cap its pages, but then all of them in the same way.",
    REQUEST_IDS: "No two different requests get the same request id.",
}


def catalogue() -> list[Entry]:
    """Return all checks, sorted by class and name."""
    relations = {relation.name: relation.check for relation in RELATIONS} | REFUSALS
    layers = {
        "expectations": {name: _belief(check) for name, check in EXPECTATIONS.items()},
        "relations": _MORE | ASPECTS | {name: _belief(check) for name, check in relations.items()},
    }
    found = [
        Entry(name, layer, Kind.EXPECTATION, belief)
        for layer, beliefs in layers.items()
        for name, belief in beliefs.items()
    ]
    found += [
        Entry(name, "schemathesis", Kind.VIOLATION, belief)
        for name, belief in _SCHEMATHESIS.items()
    ]
    found.append(Entry(UNDOCUMENTED, "drift", Kind.DRIFT, "Every key of an answer is documented."))
    return sorted(found, key=lambda entry: (entry.kind.rank, entry.name))


def _belief(check: object) -> str:
    text = inspect.getdoc(check) or ""
    return " ".join(text.partition("\n\n")[0].split())
