"""All checks: what each believes, what class its findings have, and the words that carry it.

The one place for them is `_catalogue.toml`: `coc-steps conform --list` and the reports read it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from ._report.kind import Kind

SCHEMA: Final = "response_schema_conformance"
STATUS: Final = "status_code_conformance"
CONTENT_TYPE: Final = "content_type_conformance"
ACCEPTANCE: Final = "positive_data_acceptance"
REJECTION: Final = "negative_data_rejection"
CRASHES: Final = "not_a_server_error"
METHODS: Final = "unsupported_method"
UNDOCUMENTED: Final = "undocumented-keys"
ANSWERS: Final = "answers-arrive"
LENGTHS: Final = "page-lengths"
PAGE_SIZES: Final = "page-sizes"
SAME_ANSWER: Final = "same-answer"
VALUES: Final = "step-values"
TOTAL: Final = "total"
FILTER_TOTAL: Final = "filter-total"
REQUEST_IDS: Final = "distinct-request-ids"
UNKNOWN_TICKETS: Final = "unknown-tickets"
SEPARATE_TICKETS: Final = "separate-tickets"
CREDENTIALS: Final = "credentials-required"


class Entry(NamedTuple):
    """A check, as people choose it.

    Attributes:
        name: Its name.
        layer: What finds it: schemathesis, expectations, relations or drift.
        kind: The worst class of what it finds.
        belief: What it believes, in a sentence or two.
        source: The words of the vendor's page that carry it, in quotes, or the reason without any.
    """

    name: str
    layer: str
    kind: Kind
    belief: str
    source: str


@cache
def catalogue() -> list[Entry]:
    """Return all checks, sorted by class and name."""
    text = files("coc_steps.conformance").joinpath("_catalogue.toml").read_text("utf-8")
    found = [
        Entry(name, said["layer"], Kind(said["class"]), said["belief"], said["source"])
        for name, said in tomllib.loads(text).items()
    ]
    return sorted(found, key=lambda entry: (entry.kind.rank, entry.name))


@cache
def entry_of(name: str) -> Entry:
    """Return the check of a name."""
    return next(entry for entry in catalogue() if entry.name == name)
