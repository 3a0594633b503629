"""The path and the example of the vendor's page, copied by hand."""

from __future__ import annotations

from typing import Any

EXECUTIONS = "/v1/executions"

STEP: dict[str, Any] = {
    "id": 10576,
    "execution_step_id": "EXS20250701210145xxxxxx",
    "action": "hwc:runbook:suspend@1.0.0",
    "name": "pause",
    "start_time": None,
    "end_time": None,
    "status": "Pending",
    "message": None,
    "inputs": [],
    "outputs": [],
}
BODY: dict[str, Any] = {"data": [STEP], "total": 1}
