"""The defaults of the public API, and the checks that its methods share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core import PageRequest
from ._iteration import Iteration
from ._model import Body, StepPage
from ._settings import (
    INT32_MAX,
    check_count,
    check_execution_id,
    check_optional_count,
    check_step_ids,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE_SIZE = 100  # steps
TIMEOUT = 30.0  # seconds, for one try in all
MAX_RETRIES = 2
MAX_RETRY_SECONDS = 120.0
LANGUAGE = "en-us"


def make_iteration(
    execution_id: str,
    *,
    step_ids: Iterable[str] | None,
    page_size: int,
    offset: int,
    max_items: int | None,
    prefetch: int,
    verify: bool,
) -> Iteration:
    """Check the arguments of ``iter_steps``; see there."""
    check_count("page_size", page_size, minimum=1, maximum=INT32_MAX)
    check_count("offset", offset, minimum=0)
    check_optional_count("max_items", max_items, minimum=0)
    check_count("prefetch", prefetch, minimum=0)
    return Iteration(
        check_execution_id(execution_id),
        step_ids=check_step_ids(step_ids),
        page_size=min(page_size, max_items or page_size),
        offset=offset,
        max_items=max_items,
        verify=verify,
    )


def make_request(
    execution_id: str,
    *,
    step_ids: Iterable[str] | None,
    limit: int | None,
    offset: int | None,
) -> PageRequest:
    """Check the arguments of ``get_page``; see there."""
    return PageRequest(
        check_execution_id(execution_id),
        check_optional_count("limit", limit, minimum=1, maximum=INT32_MAX),
        check_optional_count("offset", offset, minimum=0),
        check_step_ids(step_ids),
    )


def empty_page(offset: int | None) -> StepPage:
    """Give the page of no ids: on the wire, an empty list would stand for all steps."""
    body = Body(b'{"data": [], "total": 0}')
    return StepPage([], body, total=0, offset=offset or 0, request_id=None)
