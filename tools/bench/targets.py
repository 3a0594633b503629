"""What the project wants to reach, and whether it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .alone import WRAPPER
from .rounds import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .rounds import Results, Samples

NOISE = 0.05
MEGABYTE = 10**6


class Target(NamedTuple):
    """A bound, and what was measured.

    Attributes:
        name: What is compared.
        value: What was measured: a ratio, or megabytes.
        bound: What it should be.
        at_least: Whether more is better; else less is.
    """

    name: str
    value: float
    bound: float
    at_least: bool = False

    @property
    def excess(self) -> float:
        """How far beyond the bound it is (a fraction); negative where it is met."""
        return self.bound / self.value - 1 if self.at_least else self.value / self.bound - 1

    @property
    def verdict(self) -> str:
        """Say whether it is met."""
        if self.excess <= 0:
            return "met"
        missed = f"by {self.excess:.1%}"
        return f"within the noise: missed {missed}" if self.excess <= NOISE else f"missed {missed}"


def targets(results: Results) -> Iterator[Target]:
    """Give all targets."""
    for limit, cpu in results.cpu.items():
        at = f"CPU, {limit} a page: "
        yield Target(f"{at}coc_steps ÷ httpx + json", ratio(cpu, "coc_steps", "httpx + json"), 0.7)
        yield Target(f"{at}vendor SDK ÷ coc_steps", ratio(cpu, "vendor SDK", "coc_steps"), 8, True)
    for name, bound in (("coc_steps, prefetch=8", 10), ("coc_steps async, prefetch=8", 9)):
        value = ratio(results.wall, "vendor SDK", name)
        yield Target(f"wall, slow server: vendor SDK ÷ {name}", value, bound, True)
    for limit, page in results.decoding.items():
        value = ratio(page, "coc_steps", "json.loads")
        yield Target(f"decoding {limit} steps ÷ json.loads", value, 0.6)
    value = ratio(results.memory, "coc_steps", "httpx + json")
    yield Target(f"memory, {LIMITS[-1]} a page: coc_steps ÷ httpx + json", value, 1.4)
    value = ratio(results.imports, "coc_steps", "httpx")
    yield Target("import coc_steps ÷ import httpx", value, 1.5)
    yield Target("installed, with what it needs (MB)", results.sizes[WRAPPER] / MEGABYTE, 8)


def ratio(samples: Samples, one: str, other: str) -> float:
    """Give the ratio of the best of two contenders."""
    return samples[one].best / samples[other].best
