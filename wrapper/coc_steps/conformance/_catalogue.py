"""All checks: what each believes, what class its findings have, and the words that carry it.

This is the one place for them: `coc-steps conform --list`, the reports and the findings read it.
"""

from __future__ import annotations

from functools import cache
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


_LIMIT = '"Number of records displayed on each page."'
_OFFSET = (
    '"The query starts from the next data specified by offset. If this parameter is not '
    'transferred, the preset value 0 is used."'
)
_IDS = '"Step ID array."'
_TOTAL = '"Total number."'
_TYPES = "The tables of the page: Integer, Long, String, Array of strings."
_WINDOW = f"limit: {_LIMIT} offset: {_OFFSET}"
_SILENT = "The page is silent."

# Name, belief, and where it is from. A class is that of the worst finding of a check.
_VIOLATIONS = (
    (
        SCHEMA,
        "Bodies have the types that the description gives.",
        f"{_TYPES} What only an assumption of the description says is an expectation.",
    ),
    (
        STATUS,
        "Statuses are documented. An undocumented refusal is drift.",
        "Status codes of the page: 200, 400 and those of the gateway.",
    ),
    (CONTENT_TYPE, "Bodies say that they are JSON.", "The examples of the page are JSON."),
    (
        ACCEPTANCE,
        "Valid parameters are accepted, each alone and all together. A limit above 100 may be "
        "refused, and so may an id that no step has.",
        f"{_TYPES} None of them has a value range.",
    ),
    (
        REJECTION,
        "Invalid parameters are refused. A limit of 0 may be accepted.",
        f"{_TYPES} That a number in another notation is refused is an expectation.",
    ),
    (
        CRASHES,
        "No request makes the server fail. On an invalid one it is an expectation.",
        '"200: Request succeeded. 400: The contained error information is returned."',
    ),
    (
        ANSWERS,
        "Every request gets an answer, and all of it. On an invalid one it is an expectation.",
        '"200: Request succeeded. 400: The contained error information is returned."',
    ),
    (
        "walk",
        "Pages of 100 in a row give every step once, as many as the total, which stays the same.",
        f"{_WINDOW} total: {_TOTAL}",
    ),
    (PAGE_SIZES, "Pages of other sizes give the same list and the same total.", _WINDOW),
    (
        "windows",
        "A window is a slice of the walk, wherever it begins and however long it is.",
        _WINDOW,
    ),
    (
        LENGTHS,
        "A page is as long as its limit, while steps are left. A server may cap its pages, but "
        "then all of them in the same way.",
        _LIMIT,
    ),
    (
        "default-page",
        "Without limit comes the first part of a page with one; without offset, the first page. "
        "The order of the parameters changes nothing.",
        _WINDOW,
    ),
    (
        "past-the-end",
        "Past the end is nothing, with the same total, as far as an offset of 64 bits goes.",
        f"{_OFFSET} Its type is Long.",
    ),
    (
        "filter",
        "A filter gives the steps with the ids asked for, in the order of the walk, each once.",
        _IDS,
    ),
    (
        "filter-pages",
        "The windows of a filtered list are slices of it, past its end, too.",
        f"{_IDS} {_WINDOW}",
    ),
    (
        "near-misses",
        "What is nearly the id of a step (a prefix, another case), or its name, matches nothing.",
        _IDS,
    ),
    ("no-memory", "What was asked before changes nothing.", _WINDOW),
    (SAME_ANSWER, "The same request gives the same answer while the ticket rests.", _WINDOW),
    (TOTAL, "The total is the same in all windows of a ticket.", _TOTAL),
    (FILTER_TOTAL, "The total of a filtered list is the number of steps that match.", _TOTAL),
    (
        "total-not-negative",
        "The total is a count, and a page has no more steps than it.",
        f"total: {_TOTAL}",
    ),
    (
        VALUES,
        "What a step says depends on no limit, offset or filter.",
        "The page describes the fields of a step without a word of the request.",
    ),
    (
        SEPARATE_TICKETS,
        "No step belongs to two tickets, and none is found in another one by its id.",
        'execution_id: "Ticket ID." execution_step_id: "Service ticket step ID."',
    ),
)
_EXPECTATIONS = (
    (
        "data-and-total",
        "A success has data, a list, and total.",
        f"{_SILENT} Without them nobody knows where a list ends.",
    ),
    (
        "step-ids",
        "Every step has an id, and no two the same.",
        f"{_SILENT} Nobody could tell two steps apart.",
    ),
    (
        "step-texts",
        "name, action and status are texts, the last two not empty.",
        f"{_SILENT} Every step has a state and does something.",
    ),
    (
        "step-parameters",
        "inputs and outputs are lists of objects with a key.",
        "The example of the page has lists.",
    ),
    (
        "step-times",
        "No step ends before it starts, and no time is before 1970 or still to come.",
        f"{_SILENT} Such times cannot be.",
    ),
    (
        "milliseconds",
        "Times are milliseconds since 1970 in UTC, 13 digits.",
        f"{_SILENT} The sibling pages show such.",
    ),
    (
        "exact-integers",
        "Integers are written without fraction and exponent.",
        f"{_SILENT} To JSON Schema 1.0 is an integer, but a float has lost digits on its way.",
    ),
    (
        "rounded-integers",
        "Of many integers above 2^53 some are no floats.",
        f"{_SILENT} If all are, they went through one.",
    ),
    (
        "plain-messages",
        "A message is text. Not each of them is JSON in a string, quotes included.",
        f"{_SILENT} Such a text was encoded twice.",
    ),
    (
        "distinct-keys",
        "No object has the same key twice.",
        f"{_SILENT} Readers differ on which one counts.",
    ),
    (
        "no-failure-in-success",
        "A 200 carries no failure code; zeros are the way of sibling APIs to say success.",
        f"{_SILENT} Readers take a 200 for a success.",
    ),
    (
        "error-body",
        "A refusal says why: error_code, no code of success, and error_msg, not empty.",
        f"{_SILENT} Of both it says only what type they have.",
    ),
    (
        "no-internals",
        "A refusal says what is wrong with the request, not where in which program or query.",
        f"{_SILENT} Such texts help an attacker.",
    ),
    (
        "no-credentials",
        "No answer repeats what authenticated its request, nor a long part of it.",
        f"{_SILENT} Answers get logged.",
    ),
    (
        "request-id",
        "Every answer has an X-Request-Id, the one that its body names.",
        f"{_SILENT} The gateway sets it, and support asks for it.",
    ),
    (
        REQUEST_IDS,
        "No two different requests get the same request id.",
        f"{_SILENT} Support could not tell them apart.",
    ),
    (
        METHODS,
        "Other methods than GET are refused, with whatever status.",
        'The page has "GET /v1/executions/{execution_id}/steps" and no other method.',
    ),
    (
        UNKNOWN_TICKETS,
        "A ticket that nobody knows is refused, also one that is nearly a known one.",
        f"{_SILENT} COC refuses other resources that do not exist.",
    ),
    (
        CREDENTIALS,
        "Nobody is answered without a credential, or with one that is wrong, old or another "
        "request's.",
        "The vendor's authentication guide; this page only says which permission is needed.",
    ),
)
_SCHEMATHESIS = {SCHEMA, STATUS, CONTENT_TYPE, ACCEPTANCE, REJECTION, CRASHES, METHODS}
_RELATIONS = {REQUEST_IDS, UNKNOWN_TICKETS, CREDENTIALS}


@cache
def catalogue() -> list[Entry]:
    """Return all checks, sorted by class and name."""
    found = [_entry(Kind.VIOLATION, *row) for row in _VIOLATIONS]
    found += [_entry(Kind.EXPECTATION, *row) for row in _EXPECTATIONS]
    found.append(
        Entry(
            UNDOCUMENTED,
            "drift",
            Kind.DRIFT,
            "Every key of an answer is documented.",
            "The tables and the example of the page.",
        )
    )
    return sorted(found, key=lambda entry: (entry.kind.rank, entry.name))


@cache
def entry_of(name: str) -> Entry:
    """Return the check of a name."""
    return next(entry for entry in catalogue() if entry.name == name)


def _entry(kind: Kind, name: str, belief: str, source: str) -> Entry:
    return Entry(name, _layer(kind, name), kind, belief, source)


def _layer(kind: Kind, name: str) -> str:
    if name in _SCHEMATHESIS:
        return "schemathesis"
    relation = kind is Kind.VIOLATION and name != "total-not-negative"
    return "relations" if relation or name in _RELATIONS else "expectations"
