"""Pages and filters against the slices of a list."""

import pytest
from coc_steps.mock import MockServer, Step, serve
from hypothesis import example, given
from hypothesis import strategies as st

from .wire import Wire, ids

INT64_MAX = 2**63 - 1


def test_default_tickets(mock: MockServer, wire: Wire) -> None:
    assert list(mock.tickets.values()) == [0, 1, 23, 250, 2500]
    for name, count in mock.tickets.items():
        assert wire.page(name, "limit=2147483647") == (ids(mock.steps(name)), count)


def test_ids_are_unique_over_all_tickets(mock: MockServer) -> None:
    every = [step_id for name in mock.tickets for step_id in ids(mock.steps(name))]
    assert len(set(every)) == len(every) == 2774


@given(
    limit=st.integers(1, 300) | st.integers(1, 2**31 - 1),
    offset=st.integers(0, 300) | st.integers(0, INT64_MAX),
)
@example(limit=2**31 - 1, offset=INT64_MAX)
@example(limit=1, offset=249)
@example(limit=1, offset=250)
def test_a_window_is_a_slice(
    wire: Wire, mock: MockServer, ticket: str, limit: int, offset: int
) -> None:
    every = ids(mock.steps(ticket))
    page = wire.page(ticket, f"limit={limit}&offset={offset}")
    assert page == (every[offset : offset + limit], 250)


def test_defaults(wire: Wire, mock: MockServer, ticket: str) -> None:
    every = ids(mock.steps(ticket))
    assert wire.page(ticket) == (every[:10], 250)
    assert wire.page(ticket, "offset=245") == (every[245:], 250)
    assert wire.page(ticket, "limit=20") == (every[:20], 250)


@given(data=st.data())
def test_a_filter_is_a_sublist(
    wire: Wire, mock: MockServer, ticket: str, data: st.DataObject
) -> None:
    every = ids(mock.steps(ticket))
    strangers = [every[0][:-1], every[0] + "0", every[0].lower(), "EXS%C3%A9", "a,b"]
    wanted = data.draw(st.lists(st.sampled_from([*every, *strangers]), min_size=1, max_size=40))
    limit, offset = data.draw(st.integers(1, 50)), data.draw(st.integers(0, 50))
    query = "&".join(f"execution_step_id_list={step_id}" for step_id in wanted)
    page = wire.page(ticket, f"{query}&limit={limit}&offset={offset}")
    matching = [step_id for step_id in every if step_id in wanted]
    assert page == (matching[offset : offset + limit], len(matching))


def test_ids_of_another_ticket_match_nothing(mock: MockServer, wire: Wire, ticket: str) -> None:
    other = next(name for name, count in mock.tickets.items() if count == 23)
    stranger = ids(mock.steps(other))[0]
    assert wire.page(ticket, f"execution_step_id_list={stranger}") == ([], 0)


def test_a_step_does_not_depend_on_the_window(mock: MockServer, wire: Wire, ticket: str) -> None:
    every = mock.steps(ticket)
    (step,) = wire.get(ticket, "limit=1&offset=7").json()["data"]
    step_id = step["execution_step_id"]
    (filtered,) = wire.get(ticket, f"execution_step_id_list={step_id}").json()["data"]
    assert step == filtered == every[7]


def test_the_same_request_has_the_same_answer(wire: Wire, mock: MockServer) -> None:
    for name in mock.tickets:
        assert wire.get(name).content == wire.get(name).content


def test_a_cap_is_silent() -> None:
    with serve(tickets={"a": 12}, page_cap=5) as mock, Wire(mock) as wire:
        every = ids(mock.steps("a"))
        assert wire.page("a", "limit=100") == (every[:5], 12)
        assert wire.page("a", "limit=3") == (every[:3], 12)
        assert wire.page("a") == (every[:5], 12)
        assert wire.page("a", "limit=100&offset=10") == (every[10:], 12)


def test_tickets_of_ones_own() -> None:
    steps: list[Step] = [{"execution_step_id": "s1", "status": "Odd"}, {"execution_step_id": "s2"}]
    with serve(tickets={"a": 3, "b": steps, "c/d": 0}) as mock, Wire(mock) as wire:
        assert mock.tickets == {"a": 3, "b": 2, "c/d": 0}
        assert wire.get("b").json() == {"data": steps, "total": 2}
        assert wire.page("c%2Fd") == ([], 0)
        mock.put("b", steps[1:])
        mock.put("new", steps)
        steps[1]["execution_step_id"] = "changed later"
        assert wire.page("b") == (["s2"], 1)
        assert wire.page("new") == (["s1", "s2"], 2)
        with pytest.raises(KeyError, match="other"):
            mock.steps("other")


def test_a_step_without_an_id_is_no_match() -> None:
    steps = [{"status": "Failed"}, {"execution_step_id": "s"}]
    with serve(tickets={"a": steps}) as mock, Wire(mock) as wire:
        assert wire.page("a", "execution_step_id_list=s") == (["s"], 1)


def test_wide_text_goes_out_as_utf_8(mock: MockServer, wire: Wire, ticket: str) -> None:
    step = next(step for step in mock.steps(ticket) if "重启" in step["name"])
    answer = wire.get(ticket, f"execution_step_id_list={step['execution_step_id']}")
    assert step["name"].encode() in answer.content


def test_what_steps_gives_is_a_copy(mock: MockServer, ticket: str) -> None:
    mock.steps(ticket)[0].clear()
    assert mock.steps(ticket)[0]
