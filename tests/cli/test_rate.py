"""How many requests are sent in a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from coc_steps import AuthToken
from coc_steps.cli import _connection as connection
from coc_steps.cli._connection import Pace, credentials
from coc_steps.mock import serve

from .made import step

if TYPE_CHECKING:
    from .conftest import Run


@pytest.mark.parametrize("rate", [0.5, 4.0, 200.0])
def test_turns_are_even(rate: float) -> None:
    pace = Pace(rate, clock=lambda: 10.0)
    assert [pace.turn() for _ in range(4)] == pytest.approx([turn / rate for turn in range(4)])


def test_a_pause_is_not_made_up_for() -> None:
    times = [0.0]
    pace = Pace(2.0, clock=lambda: times[0])
    assert pace.turn() == 0.0
    times[0] = 60.0
    assert [pace.turn(), pace.turn()] == pytest.approx([0.0, 0.5])


def test_nobody_waits_after_the_end() -> None:
    pace = Pace(1e-6)
    pace.turn()
    pace.cancel()
    pace.wait()


@pytest.mark.parametrize("callable_", [False, True])
def test_each_try_takes_a_turn(monkeypatch: pytest.MonkeyPatch, callable_: bool) -> None:
    token, turns = AuthToken("t"), list[int]()
    pace = Pace(1.0)
    monkeypatch.setattr(pace, "wait", lambda: turns.append(1))
    found = (lambda: token) if callable_ else token
    monkeypatch.setattr(connection, "default_credentials", lambda: found)
    ask = credentials(pace)
    assert [ask(), ask()] == [token, token]
    assert len(turns) == 2


def test_the_rate_is_over_all_tickets(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request takes a turn of the same pace."""
    waits: list[float] = []

    class Recorded:
        def wait(self, seconds: float) -> None:
            waits.append(seconds)

        def set(self) -> None:
            """Nobody waits."""

    def event() -> Recorded:
        return Recorded()

    real = Pace.__init__

    def init(self: Pace, rate: float) -> None:
        real(self, rate, clock=lambda: 0.0)
        self._cancelled = event()  # type: ignore[assignment] # records the waits

    monkeypatch.setattr(Pace, "__init__", init)
    tickets = {name: [step(f"{name}{place}") for place in range(3)] for name in "ABC"}
    with serve(tickets=tickets) as server:
        env = {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
        result = run("list", *"ABC", "--rate", "4", "-o", "jsonl", **env)
        requests = len(server.requests)
    assert result.exit_code == 0
    assert sorted(waits) == pytest.approx([turn / 4 for turn in range(requests)])
