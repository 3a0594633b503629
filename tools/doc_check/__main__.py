"""The command: `python -m doc_check PAGE [--json]`, with tools/ on the path.

Exit code 0: no difference. 1: differences, a line each. 2: this is not such a page.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import html_form, markdown_form, text_form
from .compare import compare
from .description import Description
from .page import NotSuchPageError, understand

if TYPE_CHECKING:
    from .model import Contract, Difference

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


def report(form: str, differences: list[Difference], as_json: bool) -> str:
    """Return what is printed: a line for each difference, or one JSON document."""
    if as_json:
        found = [dataclasses.asdict(each) | {"line": str(each)} for each in differences]
        return json.dumps({"form": form, "differences": found}, ensure_ascii=False, indent=2)
    count = len(differences) or "no"
    summary = f"{count} difference{'' if count == 1 else 's'} (page read as {form})"
    return "\n".join([*map(str, differences), summary])


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Return the command line."""
    codes = __doc__ and __doc__.splitlines()[2]
    parser = argparse.ArgumentParser(prog="doc_check", description=codes)
    parser.add_argument("page", type=Path, help="a saved copy of the vendor's page")
    parser.add_argument("--json", action="store_true", help="one JSON document, for machines")
    parser.add_argument(
        "--openapi", type=Path, default=Path("openapi.yaml"), help="what to compare"
    )
    return parser.parse_args(arguments)


def main(command_line: list[str]) -> int:
    """Compare, and return the exit code."""
    arguments = parse_arguments(command_line)
    description = Description.load(arguments.openapi)
    try:
        form, page = read_page(arguments.page)
        require_same_operation(page, description)
    except NotSuchPageError as error:
        print(
            f"{arguments.page}: not the vendor's page of this operation, or of a new layout:",
            file=sys.stderr,
        )
        print(error, file=sys.stderr)
        return 2
    differences = compare(page, description)
    print(report(form, differences, arguments.json))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
