"""Export more tickets than one machine should read, on the workers of a Dask cluster.

    python examples/export_with_dask.py OUTPUT_DIR WORKERS < tickets.txt

A client can neither be pickled nor shared between processes, so that each task makes its own, from
plain settings; credentials come from the environment of the worker, not through the scheduler. The
limit of requests is divided among the workers. As it stands it runs in processes of this machine;
with dask.distributed, connect first, and ``upload_file`` this file and export_tickets.py.

It needs more than coc-steps: pip install 'coc-steps[async]' aiolimiter rich dask
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from export_tickets import PER_SECOND, export

try:
    from dask.delayed import Delayed, delayed
except ImportError as error:
    needs = "pip install 'coc-steps[async]' aiolimiter rich dask"
    raise SystemExit(f"export_with_dask.py needs {error.name}: {needs}") from error

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCH = 50  # tickets, so that one client serves many


def export_batch(
    tickets: list[str], target: str, settings: Mapping[str, Any], per_second: float
) -> dict[str, str]:
    """Export tickets on a worker; give what went wrong, by ticket."""
    return asyncio.run(export(tickets, Path(target), settings=settings, per_second=per_second))


def plan(
    tickets: list[str], target: str, settings: Mapping[str, Any], *, workers: int
) -> list[Delayed]:
    """Return the tasks, each of which exports a batch of tickets."""
    task = delayed(export_batch)
    return [
        task(tickets[start : start + BATCH], target, settings, PER_SECOND / workers)
        for start in range(0, len(tickets), BATCH)
    ]


def main() -> int:
    """Export the tickets that stdin names, a line each."""
    target, workers = sys.argv[1], int(sys.argv[2])
    Path(target).mkdir(parents=True, exist_ok=True)
    tickets = sorted({line.strip() for line in sys.stdin} - {""})
    tasks = plan(tickets, target, {}, workers=workers)
    failures: list[dict[str, str]] = delayed(list)(tasks).compute(
        scheduler="processes", num_workers=workers
    )
    for ticket, problem in (pair for some in failures for pair in some.items()):
        print(f"{ticket}: {problem}", file=sys.stderr)
    return 1 if any(failures) else 0


if __name__ == "__main__":
    sys.exit(main())
