"""Values as people read them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from coc_steps.cli._text import (
    count,
    duration_text,
    middle_cut,
    one_line,
    time_text,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0ms"),
        (0.431, "431ms"),
        (4.24, "4.2s"),
        (59.94, "59.9s"),
        (59.96, "1m 00s"),
        (70, "1m 10s"),
        (3_599, "59m 59s"),
        (7_500, "2h 05m"),
        (90_000, "1d 01h"),
        (-4.2, "-4.2s"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(timedelta(seconds=seconds)) == text


def test_what_is_not_known() -> None:
    assert (duration_text(None), time_text(None)) == ("-", "-")


@pytest.mark.parametrize(
    ("whole", "cut"), [("EXS20250904092540ulvt25", "EXS2…40ulvt25"), ("EXS1", "EXS1"), ("", "")]
)
def test_an_id_is_cut_in_its_middle(whole: str, cut: str) -> None:
    assert middle_cut(whole) == cut


def test_singular_and_plural() -> None:
    assert [count(number, "step") for number in (0, 1, 2_500)] == [
        "0 steps",
        "1 step",
        "2,500 steps",
    ]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_the_ends_of_the_calendar(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        texts = [time_text(end.replace(tzinfo=UTC)) for end in (datetime.min, datetime.max)]
    time.tzset()
    assert any(text.endswith(("00:00:00", "23:59:59")) for text in texts)


def test_nothing_steers_a_terminal() -> None:
    assert one_line("a\x1b[2J\u202eb\r\nc\u3000检") == "a�[2J�b  c 检"
