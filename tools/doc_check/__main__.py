"""The command: `python -m doc_check PAGE`, with tools/ on the path.

Exit code 0: no difference. 1: differences, a line each. 2: this is not such a page.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import html_form, markdown_form, text_form
from .compare import compare
from .description import Description
from .page import NotSuchPageError, understand

if TYPE_CHECKING:
    from .model import Contract

PARTS = re.compile(r"^/v\d+|\{[^}]*\}")  # of a path: its version, and the names of its parameters
FORMS = {"html": html_form.read, "markdown": markdown_form.read, "text": text_form.read}


def read_page(path: Path) -> tuple[str, Contract]:
    """Read a saved page in the first of the forms that makes sense of it.

    Raises:
        NotSuchPageError: None does, or the file cannot be read; says why, of the likeliest form.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NotSuchPageError(str(error)) from error
    problems: list[NotSuchPageError] = []
    for form, read in FORMS.items():
        try:
            return form, understand(read(text))
        except NotSuchPageError as error:
            problems.append(error)
    raise min(problems, key=lambda problem: len(problem.args))


def require_same_operation(page: Contract, description: Description) -> None:
    """Raise NotSuchPageError when the paths have more than their version apart."""
    theirs, ours = (each.facts["operation"].words for each in (page, description.contract))
    if PARTS.sub("", theirs.partition(" ")[2]) != PARTS.sub("", ours.partition(" ")[2]):
        raise NotSuchPageError(f"it describes {theirs}, and openapi.yaml has {ours}")


def main(command_line: list[str]) -> int:
    """Compare, and return the exit code."""
    codes = __doc__ and __doc__.splitlines()[2]
    parser = argparse.ArgumentParser(prog="doc_check", description=codes)
    parser.add_argument("page", type=Path, help="a saved copy of the vendor's page")
    parser.add_argument("--openapi", type=Path, default=Path("openapi.yaml"))
    arguments = parser.parse_args(command_line)
    description = Description.load(arguments.openapi)
    try:
        form, page = read_page(arguments.page)
        require_same_operation(page, description)
    except NotSuchPageError as error:
        what = "not the vendor's page of this operation, or of a new layout"
        print(f"{arguments.page}: {what}:\n{error}", file=sys.stderr)
        return 2
    differences = compare(page, description)
    summary = "1 difference" if len(differences) == 1 else f"{len(differences) or 'no'} differences"
    print(*differences, f"{summary} (page read as {form})", sep="\n")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
