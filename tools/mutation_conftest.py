"""What pytest does for each mutant; tools/mutation.py copies it beside the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import Phase, settings

if TYPE_CHECKING:
    import pytest

# One failing example is enough; the smallest is not looked for.
PHASES = (Phase.explicit, Phase.generate)
settings.register_profile("mutation", settings.get_profile("ci"), phases=PHASES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the fastest tests first, as soon as mutmut has measured them."""
    if (stats := Path("mutmut-stats.json")).exists():
        durations = json.loads(stats.read_text("utf-8"))["duration_by_test"]
        items.sort(key=lambda item: durations.get(item.nodeid, 0.0))
