"""Servers that break the contract, each in one small way that a developer could have made.

They were written without knowledge of any check, and none may be made a special case in one.
"""

from . import (
    authentication,
    ends,
    errors,
    fields,
    filters,
    gaps,
    headers,
    limits,
    matching,
    offsets,
    order,
    overlooked,
    parameters,
    refusals,
    state,
    statuses,
    tickets,
    totals,
    values,
    views,
)
from .registry import MUTANTS, Mutant, breaks

__all__ = [
    "MUTANTS",
    "Mutant",
    "authentication",
    "breaks",
    "ends",
    "errors",
    "fields",
    "filters",
    "gaps",
    "headers",
    "limits",
    "matching",
    "offsets",
    "order",
    "overlooked",
    "parameters",
    "refusals",
    "state",
    "statuses",
    "tickets",
    "totals",
    "values",
    "views",
]
