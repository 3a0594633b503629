"""The command as people run it: in a process of its own, with pipes or in a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING, NamedTuple

import pyte

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

COMMAND = "coc-steps"
ARGV = (sys.executable, "-c", "from coc_steps_command import main; main()")
_SILENCE = 40  # seconds, longer than any test waits for
_KEPT = ("PATH", "PYTHONPATH", "SYSTEMROOT", "VIRTUAL_ENV")
_ERASED = re.compile(r"[^\n]*\n(\x1b\[\?25h)?\r\x1b\[1A\x1b\[2K")
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Ended(NamedTuple):
    """What a process printed, and how it ended."""

    code: int
    output: str
    errors: str


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment without credentials, and with a time zone that is not UTC."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    file = str(home / "no-such-file")
    return {
        **kept,
        "HOME": str(home),
        "HUAWEICLOUD_SDK_CREDENTIALS_FILE": file,
        "TZ": "Asia/Shanghai",
        "TERM": "xterm-256color",
        "PYTHONUTF8": "1",
    }


def piped(arguments: Sequence[str], env: Mapping[str, str], *, shell: str = "") -> Ended:
    """Run the command with pipes; a piece of shell may follow it."""
    argv = (*ARGV, *arguments)
    if shell:
        argv = ("bash", "-c", f'set -o pipefail; "$@" {shell}', "bash", *argv)
    done = subprocess.run(argv, env=env, capture_output=True, timeout=60, check=False)
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def in_terminal(
    arguments: Sequence[str],
    env: Mapping[str, str],
    *,
    columns: int,
    lines: int = 40,
    watcher: Callable[[str], object] | None = None,
    signaller: Callable[[str, int], object] | None = None,
) -> Ended:
    """Run the command in a terminal, which shows output and errors alike.

    The watcher is given all of the output, as often as some came; the signaller the id of the
    process, too.
    """
    leader, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    with subprocess.Popen(
        (*ARGV, *arguments), env=env, stdin=terminal, stdout=terminal, stderr=terminal
    ) as process:
        os.close(terminal)
        try:
            output = _read_all(leader, watcher or _both(signaller, process.pid))
        except BaseException:
            process.kill()
            raise
        finally:
            os.close(leader)
        return Ended(process.wait(60), output.replace("\r\n", "\n"), "")


def _both(signaller: Callable[[str, int], object] | None, process: int) -> Callable[[str], object]:
    return lambda output: signaller and signaller(output, process)


def _read_all(leader: int, watcher: Callable[[str], object]) -> str:
    content = b""
    while True:
        if not select.select([leader], [], [], _SILENCE)[0]:
            raise TimeoutError(f"nothing came for {_SILENCE} s after {content[-2_000:]!r}")
        try:
            chunk = os.read(leader, 65_536)
        except OSError:  # Linux says so when the last process has let go of the terminal.
            chunk = b""
        if not chunk:
            return content.decode()
        content += chunk
        watcher(content.decode(errors="ignore"))


def on_screen(output: str, *, columns: int, lines: int = 40) -> str:
    """Return what a terminal shows in the end."""
    screen = pyte.Screen(columns, lines)
    pyte.Stream(screen).feed(output.replace("\n", "\r\n"))
    return "\n".join(line.rstrip() for line in screen.display).rstrip() + "\n"


def without_redrawn(output: str) -> str:
    """Take out the lines that were erased again; colours stay."""
    return _ERASED.sub("", output)


def without_escapes(output: str) -> str:
    """Return what is left on a terminal: no colours, no line that was redrawn."""
    lines = _ESCAPE.sub("", without_redrawn(output)).split("\n")
    return "\n".join(line.rpartition("\r")[2].rstrip() for line in lines)
