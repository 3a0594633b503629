"""Show the whole chain on the mock: the conformance check, then a ticket of several pages.

Usage: python tools/demo.py, in an environment that has the development dependencies.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from coc_steps import mock

STEPS = 250


def show(command: list[str], settings: dict[str, str]) -> None:
    """Print a command as a person can type it, and run it; the tools are those beside Python."""
    print(f"\n$ {shlex.join(command)}", flush=True)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    subprocess.run(command, env={**os.environ, **settings, "PATH": path}, check=True)


def main() -> None:
    """Run the demo."""
    with mock.serve() as server:
        # The token goes through the environment: the arguments of a command are public.
        settings = {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
        tickets = {steps: name for name, steps in server.tickets.items()}
        print(f"A mock of the endpoint listens at {server.base_url} while this runs.")
        print(f"Its ticket {tickets[STEPS]} has {STEPS} steps; they come in pages of 100.")
        print("To repeat it, run `coc-steps mock`, export what it prints, and in .venv/bin:")
        print("\nDoes the mock keep the contract of openapi.yaml?")
        ids = ["--execution-id", tickets[1], "--execution-id", tickets[STEPS]]
        show(["coc-steps", "conform", *ids], settings)
        print("\nWhich steps of the ticket failed, why, and where did the time go?")
        show(["coc-steps", "show", tickets[STEPS], "--output", "text"], settings)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"demo: the command above failed, exit code {error.returncode}")
