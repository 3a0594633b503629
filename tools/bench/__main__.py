"""Run the comparison: `python -m bench` writes docs/performance.md, `--quick` only tries it out."""

from __future__ import annotations

import sys

from .document import PAGE, render
from .rounds import FULL, QUICK, run


def main(arguments: list[str]) -> None:
    """Measure, print, and write the page if it was for good."""
    quick = "--quick" in arguments
    page = render(run(QUICK if quick else FULL))
    print(page)
    if not quick:
        PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
