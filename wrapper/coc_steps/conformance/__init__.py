"""Checks whether a server keeps the contract of the endpoint: the mock, a proxy, the real one.

    >>> from coc_steps import AuthToken
    >>> from coc_steps.conformance import conform
    >>> from coc_steps.mock import serve
    >>> with serve() as mock:
    ...     report = conform(mock.base_url, mock.tickets, credentials=AuthToken(mock.token))
    >>> report.passed, str(report).partition(":")[0]
    (True, 'passed')

Four layers judge it:

- *schemathesis* makes requests from the description that the package carries, and holds the
  answers against it;
- *expectations* are what is believed of each answer;
- *relations* are what is believed of several answers for one ticket;
- *drift* is whatever nothing documents.

The class of a finding says how bad it is: *violation* breaks the vendor's page, *expectation* a
belief on which the page is silent, in whichever layer; *drift* breaks nothing.
"""

from __future__ import annotations

from importlib import import_module

try:
    import_module("schemathesis")
except ImportError as error:
    message = "coc_steps.conformance needs schemathesis: pip install 'coc-steps[conformance]'"
    raise ImportError(message, name=error.name) from error

from ._catalogue import Entry, Kind, catalogue
from ._policy import Profile
from ._report.files import write_reports
from ._report.model import Coverage, Finding, Findings, Report
from ._run import Interrupted, conform, replay
from ._session.exchange import Exchange

__all__ = [
    "Coverage",
    "Entry",
    "Exchange",
    "Finding",
    "Findings",
    "Interrupted",
    "Kind",
    "Profile",
    "Report",
    "catalogue",
    "conform",
    "replay",
    "write_reports",
]
