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
        ((I,), 1, 4, False, 1, 3385, 0, 0),
        ((I,), 2, 4, False, 3, 4854, 0, 0),
        ((I,), 1, 4, True, 1, 3932, 7, 0),
        ((D,), 1, 4, False, 1, 300, 0, 0),
        ((D,), 1, 4, True, 1, 341, 0, 0),
        ((I, D), 4, 4, False, 1, 482, 0, 0),
        ((I, D), 4, 4, True, 3, 1541, 0, 0),
        ((M,), 1, 4, False, 1, 183, 0, 0),
        ((M,), 4, 4, True, 3, 537, 0, 0),
        ((I, M), 4, 4, False, 3, 2998, 0, 0),
        ((I, M), 4, 4, True, 1, 3260, 1, 0),
        ((I, D, M), 1, 4, False, 1, 367, 0, 0),
        ((I, D, M), 4, 4, False, 3, 451, 0, 1),
        ((I, D, M), 4, 4, True, 1, 1647, 0, 0),
        ((I, D), 1, 1, False, 1, 2667, 0, 0),
        ((I, D), 1, 2, False, 1, 1688, 0, 0),
        ((M,), 1, 1, False, 1, 2025, 0, 0),
        ((I, D, M), 1, 1, False, 3, 2574, 0, 0),
        ((I, D, M), 1, 2, True, 1, 2449, 0, 0),
        ((I, D, M), 1, 3, False, 1, 539, 0, 0),
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
