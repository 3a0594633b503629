"""Show the whole chain on the mock: a ticket of several pages, then the conformance check.

Usage: python tools/demo.py, in an environment that has the package with all its extras.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from coc_steps import mock

STEPS = 250
PAGE_SIZE = 100


def show(environment: dict[str, str], *command: str) -> None:
    """Print a command as a person can type it, and run the one beside this Python."""
    print(f"\n$ {shlex.join(command)}", flush=True)
    executable = Path(sys.executable).with_name(command[0])
    subprocess.run(command, executable=executable, env={**os.environ, **environment}, check=True)


def main() -> None:
    """Run the demo; end with exit code 1 where a command fails."""
    with mock.serve() as server:
        # The token goes through the environment: the arguments of a command are public.
        settings = {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
        tickets = {steps: name for name, steps in server.tickets.items()}
        print(f"A mock of the endpoint listens at {server.base_url} while this runs.")
        print(f"Its ticket {tickets[STEPS]} has {STEPS} steps; they come in pages of {PAGE_SIZE}.")
        print("To repeat it, run `coc-steps mock`, export what it prints, and in .venv/bin:")
        step_id = str(server.steps(tickets[STEPS])[-1]["execution_step_id"])
        ids = ["--execution-id", tickets[1], "--execution-id", tickets[STEPS]]
        paging = ["--page-size", str(PAGE_SIZE), "--output", "table"]
        try:
            show(settings, "coc-steps", "list", tickets[STEPS], *paging)
            show(settings, "coc-steps", "show", tickets[STEPS], step_id)
            print("\nDoes the mock keep the contract of openapi.yaml?")
            show(settings, "coc-steps", "conform", *ids)
        except subprocess.CalledProcessError as error:
            sys.exit(f"demo: the command above failed, exit code {error.returncode}")


if __name__ == "__main__":
    main()
