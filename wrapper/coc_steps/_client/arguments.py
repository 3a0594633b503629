"""The defaults of the public API, and the checks that its methods share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coc_steps._paging.iteration import Iteration
from coc_steps._paging.snapshot import Ticket
from coc_steps._paging.watch import Watch
from coc_steps._steps.model import Body, StepPage
from coc_steps._steps.request import (
    INT32_MAX,
    check_count,
    check_execution_id,
    check_optional_count,
    check_seconds,
    check_step_ids,
    room_for_step_ids,
)

from .base import PageRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .base import Core

PAGE_SIZE = 100  # steps
TIMEOUT = 30.0  # seconds, for one try in all
MAX_RETRIES = 2
MAX_RETRY_SECONDS = 120.0
LANGUAGE = "en-us"
WATCH_INTERVAL = 2.0  # seconds
WATCH_SETTLE = 10.0  # seconds


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


def make_watch(
    core: Core,
    execution_id: str,
    *,
    interval: float,
    settle: float,
    timeout: float | None,
    now: float,
) -> Watch:
    """Check the arguments of ``watch``; see there."""
    core.check_open()
    room = room_for_step_ids(core.settings.base_url, check_execution_id(execution_id))
    return Watch(
        Ticket(execution_id, room),
        interval=check_seconds("interval", interval, positive=True),
        settle=check_seconds("settle", settle, positive=False),
        timeout=None if timeout is None else check_seconds("timeout", timeout, positive=True),
        max_retries=core.settings.max_retries,
        now=now,
    )


def empty_page(offset: int | None) -> StepPage:
    """Give the page of no ids: on the wire, an empty list would stand for all steps."""
    body = Body(b'{"data": [], "total": 0}')
    return StepPage([], body, total=0, offset=offset or 0, request_id=None)
