"""Compare what a step costs: coc_steps, a plain loop over httpx, and the vendor's SDK.

`make bench` writes docs/performance.md; `make bench QUICK=1` only tries the comparison out.
A server on the loopback and every contender run in processes of their own, which live through all
rounds. In each round every contender walks over the ticket once, so that whatever else the machine
does meets all of them alike; a ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import platform
import resource
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from operator import attrgetter, itemgetter
from statistics import median, quantiles
from subprocess import PIPE
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import parse_qs

from tables import table, write_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence, Sized
    from contextlib import AbstractContextManager

    See = Callable[[object], object]
    Walk = Callable[[int, See], None]
    Contender = tuple[Callable[[str], AbstractContextManager[Walk]], See]
    Samples = dict[str, list[float]]
    Wanted = tuple[str, str, str, str, float]

TICKET = "EX20250624161701019xxxx"
PATH = f"/v1/executions/{TICKET}/steps"
KEYS = ("AccessKey", "SecretKey")
PROJECT = "ProjectId"


def step(index: int) -> dict[str, object]:
    """Return a step of the ticket as the server sends it, about 580 bytes of JSON."""
    inputs = {
        "method": "POST",
        "uri": "/v1/{project_id}/servers/action",
        "server": f"0d7e2f9c-4d5e-4f3a-9a51-{index:012d}",
    }
    outputs = {"result": '{"job_id": "8abda8635f09ed1a", "ok": true}', "log": "done\n"}
    return {
        "id": index,
        "execution_step_id": f"EXS2025062416170{index:09d}",
        "action": "hwc:runbook:executeAPI@1.0.0",
        "start_time": 1750752000000 + index * 1000,
        "end_time": 1750752004711 + index * 1000,
        "message": None,
        "name": f"restart the service, part {index}",
        "status": ("Succeed", "Pending", "Failed")[index % 3],
        "inputs": [{"key": key, "value": value} for key, value in inputs.items()],
        "outputs": [{"key": key, "value": value} for key, value in outputs.items()],
        "properties": {"fixed_ip": f"192.0.2.{index % 256}", "region": "cn-north-4", "zone": None},
    }


def response(steps: Sequence[bytes], head: bytes) -> bytes:
    """Return the response to a request: a page of the ticket, or 401 without credentials."""
    path, _, query = head.split(b" ", 2)[1].decode().partition("?")
    lowered = head.lower()
    if path != PATH or not (b"access=accesskey" in lowered or b"x-auth-token: " in lowered):
        return b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
    parameters = parse_qs(query)
    offset = int(parameters["offset"][0])
    data = b",".join(steps[offset : offset + int(parameters["limit"][0])])
    body = b'{"data":[%s],"total":%d}' % (data, len(steps))
    lines = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return lines % len(body) + body


async def serve(count: int, delay: float) -> None:
    """Listen on a free port, print it, and answer after `delay` seconds until stdin ends."""
    steps = [json.dumps(step(index), separators=(",", ":")).encode() for index in range(count)]

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError), closing(writer):
            while head := await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(delay)
                writer.write(response(steps, head))

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


def offset_loop(get_page: Callable[[int, int], tuple[Sequence[object], int]]) -> Walk:
    """Return the usual loop over a function that returns the steps of a page and the total."""

    def walk(limit: int, see: See) -> None:
        offset, total = 0, 1
        while offset < total:
            steps, total = get_page(limit, offset)
            for each in steps:
                see(each)
            offset += len(steps)

    return walk


@contextmanager
def httpx_json(address: str) -> Generator[Walk]:
    """Read pages with httpx.Client.get and json.loads, with a token."""
    import httpx

    with httpx.Client(base_url=address, headers={"X-Auth-Token": "Token"}) as client:

        def get_page(limit: int, offset: int) -> tuple[Sequence[object], int]:
            answer = client.get(PATH, params={"limit": limit, "offset": offset})
            page = json.loads(answer.raise_for_status().content)
            return page["data"], page["total"]

        yield offset_loop(get_page)


@contextmanager
def vendor(address: str) -> Generator[Walk]:
    """Read pages with the vendor's SDK, signed."""
    from huaweicloudsdkcoc.v1 import CocClient, ListExecutionStepsRequest
    from huaweicloudsdkcore.auth.credentials import BasicCredentials

    credentials = BasicCredentials(*KEYS, PROJECT)
    client = CocClient.new_builder().with_credentials(credentials).with_endpoint(address).build()

    def get_page(limit: int, offset: int) -> tuple[Sequence[object], int]:
        request = ListExecutionStepsRequest(TICKET, limit=limit, offset=offset)
        page = client.list_execution_steps(request)
        return page.data, page.total

    yield offset_loop(get_page)


@contextmanager
def sync_client(address: str, prefetch: int = 0) -> Generator[Walk]:
    """Iterate over the steps with Client, signed."""
    from coc_steps import AkSk, Client

    with Client(base_url=address, credentials=AkSk(*KEYS, project_id=PROJECT)) as client:

        def walk(limit: int, see: See) -> None:
            for each in client.iter_steps(TICKET, page_size=limit, prefetch=prefetch):
                see(each)

        yield walk


@contextmanager
def async_client(address: str, prefetch: int = 0) -> Generator[Walk]:
    """Iterate over the steps with AsyncClient, signed."""
    from coc_steps import AkSk, AsyncClient

    with asyncio.Runner() as runner:
        client = AsyncClient(base_url=address, credentials=AkSk(*KEYS, project_id=PROJECT))

        async def walk(limit: int, see: See) -> None:
            async for each in client.iter_steps(TICKET, page_size=limit, prefetch=prefetch):
                see(each)

        yield lambda limit, see: runner.run(walk(limit, see))
        runner.run(client.aclose())


FIELDS = ("execution_step_id", "name", "status")
OUR_FIELDS = ("id", "name", "status")
NESTED = ("inputs", "outputs", "properties")

# How each opens its client, and what it reads of every step.
CONTENDERS: dict[str, Contender] = {
    "httpx + json": (httpx_json, cast("See", itemgetter(*FIELDS))),
    "coc_steps": (sync_client, attrgetter(*OUR_FIELDS)),
    "coc_steps async": (async_client, attrgetter(*OUR_FIELDS)),
    "vendor SDK": (vendor, attrgetter(*FIELDS)),
    "httpx + json, nested": (httpx_json, cast("See", itemgetter(*FIELDS, *NESTED))),
    "coc_steps, nested": (sync_client, attrgetter(*OUR_FIELDS, *NESTED)),
    "coc_steps, prefetch=8": (partial(sync_client, prefetch=8), attrgetter(*OUR_FIELDS)),
    "coc_steps async, prefetch=8": (partial(async_client, prefetch=8), attrgetter(*OUR_FIELDS)),
}

# What is compared where, and what the median of the ratios should be.
WANTED: tuple[Wanted, ...] = (
    ("CPU, 100 a page", "coc_steps", "httpx + json", "≤", 0.65),
    ("CPU, 100 a page", "coc_steps, nested", "httpx + json, nested", "≤", 0.75),
    ("CPU, 100 a page", "vendor SDK", "coc_steps", "≥", 8),
    ("CPU, 1000 a page", "coc_steps", "httpx + json", "≤", 0.5),
    ("CPU, 1000 a page", "coc_steps, nested", "httpx + json, nested", "≤", 0.7),
    ("CPU, 1000 a page", "vendor SDK", "coc_steps", "≥", 8),
    ("slow server", "vendor SDK", "coc_steps, prefetch=8", "≥", 8.8),
    ("slow server", "vendor SDK", "coc_steps async, prefetch=8", "≥", 8.4),
    ("memory", "coc_steps", "httpx + json", "≤", 1.4),
)


def check(walk: Walk, read: See, count: int, limit: int) -> None:
    """Walk once and raise ValueError unless it reads exactly the ticket; this warms up, too."""
    expected = ((*itemgetter(*FIELDS)(step(index)), 3, 2, 3) for index in range(count))

    def see(each: object) -> None:
        values = cast("tuple[Sized, ...]", read(each))
        row = (*values[:3], *map(len, values[3:]))
        if row != (wanted := next(expected, ()))[: len(row)]:
            raise ValueError(f"read {row}, not {wanted}")

    walk(limit, see)
    if missing := list(expected):
        raise ValueError(f"did not read {len(missing)} of {count} steps")


def time_walk(walk: Walk, read: See, count: int, limit: int) -> tuple[float, float, float]:
    """Return CPU and clock time of a step in one walk (µs), and the peak memory so far (MB)."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    walk(limit, read)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return cpu / count * 1e6, wall / count * 1e6, kilobytes / 1000


def take_turns(name: str, address: str, count: int, limit: int) -> None:
    """Walk once for each line of standard input, and print what it took."""
    opened, read = CONTENDERS[name]
    with opened(address) as walk:
        check(walk, read, count, limit)
        for _ in sys.stdin:
            print(json.dumps(time_walk(walk, read, count, limit)), flush=True)


def start(stack: ExitStack, *arguments: object) -> tuple[IO[str], IO[str]]:
    """Run this file in a process until `stack` closes its input; return input and output."""
    command = [sys.executable, __file__, *map(str, arguments)]
    process = stack.enter_context(subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True))
    stdin, stdout = cast("tuple[IO[str], IO[str]]", (process.stdin, process.stdout))
    stack.callback(stdin.close)
    return stdin, stdout


def compare(
    names: Sequence[str], limit: int, count: int, rounds: int, delay: float = 0.0
) -> list[Samples]:
    """Give each contender its turns; return CPU times, clock times and memory."""
    print(f"-- {count:,} steps, {limit} a page: {', '.join(names)}", file=sys.stderr, flush=True)
    with ExitStack() as stack:
        _, port = start(stack, "--serve", count, delay)
        address = f"http://127.0.0.1:{int(port.readline())}"
        contenders = {name: start(stack, "--walk", name, address, count, limit) for name in names}
        samples: list[Samples] = [{name: [] for name in contenders} for _ in range(3)]
        for _ in range(rounds):
            for name, (turn, taken) in contenders.items():
                print(file=turn, flush=True)
                for values, value in zip(samples, json.loads(taken.readline()), strict=True):
                    values[name].append(value)
    return samples


def measure(steps: int, many: int, rounds: int) -> dict[str, Samples]:
    """Return samples of each contender by what was measured; `many` steps are for memory."""
    samples: dict[str, Samples] = {}
    *fast, _, _ = CONTENDERS
    for limit in (100, 1000):
        cpu, wall, _ = compare(fast, limit, steps, rounds)
        samples |= {f"CPU, {limit} a page": cpu, f"clock, {limit} a page": wall}
    slow = ("vendor SDK", "coc_steps, prefetch=8", "coc_steps async, prefetch=8")
    _, samples["slow server"], _ = compare(slow, 100, steps, rounds // 3, delay=0.02)
    _, _, samples["memory"] = compare(("coc_steps", "httpx + json"), 1000, many, 2)
    return samples


def ratio_row(samples: dict[str, Samples], wanted: Wanted) -> tuple[str, ...]:
    """Return the row of a comparison."""
    group, one, other, sign, bound = wanted
    pairs = zip(samples[group][one], samples[group][other], strict=True)
    low, value, high = quantiles([a / b for a, b in pairs], n=4)
    verdict = "met" if (value <= bound if sign == "≤" else value >= bound) else "missed"
    span = f"{low:.2f} to {high:.2f}"
    return group, f"{one} ÷ {other}", f"{value:.2f}", span, f"{sign} {bound:g}", verdict


def machine() -> str:
    """Return a line on when and where this runs, and how busy the machine is."""
    packages = ("httpx", "httpcore", "msgspec", "sniffio", "huaweicloudsdkcoc")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    where = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{datetime.now(UTC):%Y-%m-%d}: {where}, {versions}. Load averages at the end: {load}."


def render(samples: dict[str, Samples]) -> dict[str, str]:
    """Return the parts of the page."""
    head = ["where", "what", "ratio", "range", "wanted", ""]
    ratios = table(head, [ratio_row(samples, wanted) for wanted in WANTED])
    medians = {
        name: [f"{median(group[name]):.1f}" if name in group else "" for group in samples.values()]
        for name in CONTENDERS
    }
    rows = [(name, *cells) for name, cells in medians.items()]
    return {"ratios": f"{machine()}\n\n{ratios}", "medians": table(["", *samples], rows)}


def main(arguments: list[str]) -> None:
    """Measure, print, and write the page unless this is only a try."""
    match arguments:
        case ["--serve", count, delay]:
            asyncio.run(serve(int(count), float(delay)))
        case ["--walk", name, address, count, limit]:
            take_turns(name, address, int(count), int(limit))
        case ["--quick"]:
            print("\n\n".join(render(measure(steps=250, many=2_000, rounds=6)).values()))
        case _:
            parts = render(measure(steps=10_000, many=200_000, rounds=21))
            print("\n\n".join(parts.values()))
            write_parts("performance.md", parts)


if __name__ == "__main__":
    main(sys.argv[1:])
