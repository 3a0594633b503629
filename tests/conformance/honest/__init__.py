"""Servers that differ from the mock, and break no promise of the page.

No check may accuse one of them of a violation; each says what it may be told.
"""

from . import bodies, pages, refusals, tickets, transport
from .registry import VARIATIONS, Variation

__all__ = ["VARIATIONS", "Variation", "bodies", "pages", "refusals", "tickets", "transport"]
