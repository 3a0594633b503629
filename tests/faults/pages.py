"""The list that the server holds, and its honest pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import Request

EXECUTION_ID = "EX20250624161701019faults"
TOTAL = 24
REQUEST_ID = "4f2a7c61d1f04b0c9a3e5d8b7f60a1c2"

_EPOCH_MS = 1_751_374_905_000


def _step(place: int) -> dict[str, Any]:
    return {
        "id": 10_000 + place,
        "execution_step_id": f"EXS20250701210145{place:06}",
        "action": "hwc:runbook:executeAPI@1.0.0",
        "name": f"step {place}",
        "start_time": _EPOCH_MS + 1000 * place,
        "end_time": None if place == TOTAL - 1 else _EPOCH_MS + 1000 * place + 750,
        "status": "Running" if place == TOTAL - 1 else "Succeed",
        "message": None,
        "inputs": [{"key": "instance", "value": f"ecs-{place}"}],
        "outputs": [],
        "properties": {"fixed_ip": f"192.0.2.{place}"},
    }


STEPS = [_step(place) for place in range(TOTAL)]
IDS = [str(step["execution_step_id"]) for step in STEPS]


@dataclass(frozen=True)
class Page:
    """The honest answer to a request, for an answer to tell or to distort."""

    offset: int
    limit: int
    elsewhere: str = ""
    """The URL of another server, for answers that point there."""

    said: str = ""
    """The headers of the request, for answers that say them back."""

    @property
    def data(self) -> list[dict[str, Any]]:
        """The steps in this window."""
        return STEPS[self.offset : self.offset + self.limit]

    @classmethod
    def asked_by(cls, request: Request, elsewhere: str = "") -> Page:
        """Return the page that a request asks for; ten steps when it does not say how many."""
        said = "; ".join(f"{name}: {value}" for name, value in request.headers.items())
        return cls(request.number("offset", 0), request.number("limit", 10), elsewhere, said)

    def json(self, **changes: object) -> bytes:
        """Return the body, with some of its keys changed or added."""
        return json.dumps({"data": self.data, "total": TOTAL} | changes).encode()

    def json_with(self, place: int, **changes: object) -> bytes:
        """Return the body with one of its steps changed."""
        data = list(self.data)
        data[place] = data[place] | changes
        return self.json(data=data)
