"""Reports as files: JSON for programs, JUnit XML for CI, one HTML page for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from coc_steps.conformance._session.exchange import printable

from .document import document
from .html import page
from .junit import junit
from .kind import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from .model import Report


def write_reports(report: Report, directory: Path, *, fail_on: Kind = Kind.DRIFT) -> list[Path]:
    """Write report.json, report.xml (JUnit) and report.html into a directory, which is made.

    Args:
        report: The report.
        directory: Where to.
        fail_on: The mildest class of findings that counts as a failure.

    Returns:
        The files.

    Raises:
        OSError: They cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    values = _printable(document(report, fail_on))
    texts = {
        "report.json": json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        "report.xml": junit(report, fail_on),
        "report.html": printable(page(report, fail_on)),
    }
    for name, text in texts.items():
        (directory / name).write_bytes(text.encode())
    return [directory / name for name in texts]


def _printable(value: Any) -> Any:
    """Return values of which every text can be written: servers send half letters, too."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, dict):
        return {name: _printable(item) for name, item in value.items()}
    return value
