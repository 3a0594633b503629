"""Export the steps of many tickets as JSON lines, a file for each ticket.

    python examples/export_tickets.py OUTPUT_DIR < tickets.txt

Address and credentials come from the environment. So many tickets are read at a time and so many
requests sent in a second, retries among them. What was exported before is left alone: run it again
after a failure, or after Ctrl-C, and it goes on with what is missing.

It needs more than coc-steps: pip install 'coc-steps[async]' aiolimiter rich
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
from coc_steps import AsyncClient, CocError

try:
    from aiolimiter import AsyncLimiter
    from rich.progress import Progress
except ImportError as error:
    needs = "pip install 'coc-steps[async]' aiolimiter rich"
    raise SystemExit(f"export_tickets.py needs {error.name}: {needs}") from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

CONCURRENCY = 8  # tickets
PER_SECOND = 20  # requests; the gateway's default limit is 200, real ones are often lower


async def export(
    tickets: Iterable[str],
    target: Path,
    *,
    settings: Mapping[str, Any],
    per_second: float = PER_SECOND,
    done: Callable[[str], None] = lambda _ticket: None,
) -> dict[str, str]:
    """Export tickets; give what went wrong, by ticket.

    Args:
        tickets: The execution ids.
        target: The folder of the files.
        settings: Plain arguments of `AsyncClient`, such as region and max_retries.
        per_second: How many requests to send in a second at the most.
        done: Is told of each ticket that is exported, or was before.
    """
    failures: dict[str, str] = {}
    places = asyncio.Semaphore(CONCURRENCY)

    async def one(client: AsyncClient, ticket: str) -> None:
        async with places:
            try:
                await export_ticket(client, ticket, target)
            except CocError as error:
                failures[ticket] = str(error)
            else:
                done(ticket)

    async with (
        paced(AsyncLimiter(per_second, 1)) as http,
        AsyncClient(http_client=http, **settings) as client,
    ):
        await asyncio.gather(*(one(client, ticket) for ticket in tickets))
    return failures


async def export_ticket(client: AsyncClient, ticket: str, target: Path) -> None:
    """Export a ticket; its file is there once it is complete."""
    file = target / f"{quote(ticket, safe='')}.jsonl"
    if file.exists():
        return
    part = file.with_suffix(".part")
    with part.open("w", encoding="utf-8") as lines:
        async for record in client.iter_steps(ticket).to_records():
            print(json.dumps({"execution_id": ticket, **record}, ensure_ascii=False), file=lines)
    part.replace(file)


def paced(limiter: AsyncLimiter) -> httpx.AsyncClient:
    """Make an HTTP client that asks a limiter before each request."""

    async def wait(_request: httpx.Request) -> None:
        await limiter.acquire()

    return httpx.AsyncClient(event_hooks={"request": [wait]})


def main() -> int:
    """Export the tickets that stdin names, a line each."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    tickets = sorted({line.strip() for line in sys.stdin} - {""})
    with Progress() as progress:
        task = progress.add_task("Tickets", total=len(tickets))
        failures = asyncio.run(
            export(tickets, target, settings={}, done=lambda _ticket: progress.advance(task))
        )
    for ticket, problem in failures.items():
        print(f"{ticket}: {problem}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
