"""The command: `python -m doc_check PAGE [--json]`, with tools/ on the path.

Exit code 0: no difference. 1: differences, a line each. 2: this is not such a page.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import html_form, markdown_form, text_form
from .compare import compare
from .description import Description
from .page import NotSuchPageError, understand

if TYPE_CHECKING:
    from .model import Contract, Difference

FORMS = {"html": html_form.read, "markdown": markdown_form.read, "text": text_form.read}


def read_page(path: Path) -> tuple[str, Contract]:
    """Reads a saved page in the first of the forms that makes sense of it.

    Raises:
        NotSuchPageError: None does, or the file cannot be read; says why.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NotSuchPageError(str(error)) from error
    problems: list[str] = []
    for form, read in FORMS.items():
        try:
            return form, understand(read(text))
        except NotSuchPageError as error:
            problems.append(f"as {form}, {error}")
    raise NotSuchPageError("; ".join(problems))


def report(form: str, differences: list[Difference], as_json: bool) -> str:
    """Gives what is printed: a line for each difference, or one JSON document."""
    if as_json:
        found = [dataclasses.asdict(each) | {"line": str(each)} for each in differences]
        return json.dumps({"form": form, "differences": found}, ensure_ascii=False, indent=2)
    count = len(differences) or "no"
    summary = f"{count} difference{'' if count == 1 else 's'} (page read as {form})"
    return "\n".join([*map(str, differences), summary])


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Reads the command line."""
    codes = __doc__ and __doc__.splitlines()[2]
    parser = argparse.ArgumentParser(prog="doc_check", description=codes)
    parser.add_argument("page", type=Path, help="a saved copy of the vendor's page")
    parser.add_argument("--json", action="store_true", help="one JSON document, for machines")
    parser.add_argument(
        "--openapi", type=Path, default=Path("openapi.yaml"), help="what to compare"
    )
    return parser.parse_args(arguments)


def main(command_line: list[str]) -> int:
    """Compares; returns the exit code."""
    arguments = parse_arguments(command_line)
    try:
        form, page = read_page(arguments.page)
    except NotSuchPageError as error:
        print(
            f"{arguments.page}: not a page of the vendor's that describes an operation:",
            file=sys.stderr,
        )
        print(error, file=sys.stderr)
        return 2
    differences = compare(page, Description.load(arguments.openapi))
    print(report(form, differences, arguments.json))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
