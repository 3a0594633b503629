"""The line on stderr while pages load."""

from __future__ import annotations

import io

import pytest
from coc_steps.cli._progress import progress_line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("total", "words"), [(2_500, "Loading steps: 1,200 of 2,500"), (None, "Loading steps: 1,200")]
)
def test_it_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, total: int | None, words: str
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", Terminal())
    with progress_line(enabled=True) as show:
        show(1_200, total)
    import sys

    assert isinstance(sys.stderr, Terminal)
    assert words in sys.stderr.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_it_is_not_drawn_where_it_would_disturb(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO]
) -> None:
    errors = stream()
    monkeypatch.setattr("sys.stderr", errors)
    with progress_line(enabled=not errors.isatty()) as show:
        show(1, 2)
    assert errors.getvalue() == ""
