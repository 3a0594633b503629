"""Reports as files: JSON for programs, JUnit XML for CI, one HTML page for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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
    values = json.dumps(document(report, fail_on), indent=2, ensure_ascii=False, allow_nan=False)
    texts = {
        "report.json": f"{values}\n",
        "report.xml": junit(report, fail_on),
        "report.html": page(report, fail_on),
    }
    for name, text in texts.items():
        # Servers send half letters, which no file can hold, and no reader of JSON takes escaped.
        (directory / name).write_bytes(text.encode("utf-8", "replace"))
    return [directory / name for name in texts]
