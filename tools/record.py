"""Record what the commands in docs/ print, and the pictures, on the mock.

Usage: python tools/record.py
"""

from __future__ import annotations

import re
import shlex
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from cli.browser import Browser, find_browser  # noqa: E402
from cli.terminal import (  # noqa: E402
    clean_environment,
    in_terminal,
    piped,
    without_escapes,
    without_redrawn,
)
from coc_steps.mock import serve  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coc_steps.mock import MockServer, Step

PICTURE = ROOT / "docs" / "overview.svg"
PAGE_PICTURE = ROOT / "docs" / "page.png"
PICTURED = "coc-steps show EX20250624161701019xxxx"
PICTURED_STEPS = slice(18)
PAGE_SIZE = (1_100, 820)  # pixels
COLUMNS = 112
FENCE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def recorded(page: str, environment: Mapping[str, str]) -> str:
    """Return a page with the output of each ``$`` line of its console samples made anew."""

    def transcript(fence: re.Match[str]) -> str:
        commands = [line for line in fence[0].splitlines() if line.startswith("$ ")]
        return "".join(f"{each}\n{output(each[2:], environment)}" for each in commands)

    return FENCE.sub(transcript, page)


def output(command: str, environment: Mapping[str, str]) -> str:
    """Run a command in a terminal, or with a pipe where it has one; return what it printed."""
    arguments, pipe, rest = command.partition(" | ")
    name, *arguments_of_it = shlex.split(arguments)
    if name != "coc-steps":
        raise ValueError(f"only coc-steps is run: {command}")
    if pipe:
        ended = piped(arguments_of_it, environment, shell=f"| {rest}")  # noqa: S604 - of our pages
        return ended.output
    return without_escapes(in_terminal(arguments_of_it, environment, columns=COLUMNS).output)


def picture(home: Path) -> str:
    """Run `PICTURED` in a terminal and draw what it shows; no font is fetched from elsewhere."""
    _, *arguments = shlex.split(PICTURED)
    with serve(tickets={arguments[-1]: pictured_steps()}) as server:
        shown = in_terminal(arguments, environment_of(server, home), columns=COLUMNS).output
    console = Console(record=True, width=COLUMNS, file=StringIO())
    console.print(Text.from_ansi(f"$ {PICTURED}\n{without_redrawn(shown)}".rstrip()))
    return FONTS.sub("", console.export_svg(title="coc-steps", unique_id="coc-steps"))


def picture_page(home: Path) -> bool:
    """Draw the page of the same ticket; return False where there is no browser."""
    browser = find_browser()
    if browser is None:
        return False
    _, *arguments = shlex.split(PICTURED)
    with serve(tickets={arguments[-1]: pictured_steps()}) as server:
        page = piped([*arguments, "--output", "html"], environment_of(server, home)).output
    width, height = PAGE_SIZE
    Browser(browser).draw(page, PAGE_PICTURE, width=width, height=height)
    return True


def pictured_steps() -> list[Step]:
    """Return steps of the mock's own; how wide other scripts are depends on a reader's fonts."""
    with serve() as server:
        steps = server.steps("EX202507050230224425fc9")
    return [step for step in steps if str(step["name"]).isascii()][PICTURED_STEPS]


def environment_of(server: MockServer, home: Path) -> dict[str, str]:
    """Return what a recorded command runs in."""
    found = {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
    return {**clean_environment(home), **found, "TZ": "UTC"}


def main() -> int:
    """Record all; return the exit code."""
    with TemporaryDirectory() as home:
        for page in sorted((ROOT / "docs").glob("*.md")):
            with serve(live=True) as server:  # the same request ids, whatever other pages ask
                text = recorded(page.read_text("utf-8"), environment_of(server, Path(home)))
            page.write_text(text, "utf-8")
        PICTURE.write_text(picture(Path(home)), "utf-8")
        if not picture_page(Path(home)):
            print(f"{PAGE_PICTURE.name} is left as it is: no Chromium was found", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
