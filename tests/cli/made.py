"""Steps as the client reads them, from what a server would send."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
from coc_steps import AuthToken, Client
from coc_steps.cli._ticket.facts import Facts

if TYPE_CHECKING:
    from coc_steps import Step

NOON = 1_750_766_400_000
"""2025-06-24 12:00:00 UTC (milliseconds since 1970)."""


def steps_of(*data: dict[str, Any]) -> list[Step]:
    """Read steps from an answer."""
    content = json.dumps({"data": data, "total": len(data)})
    answer = httpx.MockTransport(lambda _request: httpx.Response(200, text=content))
    with (
        httpx.Client(transport=answer) as http,
        Client(base_url="http://127.0.0.1", credentials=AuthToken("t"), http_client=http) as client,
    ):
        return list(client.get_page("T").steps)


def facts_of(*data: dict[str, Any], now: int = NOON) -> list[Facts]:
    """Read steps as they are at a time (milliseconds since 1970)."""
    moment = datetime.fromtimestamp(now / 1_000, UTC)
    return [Facts(step, moment) for step in steps_of(*data)]


def step(step_id: str, status: str = "Succeed", **others: Any) -> dict[str, Any]:
    """Make a step; ``begin`` and ``end`` are minutes after noon."""
    for key, field in (("begin", "start_time"), ("end", "end_time")):
        if (minutes := others.pop(key, None)) is not None:
            others[field] = NOON + round(minutes * 60_000)
    named = {"execution_step_id": step_id, "name": f"run {step_id}"}
    return {**named, "status": status, **others}
