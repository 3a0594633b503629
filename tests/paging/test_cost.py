"""What walks over lists in motion cost, and how they end.

The counts are measured, not derived: they hold the course of the walk where no rule asks for one
window rather than another. A change of the paging logic may change them, knowingly.
"""

from __future__ import annotations

import pytest

from .model import simulate

I, D, M = "insert", "delete", "move"  # noqa: E741
RUNS = 30


@pytest.mark.parametrize(
    ("kinds", "most", "page_size", "verify", "ahead", "requests", "errors", "lost"),
    [
        ((I,), 1, 4, False, 1, 3717, 0, 0),
        ((I,), 2, 4, False, 3, 4991, 0, 0),
        ((I,), 1, 4, True, 1, 4124, 13, 0),
        ((D,), 1, 4, False, 1, 299, 0, 0),
        ((D,), 1, 4, True, 1, 340, 0, 0),
        ((I, D), 4, 4, False, 1, 494, 0, 0),
        ((I, D), 4, 4, True, 3, 1593, 0, 0),
        ((M,), 1, 4, False, 1, 189, 0, 0),
        ((M,), 4, 4, True, 3, 555, 0, 0),
        ((I, M), 4, 4, False, 3, 3002, 0, 0),
        ((I, M), 4, 4, True, 1, 3315, 0, 0),
        ((I, D, M), 1, 4, False, 1, 383, 0, 0),
        ((I, D, M), 4, 4, False, 3, 457, 0, 1),
        ((I, D, M), 4, 4, True, 1, 1642, 0, 0),
        ((I, D), 1, 1, False, 1, 2667, 0, 0),
        ((I, D), 1, 2, False, 1, 1631, 0, 0),
        ((M,), 1, 1, False, 1, 2041, 0, 0),
        ((I, D, M), 1, 1, False, 3, 2575, 0, 0),
        ((I, D, M), 1, 2, True, 1, 2544, 0, 0),
        ((I, D, M), 1, 3, False, 1, 571, 0, 0),
    ],
)
def test_requests_and_ends(
    kinds: tuple[str, ...],
    most: int,
    page_size: int,
    verify: bool,
    ahead: int,
    requests: int,
    errors: int,
    lost: int,
) -> None:
    counts = simulate(
        kinds, most, runs=RUNS, gaps=60, page_size=page_size, verify=verify, ahead=ahead
    )
    assert (counts["requests"], counts["error"], counts["lost"]) == (requests, errors, lost)
