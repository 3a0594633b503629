"""The line on stderr while a server is asked."""

from __future__ import annotations

import io
import logging
import re
from typing import TYPE_CHECKING

import pytest
from coc_steps.cli._terminal.progress import working_line

if TYPE_CHECKING:
    from collections.abc import Callable

_LOGGER = logging.getLogger("coc_steps")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 100 columns as stderr."""
    for name, value in {"TERM": "xterm", "COLUMNS": "100", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    return Terminal()


def drawn(
    monkeypatch: pytest.MonkeyPatch,
    errors: io.StringIO,
    do: Callable[[Callable[[str], None]], None],
    *,
    seconds: float = 0.0,
    enabled: bool = True,
) -> list[str]:
    """Return the lines that were drawn, the last one after so many seconds."""
    monkeypatch.setattr("sys.stderr", errors)
    times = [0.0]
    with working_line("Waiting", enabled=enabled, clock=lambda: times[0]) as show:
        do(show)
        times[0] += seconds
    lines = re.split(r"\x1b\[[0-9;?]*[a-zA-Z]|[\r\n]", errors.getvalue())
    return [line[2:].rstrip() for line in lines if line.strip()]


def test_it_says_what_is_done(monkeypatch: pytest.MonkeyPatch, errors: Terminal) -> None:
    assert drawn(monkeypatch, errors, lambda show: show("Loading steps: 12"))[-1] == (
        "Loading steps: 12"
    )


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0, "Waiting"), (1.9, "Waiting"), (12.2, "Waiting (12 s)")]
)
def test_it_says_how_long_nothing_came(
    monkeypatch: pytest.MonkeyPatch, errors: Terminal, seconds: float, words: str
) -> None:
    assert drawn(monkeypatch, errors, lambda _show: None, seconds=seconds)[-1] == words


def test_it_says_what_is_tried_again_and_why(
    monkeypatch: pytest.MonkeyPatch, errors: Terminal
) -> None:
    said = {"coc_try": 2, "coc_tries": 3, "coc_reason": "status 503\x1b[2J", "coc_wait": 1.25}

    def warn(_show: object) -> None:
        _LOGGER.warning("a try failed", extra=said)

    assert drawn(monkeypatch, errors, warn, seconds=31)[-1] == (
        "Waiting (31 s); try 2 of 3 failed: status 503\ufffd[2J; again in 1.2 s"
    )


def test_a_warning_of_another_kind_is_shown_as_it_is(
    monkeypatch: pytest.MonkeyPatch, errors: Terminal
) -> None:
    lines = drawn(monkeypatch, errors, lambda _show: _LOGGER.warning("lost %s", "it"))
    assert lines[-1] == "Waiting; lost it"


def test_an_answer_ends_the_trouble(monkeypatch: pytest.MonkeyPatch, errors: Terminal) -> None:
    def do(show: Callable[[str], None]) -> None:
        _LOGGER.warning("lost it")
        show("Loading")

    assert drawn(monkeypatch, errors, do)[-1] == "Loading"


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_it_is_not_drawn_where_it_would_disturb(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO]
) -> None:
    stderr = stream()
    assert drawn(monkeypatch, stderr, lambda show: show("x"), enabled=not stderr.isatty()) == []


def test_it_leaves_the_log_as_it_was(monkeypatch: pytest.MonkeyPatch, errors: Terminal) -> None:
    before = (_LOGGER.level, list(_LOGGER.handlers))
    drawn(monkeypatch, errors, lambda _show: None)
    assert (_LOGGER.level, list(_LOGGER.handlers)) == before
