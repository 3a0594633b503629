"""What a walk may cost: the bounds behind which it gives up."""

from __future__ import annotations

from coc_steps.errors import PaginationError

MAX_EFFORT = 12
"""How many times the requests of the first pass a walk may take."""

EXTRA_REQUESTS = 60
"""How many requests a walk may take on top of that, since a first pass may be short (count)."""

MAX_IDLE = 60
"""How many pages in a row may bring nothing new before the walk gives up (count)."""

MAX_REPEATS = 3
"""How often the same page may come for other offsets before the walk gives up (count)."""


class Budget:
    """The requests of a walk, and its patience with pages that bring nothing.

    Attributes:
        requests: How many pages were taken (count); the number of the last of them.
    """

    def __init__(self) -> None:
        self.requests = 0
        self._first_pass = 0
        self._idle = 0
        self._repeats = 0

    def count_page(self, *, new: bool, same: bool) -> None:
        """Count a page; raise PaginationError where too many in a row brought nothing new."""
        self._idle = 0 if new else self._idle + 1
        self._repeats = self._repeats + 1 if same and not new else 0
        if self._idle > MAX_IDLE:
            raise PaginationError(
                f"{MAX_IDLE} pages brought nothing new: the list moves faster than it can be read"
            )
        if self._repeats == MAX_REPEATS:
            raise PaginationError(
                f"the same page came for {MAX_REPEATS + 1} offsets: "
                "the server ignores the offset, or repeats a page"
            )

    def end_pass(self) -> None:
        """Count a pass; raise PaginationError where all of them took too many requests."""
        self._first_pass = self._first_pass or self.requests
        if self.requests > self._first_pass * MAX_EFFORT + EXTRA_REQUESTS:
            raise PaginationError(
                f"the list changed in each pass over it, {self.requests} requests in all"
            )
