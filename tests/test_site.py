"""The site has every page, and its reference every name."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import coc_steps
import coc_steps.conformance
import coc_steps.mock
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def test_the_site_has_every_page() -> None:
    project = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    assert sorted(listed(project["nav"])) == sorted(page.name for page in DOCS.glob("*.md"))


def listed(nav: list[dict[str, Any]]) -> Iterator[str]:
    for entry in nav:
        for target in entry.values():
            yield from [target] if isinstance(target, str) else listed(target)


@pytest.mark.parametrize(
    ("page", "module"),
    [
        ("reference.md", coc_steps),
        ("reference-mock.md", coc_steps.mock),
        ("reference-conformance.md", coc_steps.conformance),
    ],
)
def test_the_reference_has_every_name(page: str, module: ModuleType) -> None:
    names = re.findall(r"^::: (\S+)$", (DOCS / page).read_text("utf-8"), re.MULTILINE)
    assert sorted(names) == sorted(f"{module.__name__}.{name}" for name in module.__all__)


@pytest.mark.parametrize("method", ["__init__", "iter_steps", "watch"])
def test_the_reference_has_the_defaults(method: str) -> None:
    text = (DOCS / "reference.md").read_text("utf-8")
    for parameter in inspect.signature(getattr(coc_steps.Client, method)).parameters.values():
        if parameter.default not in (inspect.Parameter.empty, None):
            assert f"| `{parameter.name}` | `{parameter.default!r}` |" in text
