"""The usual offset loop over the vendor's SDK, for comparison."""

from __future__ import annotations

import logging
import time
from typing import Any

from huaweicloudsdkcoc.v1 import CocClient, ListExecutionStepsRequest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig

from .pages import EXECUTION_ID, IDS
from .scenarios import PAGE_SIZE, FaultScript, Scenario
from .server import FaultServer

COMPLETE = "complete"
LATE = "complete, but after its timeout"
ERROR = "error"
LOST = "LOST STEPS, no error"
REPEATED = "REPEATED STEPS, no error"
SILENT = (LOST, REPEATED)
VERDICTS = (COMPLETE, LATE, ERROR, *SILENT)


def judge(scenario: Scenario) -> str:
    """Run a scenario with the loop; say what it came to."""
    # What the SDK writes about errors is not what is measured here.
    logging.getLogger("HuaweiCloud-SDK-CocClient").setLevel(logging.CRITICAL)
    with FaultServer(lambda _: []) as elsewhere:
        script = FaultScript(scenario, elsewhere.url)
        with FaultServer(script, listening=not scenario.refused) as server:
            return _judge(server.url, scenario)


def _judge(url: str, scenario: Scenario) -> str:
    timeout = scenario.fault.timeout
    client = _client(url, timeout)
    started = time.monotonic()
    try:
        ids = walk(client)
    except Exception:  # noqa: BLE001 - whatever it raises, its user gets to know
        return ERROR
    finally:
        client._http_client.close()
    late = time.monotonic() - started > timeout + 1
    return _compare(ids, IDS[: scenario.steps], late=late)


def _compare(ids: list[str | None], truth: list[str], *, late: bool) -> str:
    if set(truth) - set(ids):
        return LOST
    if len(ids) > len(truth):
        return REPEATED
    return LATE if late else COMPLETE


def walk(client: Any) -> list[str | None]:
    """Ask for page after page until one is empty, as the vendor's Terraform provider does."""
    ids: list[str | None] = []
    offset = 0
    while True:
        request = ListExecutionStepsRequest(
            execution_id=EXECUTION_ID, limit=PAGE_SIZE, offset=offset
        )
        data = client.list_execution_steps(request).data
        if not data:
            return ids
        ids += [step.execution_step_id for step in data]
        offset += PAGE_SIZE


def _client(url: str, timeout: float) -> Any:
    return (
        CocClient.new_builder()
        .with_credentials(GlobalCredentials("FAULTSACCESSKEY", "faults-secret-key", "domain"))
        .with_endpoint(url)
        .with_http_config(HttpConfig(timeout=(timeout, timeout)))
        .build()
    )
