"""Record what the commands in docs/ print, and the picture of the README, on the mock.

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

from cli import terminal  # noqa: E402
from coc_steps.mock import MockServer, serve  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

PICTURE = ROOT / "docs" / "list.svg"
PICTURED = "coc-steps list EX20250624161701019xxxx"
SOURCE = "EX202507050230224425fc9"  # the ticket of the mock whose steps it shows
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
    """Return what a command prints in a terminal, or into a pipe where it has one."""
    before, pipe, rest = command.partition(" | ")
    name, *arguments = shlex.split(before)
    if name != "coc-steps":
        raise ValueError(f"only coc-steps is run: {command}")
    if pipe:
        return terminal.piped(arguments, environment, shell=f"| {rest}").output  # noqa: S604 - of our pages
    shown = terminal.in_terminal(arguments, environment, columns=COLUMNS).output
    return terminal.without_escapes(shown)


def picture(home: Path) -> str:
    """Run `PICTURED` in a terminal and draw what it shows; no font is fetched from elsewhere."""
    _, *arguments = shlex.split(PICTURED)
    with serve() as server:  # how wide other scripts are depends on a reader's fonts
        ascii_steps = [s for s in server.steps(SOURCE) if str(s["name"]).isascii()]
    with serve(tickets={arguments[-1]: ascii_steps[:18]}) as server:
        environment = environment_of(server, home)
        shown = terminal.in_terminal(arguments, environment, columns=COLUMNS).output
    console = Console(record=True, width=COLUMNS, file=StringIO())
    console.print(Text.from_ansi(f"$ {PICTURED}\n{terminal.without_redrawn(shown)}".rstrip()))
    return FONTS.sub("", console.export_svg(title="coc-steps", unique_id="coc-steps"))


def environment_of(server: MockServer, home: Path) -> dict[str, str]:
    """Return the environment of a recorded command."""
    found = {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
    return {**terminal.clean_environment(home), **found, "TZ": "UTC"}


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        for path in sorted((ROOT / "docs").glob("*.md")):
            with serve(live=True) as live:  # the same request ids, whatever other pages ask
                text = recorded(path.read_text("utf-8"), environment_of(live, Path(folder)))
            path.write_text(text, "utf-8")
        PICTURE.write_text(picture(Path(folder)), "utf-8")
