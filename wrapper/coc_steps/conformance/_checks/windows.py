"""Windows and ids to ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from hypothesis import strategies as st

from coc_steps._steps.request import INT32_MAX, INT64_MAX
from coc_steps.conformance._session.probe import PAGE_SIZE, Listing, Window

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_LIMITS = (1, 2, 3, 5, 7, 10, 11, 50, 99, 100, 101, 1_000, INT32_MAX)
_WRAPPED = (2**31 - 1, 2**31, 2**32, 2**32 + 1, 2**53 + 1, INT64_MAX)
"""Where numbers of too few bits begin again, at 0 or below."""
_MOST_IDS = 20
_MOST_BYTES = 5_000
"""Byte budget for the ids in one URL."""


def windows(size: int) -> SearchStrategy[Window]:
    """Return windows that begin within the first so many steps."""
    edges = sorted(
        {offset for offset in (0, 1, 9, 10, 99, 100, size // 2, size - 1) if offset < size}
    )
    offsets = st.sampled_from(edges) | st.integers(0, size - 1)
    limits = st.sampled_from(_LIMITS) | st.integers(1, size + 1)
    return st.builds(Window, limits, offsets)


def large(size: int) -> list[Window]:
    """Return windows that are larger and larger, as far as the type goes, from two places."""
    limits = (1, PAGE_SIZE, 1_000, 2**15, 2**16, INT32_MAX)
    return [Window(limit, offset) for offset in dict.fromkeys((0, size // 3)) for limit in limits]


def beyond(total: int) -> list[Window]:
    """Return windows that begin past the end, the furthest as far as the type goes."""
    close = (total, total + 1, total + 100)
    offsets = [offset for offset in (*close, *_WRAPPED) if total <= offset <= INT64_MAX]
    return [Window(limit=10, offset=offset) for offset in offsets]


def filters(listing: Listing) -> SearchStrategy[Window]:
    """Return filters by ids of a ticket, in any order, some repeated, some with a window."""
    ids = (
        st.lists(st.sampled_from(listing.ids), min_size=1, max_size=_MOST_IDS)
        .map(tuple)
        .filter(fits_url)
    )
    offsets = st.none() | st.integers(0, 3)
    return st.builds(Window, st.none() | st.sampled_from(_LIMITS), offsets, ids)


def near_misses(name: str, known: frozenset[str]) -> list[str]:
    """Return ids that are close to a known one, and no known ones."""
    close = [
        name[:-1],
        name[1:],
        f"{name}0",
        f"0{name}",
        name.upper(),
        name.lower(),
        f"{name[:-1]}%",
        f"{name[:-1]}*",
        f"{name}'",
        f'{name}"',
        f"{name} ",
        f" {name}",
        f"{name[:-1]}_",
    ]
    others = [other for other in dict.fromkeys(close) if other.strip(".") and other not in known]
    # In a path an encoded name would be the name itself to whoever decodes twice.
    return [other for other in others if unquote(other) not in known]


def longest_filter(listing: Listing) -> tuple[str, ...]:
    """Return as many ids of a ticket as fit a URL."""
    ids = tuple(listing.ids)
    while not fits_url(ids):
        ids = ids[: len(ids) * 9 // 10]
    return ids


def fits_url(ids: tuple[str, ...]) -> bool:
    """Return whether ids fit a URL."""
    return sum(len(f"execution_step_id_list={quote(name)}&") for name in ids) <= _MOST_BYTES
