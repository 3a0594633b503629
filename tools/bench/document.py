"""Turns what was measured into docs/performance.md."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from .rounds import DELAY
from .targets import MEGABYTE, ratio, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .rounds import Results, Samples

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
PACKAGES = (
    "httpx",
    "httpcore",
    "h11",
    "msgspec",
    "attrs",
    "sniffio",
    "aiohttp",
    "httpx-aiohttp",
    "huaweicloudsdkcoc",
)
BARE = "httpx + json"

INTRODUCTION = """# What a step costs

Made by `make bench`. Do not edit it by hand.

A loopback server in a process of its own sends prebuilt pages of {steps:,} steps of 580 bytes each
(three inputs, two outputs, three properties). Each contender reads id, name and status of every
step; before it is timed, all that it read is compared with the ticket. coc_steps and the vendor's
SDK sign each request with an access key; the others send a token. Contenders run in processes of
their own, on another core than the server, in turns: {rounds} rounds of {walks} walks. Noise only
adds time, so that ratios are of the best walks; "middle" is the median walk.

{machine}
"""
TARGETS = """
## Targets

| | measured | wanted | |
|---|---|---|---|
"""
CPU = """
## CPU, {limit} steps a page

User and system time of the client's process.

| | µs a step | middle | ÷ httpx + json |
|---|---|---|---|
"""
WALL = """
## A server that takes {delay:.0f} ms, 100 steps a page

| | seconds | middle | vendor SDK ÷ it |
|---|---|---|---|
"""
BOUND = """
With eight requests in flight, {pages} pages take at least {rounds} times {delay:.0f} ms, which is
{least:.2f} s: no client that keeps to eight can be more than {most:.1f} times as fast as the
vendor's SDK here.
"""
MEMORY = """
## Memory, {many:,} steps, 1,000 a page

The most that the process ever held.

| | MB | ÷ httpx + json |
|---|---|---|
"""
REST = """
## Decoding, importing, installing

| | coc_steps | compared with | ratio |
|---|---|---|---|
"""
STAGES = """
## Where the time of a page goes

Each part by itself, in a loop (µs of CPU; in a loop they are cheaper than in a walk).

| | {limits} |
|---|{bars}|
"""
TRIED = """
## What was done about it, and what was not

- Connections of our own are sent to with httpx's transport: what `httpx.Client` adds (merged
  settings, hooks, cookies, redirects) is more than a third of what its requests cost. A client that
  is passed in as `http_client` keeps all of that, and is slower for it.
- The URL is not parsed again, the signature is among the headers when the request is made, a body
  that is not compressed is read as it comes, and the retry library is imported and entered only
  after a failure.
- Pages are decoded into Structs; `.raw` is built when somebody asks. What a walk remembers of each
  step is a hash of its id.
- Without sniffio, httpcore tries in vain to import it several times in each request: install
  `coc-steps[async]` for asyncio. aiohttp as the transport, through `http_client`, takes less again:
  docs/async.md says how.
- What is left of a page is mostly httpcore and h11, which are written in Python. To go below them
  would be to leave httpx.
- With prefetch, pages that were asked for together come together, and are decoded one by one
  before as many are asked for again. What it takes beyond its bound is about the CPU time of all
  pages.
- asyncio, httpcore, tenacity and the generated classes are imported when they are first needed.

Tried by hand on this machine, and dropped, with what the best walk gained:

- To give requests to httpcore's pool, past httpx's transport: less than 3 % of the CPU time.
- To have the pool not ask idle connections whether they were closed: 2 to 3 %, and more requests
  that fail and are sent again.
- pyreqwest as the transport: slower for the sync client, 10 % faster for the async one; aiohttp has
  the longer record.
- http.client in place of httpcore and h11: 25 %. TLS, proxies, the pool, deadlines and the errors
  would be this project's own.
- With prefetch, to ask for the next page when one has come, not when it is taken: 3 to 6 % of the
  time, and an iterator that is left alone would go on asking. To let one thread at a time work on
  what came: 5 to 8 %.
"""


def render(results: Results) -> str:
    """Give the page."""
    limits = list(results.cpu)
    parts = [
        _introduction(results),
        TARGETS + _rows(_targets(results)),
        *(CPU.format(limit=limit) + _rows(_cpu(results.cpu[limit])) for limit in limits),
        WALL.format(delay=DELAY * 1000) + _rows(_wall(results.wall)) + _bound(results),
        MEMORY.format(many=results.plan.many) + _rows(_memory(results.memory)),
        REST + _rows(_rest(results)),
        STAGES.format(limits=" | ".join(map(str, limits)), bars="---|" * len(limits)).replace(
            "||\n", "|\n"
        )
        + _rows(_stages(results)),
        TRIED,
    ]
    return "".join(parts)


def _introduction(results: Results) -> str:
    plan = results.plan
    return INTRODUCTION.format(
        steps=plan.steps, rounds=plan.rounds, walks=plan.walks, machine=_machine()
    )


def _machine() -> str:
    """Say where and when this runs, and how busy the machine is."""
    packages = [f"{name} {version(name)}" for name in PACKAGES]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = [_processor(), f"{os.cpu_count()} cores", platform.system(), python]
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d}: {', '.join([*machine, *packages])}. Load averages of the "
        f"last 1, 5 and 15 minutes at the end of the run, which makes about 1 itself: {load}."
    )


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _rows(rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _targets(results: Results) -> Iterable[Sequence[str]]:
    for each in targets(results):
        bound = f"{'≥' if each.at_least else '≤'} {each.bound:g}"
        yield each.name, f"{each.value:.2f}", bound, each.verdict


def _cpu(samples: Samples) -> Iterable[Sequence[str]]:
    for name, (best, middle) in samples.items():
        yield name, f"{best:.2f}", f"{middle:.2f}", f"{ratio(samples, name, BARE):.2f}"


def _wall(samples: Samples) -> Iterable[Sequence[str]]:
    for name, (best, middle) in samples.items():
        yield name, f"{best:.2f}", f"{middle:.2f}", f"{ratio(samples, 'vendor SDK', name):.1f}"


def _bound(results: Results) -> str:
    # Pages overlap by one step, and nothing is sent ahead before the first has told the total.
    pages = 1 + -(-(results.plan.steps - 100) // 99)
    rounds = 1 + -(-(pages - 1) // 8)
    least = rounds * DELAY
    return BOUND.format(
        pages=pages,
        rounds=rounds,
        delay=DELAY * 1000,
        least=least,
        most=results.wall["vendor SDK"].best / least,
    )


def _memory(samples: Samples) -> Iterable[Sequence[str]]:
    for name, (best, _) in samples.items():
        yield name, f"{best / 1000:.0f}", f"{ratio(samples, name, BARE):.2f}"


def _rest(results: Results) -> Iterable[Sequence[str]]:
    for limit, page in results.decoding.items():
        ours, theirs = page["coc_steps"].best, page["json.loads"].best
        what = f"decoding {limit} steps and reading id, name and status (µs)"
        yield what, f"{ours:.0f}", f"json.loads: {theirs:.0f}", f"{ours / theirs:.2f}"
    ours = results.imports["coc_steps"].best
    for name in ("httpx", "huaweicloudsdkcoc.v1"):
        theirs = results.imports[name].best
        row = f"{ours * 1000:.0f}", f"{name}: {theirs * 1000:.0f}", f"{ours / theirs:.2f}"
        yield "import (ms)", *row
    own, vendor = (size / MEGABYTE for size in results.sizes.values())
    row = f"{own:.1f}", f"vendor SDK: {vendor:.1f}", f"{own / vendor:.2f}"
    yield "installed with what it needs, without bytecode (MB)", *row


def _stages(results: Results) -> Iterable[Sequence[str]]:
    for name in next(iter(results.stages.values())):
        yield name, *(f"{page[name]:.0f}" for page in results.stages.values())
