"""The comparison runs, and notices a contender that reads wrongly. Nothing here is timed."""

from __future__ import annotations

import urllib.error
import urllib.request
from contextlib import ExitStack
from typing import TYPE_CHECKING

import bench
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS = 25


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ExitStack() as stack:
        _, port = bench.start(stack, "--serve", STEPS, 0.001)
        yield f"http://127.0.0.1:{int(port.readline())}"


@pytest.mark.filterwarnings(r"ignore:datetime.datetime.utc\w+\(\) is deprecated")  # the vendor's
@pytest.mark.parametrize("name", bench.CONTENDERS)
@pytest.mark.parametrize("limit", [10, STEPS])
def test_every_contender_reads_the_ticket(address: str, name: str, limit: int) -> None:
    opened, read = bench.CONTENDERS[name]
    with opened(address) as walk:
        bench.check(walk, read, STEPS, limit)


def test_an_unsigned_request_is_refused(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{address}{bench.PATH}?limit=1&offset=0")


@pytest.mark.parametrize(
    "indexes", [[], [0, 1], [0, 1, 2, 2], [2, 1, 0], [0, 1, 3]], ids=lambda each: f"{each}"
)
def test_a_wrong_reading_is_noticed(indexes: list[int]) -> None:
    _, read = bench.CONTENDERS["httpx + json, nested"]

    def walk(limit: int, see: bench.See) -> None:
        for index in indexes:
            see(bench.step(index))

    with pytest.raises(ValueError, match=r"^(read|did not read)"):
        bench.check(walk, read, 3, 10)


def test_each_has_its_turn_in_every_round() -> None:
    for samples in bench.compare(["httpx + json", "coc_steps"], 10, STEPS, 2):
        assert list(samples) == ["httpx + json", "coc_steps"]
        assert all(len(values) == 2 and min(values) > 0 for values in samples.values())


@pytest.mark.parametrize(
    ("ratio", "sign", "verdict"),
    [(0.65, "≤", "met"), (0.66, "≤", "missed"), (0.65, "≥", "met"), (0.64, "≥", "missed")],
)
def test_a_target_is_met_or_missed(ratio: float, sign: str, verdict: str) -> None:
    samples = {"CPU": {"a": [ratio, 2 * ratio, ratio / 2], "b": [1.0, 2.0, 0.5]}}
    row = bench.ratio_row(samples, ("CPU", "a", "b", sign, 0.65))
    assert row == ("CPU", "a ÷ b", f"{ratio}", f"{ratio} to {ratio}", f"{sign} 0.65", verdict)


def test_the_page_has_every_target_and_every_contender() -> None:
    contenders = {name: [1.0, 1.0] for name in bench.CONTENDERS}
    parts = bench.render({group: contenders for group, *_ in bench.WANTED})
    for group, one, other, sign, bound in bench.WANTED:
        row = f"| {group} | {one} ÷ {other} | 1.00 | 1.00 to 1.00 | {sign} {bound:g} |"
        assert row in parts["ratios"]
    for name in bench.CONTENDERS:
        assert f"\n| {name} | 1.0 |" in parts["medians"]
