"""A ticket of any length, and its pages as bytes; the server and the checks read the same."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import accumulate, pairwise
from typing import NamedTuple

TICKET = "EX20250624161701019xxxx"


class Row(NamedTuple):
    """What every contender reads of a step."""

    id: str
    name: str
    status: str


def row(index: int) -> Row:
    """Give what is to be read of a step."""
    status = ("Succeed", "Pending", "Failed")[index % 3]
    return Row(f"EXS2025062416170{index:09d}", f"restart the service, part {index}", status)


def digest(rows: list[Row]) -> str:
    """Give the checksum of a list."""
    return sha256("\n".join("\t".join(each) for each in rows).encode()).hexdigest()


class Ticket:
    """A list of steps of about 600 bytes each, kept as the bytes of its JSON.

    Args:
        steps: How many there are (count).
    """

    def __init__(self, steps: int) -> None:
        each = [_json(index) for index in range(steps)]
        self._bounds = list(pairwise(accumulate(map(len, each), initial=0)))
        self._json = b"".join(each)
        self._end = b'{}],"total":%d}' % steps

    def page(self, limit: int, offset: int) -> bytes:
        """Give the body of a page."""
        bounds = self._bounds[offset : offset + limit]
        start, end = (bounds[0][0], bounds[-1][1] - 1) if bounds else (0, 0)  # no comma at the end
        return b'{"data":[%s%s' % (self._json[start:end], self._end[2:])


def _json(index: int) -> bytes:
    step = row(index)
    start = 1750752000000 + index * 1000
    body = {
        "id": index,
        "execution_step_id": step.id,
        "action": "hwc:runbook:executeAPI@1.0.0",
        "start_time": start,
        "end_time": start + 4711,
        "message": None,
        "name": step.name,
        "status": step.status,
        "inputs": [
            {"key": "method", "value": "POST"},
            {"key": "uri", "value": "/v1/{project_id}/servers/action"},
            {"key": "server", "value": f"0d7e2f9c-4d5e-4f3a-9a51-{index:012d}"},
        ],
        "outputs": [
            {"key": "result", "value": '{"job_id": "8abda8635f09ed1a", "ok": true}'},
            {"key": "log", "value": "done\n"},
        ],
        "properties": {
            "fixed_ip": f"192.0.2.{index % 256}",
            "region_id": "cn-north-4",
            "zone": None,
        },
    }
    return json.dumps(body, separators=(",", ":")).encode() + b","
