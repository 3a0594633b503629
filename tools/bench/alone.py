"""What is measured without a walk: decoding, importing, what is installed, parts of a page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

from .contenders import ACCESS_KEY, PATH, PROJECT, SECRET_KEY
from .pages import TICKET, Ticket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROUNDS = 20
WRAPPER = "coc-steps"
VENDOR = "huaweicloudsdkcoc"


def seconds(function: Callable[[], object], repeat: int = 10) -> float:
    """Give the CPU time of a call (seconds), the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(repeat):
            function()
        best = min(best, (time.process_time() - start) / repeat)
    return best


def decoding(limit: int) -> dict[str, float]:
    """Time decoding a page and reading id, name and status of each step (seconds)."""
    from coc_steps._steps.fields import decode

    body = Ticket(limit).page(limit, 0)

    def ours() -> None:
        for step in decode(body).data or ():
            _ = step.execution_step_id, step.name, step.status

    def theirs() -> None:
        for step in json.loads(body)["data"]:
            _ = step["execution_step_id"], step["name"], step["status"]

    return {"coc_steps": seconds(ours), "json.loads": seconds(theirs)}


def stages(address: str, limit: int) -> dict[str, float]:
    """Time what getting a page consists of, each part by itself (seconds)."""
    import httpx
    from coc_steps import AkSk, Client
    from coc_steps._client.arguments import make_request
    from coc_steps._http.deadline import Attempt
    from coc_steps._steps.fields import decode

    keys = AkSk(ACCESS_KEY, SECRET_KEY, project_id=PROJECT)
    url = f"{address}{PATH}?limit={limit}&offset=0"
    with Client(base_url=address, credentials=keys) as client, httpx.HTTPTransport() as transport:
        wanted = make_request(TICKET, step_ids=None, limit=limit, offset=0)
        request = client._build(url, keys)
        body = transport.handle_request(request).read()
        return {
            "the whole page": seconds(lambda: client._get(wanted, Attempt())),
            "httpx's transport and below": seconds(
                lambda: transport.handle_request(request).read()
            ),
            "decoding": seconds(lambda: decode(body)),
            "building and signing the request": seconds(lambda: client._build(url, keys)),
        }


def import_time(module: str) -> float:
    """Time the import of a module in a new process (seconds, by the clock).

    Without click, which httpx would import where it is installed, with all that it needs.
    """
    code = """
import sys, time
sys.modules["click"] = None
start = time.perf_counter()
import {0}
print(time.perf_counter() - start)
"""
    command = [sys.executable, "-c", code.format(module)]
    return float(subprocess.run(command, capture_output=True, check=True).stdout)


def installed_size(name: str) -> int:
    """Give the size of a distribution with all that it needs to run (bytes)."""
    return sum(_size(each) for each in _with_dependencies([name], set()))


def _with_dependencies(names: Iterable[str], found: set[str]) -> set[str]:
    for name in names:
        if name not in found:
            found.add(name)
            _with_dependencies(_dependencies(name), found)
    return found


def _dependencies(name: str) -> list[str]:
    from packaging.requirements import Requirement

    needed = map(Requirement, distribution(name).requires or ())
    return [
        re.sub(r"[-_.]+", "-", each.name).lower()
        for each in needed
        if each.marker is None or each.marker.evaluate({"extra": ""})
    ]


def _size(name: str) -> int:
    """Give the size of a distribution's files, without compiled bytecode, as a wheel has them."""
    if name == WRAPPER:  # installed in place
        root = Path(__file__).parents[2]
        sources = [*root.glob("wrapper/coc_steps/**/*"), *root.glob("generated/**/*")]
    else:
        each = distribution(name)
        sources = [Path(str(each.locate_file(file))) for file in each.files or ()]
    kept = (path for path in sources if path.is_file() and path.suffix != ".pyc")
    return sum(path.stat().st_size for path in kept)
