"""Results travel: to another process, through a copy, and come back equal."""

from __future__ import annotations

import copy
import json
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any, cast

import dask
import pytest
from coc_steps import Step, StepChange, StepPage
from coc_steps._steps.response import Answer, read_page

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS: list[dict[str, Any]] = [
    {"execution_step_id": "a", "name": "pause", "inputs": [{"key": "k", "value": None}]},
    {"execution_step_id": "b", "name": 7, "extra": 1e300, "properties": {"zone": "é"}},
    {"execution_step_id": "c", "status": "Failed", "end_time": 5, "properties": {"n": 3}},
]


@pytest.fixture
def page() -> StepPage:
    content = json.dumps({"data": STEPS, "total": 3}, indent=1).encode()
    return read_page(Answer(200, {"x-request-id": "r1"}, content, "GET /", offset=7))


def echo(value: object) -> object:
    return value


def spawned(value: object) -> object:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(echo, value).result(60)


def through_dask(value: object) -> object:
    delayed: Any = vars(dask)["delayed"]  # dask leaves its types open
    result: object = delayed(echo)(value).compute(scheduler="processes", num_workers=1)
    return result


def pickled(value: object) -> object:
    return pickle.loads(pickle.dumps(value))


WAYS: list[Callable[[object], object]] = [pickled, copy.copy, copy.deepcopy, spawned, through_dask]


@pytest.mark.parametrize("way", WAYS)
def test_pages_steps_and_changes_come_back_equal(
    page: StepPage, way: Callable[[object], object]
) -> None:
    change = StepChange(page.steps[2], "finished", "Running")
    sent = [page, *page.steps, change]
    back = way(sent)
    assert back == sent
    came = cast("list[object]", back)
    for before, after in zip(sent, came, strict=True):
        assert type(after) is type(before)
        assert repr(after) == repr(before)
    step = came[1]
    assert isinstance(step, Step)
    assert step.raw == page.steps[0].raw
    assert step.inputs == {"k": None}


def test_a_step_travels_without_its_page(page: StepPage) -> None:
    assert len(pickle.dumps(page.steps[0])) < 300


def test_what_differs_is_not_equal(page: StepPage) -> None:
    first, second, _ = page.steps
    assert first != second
    assert first != "a"
    assert page != page.with_steps([first])
    assert len({first, copy.copy(first), second}) == 2
