"""The classes of findings."""

from __future__ import annotations

import enum


class Kind(enum.StrEnum):
    """The class of a finding, the worst first."""

    VIOLATION = "violation"
    """It breaks what the vendor's page says."""
    EXPECTATION = "expectation"
    """It breaks a belief of this project's; the page is silent there."""
    DRIFT = "drift"
    """Something was seen that nothing documents."""

    def fails(self, threshold: Kind) -> bool:
        """Return whether it counts when `threshold` and worse do."""
        return self.rank <= threshold.rank

    @property
    def rank(self) -> int:
        """Its place in the order; the worst has 0."""
        return list(Kind).index(self)
