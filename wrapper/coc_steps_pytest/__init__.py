"""The fixture ``coc_steps_mock`` for pytest: a mock of the endpoint for the tests of your own code.

It is a package of its own, since pytest imports it in every run, and coc_steps need not come along.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coc_steps.mock import MockServer

_MARKER = "coc_steps_mock"
_LOOPBACK = "127.0.0.1"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(**options): options of coc_steps.mock.serve for the fixture {_MARKER}, "
        "such as tickets, live and faults",
    )


@pytest.fixture
def coc_steps_mock(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MockServer]:
    """Serve a mock of the endpoint while a test runs, and have clients find it.

    The marker ``coc_steps_mock`` takes the options of `coc_steps.mock.serve`; of several markers,
    the closest to the test wins, option by option. The variables COC_BASE_URL, COC_AUTH_TOKEN
    and no_proxy are set, so that a client which is given neither region nor base_url nor
    credentials asks the mock.

    Example:
        >>> @pytest.mark.coc_steps_mock(tickets={"EX1": 250})
        ... def test_report(coc_steps_mock):
        ...     assert my_report("EX1").steps == 250
    """
    from coc_steps.mock import serve

    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers(_MARKER))):
        if marker.args:
            raise pytest.UsageError(f"{_MARKER} takes keywords, such as tickets=..., and no others")
        options.update(marker.kwargs)
    with serve(**options) as server:
        monkeypatch.setenv("COC_BASE_URL", server.base_url)
        monkeypatch.setenv("COC_AUTH_TOKEN", server.token)
        # Of a proxy, the loopback is not to be asked for.
        around = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
        monkeypatch.setenv("no_proxy", f"{_LOOPBACK},{around}" if around else _LOOPBACK)
        yield server
