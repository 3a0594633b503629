"""Shows the whole chain on the mock: a ticket of several pages as a table, then the contract check.

Usage: python tools/demo.py, in an environment that has the development dependencies.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from coc_steps import mock

ROOT = Path(__file__).resolve().parent.parent
STEPS = 250
PAGE_SIZE = 100


def show(command: list[str], environment: dict[str, str]) -> None:
    """Prints a command as a person can type it, and runs it; the tools are those beside Python."""
    print(f"\n$ {shlex.join(command)}", flush=True)
    scripts = str(Path(sys.executable).parent)
    path = os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, **environment, "PATH": path}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def list_ticket() -> None:
    """Starts the mock and lists its ticket of 250 steps, page by page."""
    with mock.serve() as server:
        ticket = next(name for name, steps in server.tickets.items() if steps == STEPS)
        # The token goes through the environment: the arguments of a command are public.
        settings = {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
        print(f"A mock of the endpoint listens at {server.base_url} while this runs.")
        print(f"Its ticket {ticket} has {STEPS} steps; they come in pages of {PAGE_SIZE}.")
        print("To repeat it, run `coc-steps mock`, export what it prints, and in .venv/bin:")
        listing = ["coc-steps", "list", ticket, "--page-size", str(PAGE_SIZE), "--output", "table"]
        show(listing, settings)


def check_contract() -> None:
    """Holds the mock against openapi.yaml, over HTTP."""
    print("\nDoes the mock keep the contract of openapi.yaml?")
    show(["python", "-m", "pytest", "tests/contract", "-q"], {})


def main() -> int:
    """Runs the demo; returns the exit code."""
    try:
        list_ticket()
        check_contract()
    except subprocess.CalledProcessError as error:
        print(f"demo: the command above failed with exit code {error.returncode}", file=sys.stderr)
        return 1
    print("\nBoth went well.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
