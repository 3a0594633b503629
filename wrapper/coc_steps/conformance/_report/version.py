"""Which version wrote a report."""

from __future__ import annotations

from importlib.metadata import version


def tool() -> str:
    """Return the name and the version of this package."""
    return f"coc-steps {version('coc-steps')}"
