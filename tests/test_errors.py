"""Errors say the request id, and survive being copied and sent to another process."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import coc_steps
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = [
    coc_steps.CocError,
    coc_steps.ConfigurationError,
    coc_steps.TransportError,
    coc_steps.RequestTimeoutError,
    coc_steps.PaginationError,
    coc_steps.StepNotFoundError,
]
ERRORS = [
    *(kind("no", "more") for kind in PLAIN),
    coc_steps.ResponseFormatError("no", request_id="r"),
    coc_steps.RateLimitError(
        "no",
        status_code=429,
        error_code="APIGW.0308",
        error_msg="m",
        request_id="r",
        retry_after=1.5,
    ),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_a_copy_is_the_same(
    error: coc_steps.CocError, again: Callable[[coc_steps.CocError], coc_steps.CocError]
) -> None:
    error.offset = 7
    other = again(error)
    assert (type(other), other.args, str(other)) == (type(error), error.args, str(error))
    assert vars(other) == vars(error)
    assert other.offset == 7


def test_the_request_id_is_said_where_there_is_one() -> None:
    assert str(coc_steps.ResponseFormatError("no", request_id="r")) == "no (request id r)"
    assert str(coc_steps.ResponseFormatError("no")) == "no"
    assert str(coc_steps.ApiError("no", status_code=500, request_id="")) == "no"
