"""Put what a tool measured into a page of docs/."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DOCS = Path(__file__).parents[1] / "docs"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [f"| {' | '.join(map(str, cells))} |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def write_parts(name: str, parts: dict[str, str]) -> None:
    """Replace what a page has between `<!-- KEY -->` and `<!-- end -->` by each part."""
    text = (DOCS / name).read_text("utf-8")
    for key, part in parts.items():
        before, mark, rest = text.partition(f"<!-- {key} -->\n")
        _, end, after = rest.partition("\n<!-- end -->")
        if not end:
            raise ValueError(f"docs/{name} has no place for {key}")
        text = f"{before}{mark}\n{part}\n{end}{after}"
    (DOCS / name).write_text(text, "utf-8")
