"""The mutants are what they are to be: many, each one a break, and none broken altogether."""

from __future__ import annotations

from collections import Counter

import pytest
from coc_steps.mock import Service

from .battery import honest_replies, replies
from .mutants import MUTANTS, Mutant, breaks


def test_the_honest_mock_repeats_itself() -> None:
    assert list(replies({})) == honest_replies()


def test_there_are_mutants_of_every_theme() -> None:
    themes = Counter(mutant.theme for mutant in MUTANTS.values())
    assert themes.total() >= 90
    assert min(themes.values()) >= 5


def test_a_name_is_given_once() -> None:
    class OffsetIgnored(Service):
        pass

    with pytest.raises(ValueError, match="two mutants are called offset-ignored"):
        breaks("Nothing.")(OffsetIgnored)
    assert MUTANTS["offset-ignored"].options.get("service") is not OffsetIgnored


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_breaks_something_and_not_everything(mutant: Mutant) -> None:
    left = {"a break", "an answer that is right"}
    for got, expected in zip(replies(mutant.options), honest_replies(), strict=True):
        if got != expected:
            left.discard("a break")
        if (got.status, got.body) == (expected.status, expected.body):
            left.discard("an answer that is right")
        if not left:
            return
    pytest.fail(f"in {len(honest_replies())} answers there was not {left}")
