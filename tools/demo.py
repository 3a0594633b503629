"""Shows the whole chain on the mock: the conformance check, then a ticket of several pages.

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


def main() -> int:
    """Runs the demo; returns the exit code."""
    with mock.serve() as server:
        # The token goes through the environment: the arguments of a command are public.
        settings = {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
        tickets = {steps: name for name, steps in server.tickets.items()}
        print(f"A mock of the endpoint listens at {server.base_url} while this runs.")
        print(f"Its ticket {tickets[STEPS]} has {STEPS} steps; they come in pages of {PAGE_SIZE}.")
        print("To repeat it, run `coc-steps mock`, export what it prints, and in .venv/bin:")
        try:
            print("\nDoes the mock keep the contract of openapi.yaml?")
            ids = ["--execution-id", tickets[1], "--execution-id", tickets[STEPS]]
            show(["coc-steps", "conform", *ids], settings)
            print("\nWhich steps of the ticket failed, why, and where did the time go?")
            show(["coc-steps", "show", tickets[STEPS], "--output", "text"], settings)
        except subprocess.CalledProcessError as error:
            print(f"demo: the command above failed, exit code {error.returncode}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
