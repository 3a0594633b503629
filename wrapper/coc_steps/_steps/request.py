"""From arguments to a path and a query: checked once, so that nothing wrong is ever sent."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Iterable

REGIONS = {
    "cn-north-4": "https://coc.myhuaweicloud.com",
    "ap-southeast-3": "https://coc-intl.myhuaweicloud.com",
    "eu-west-101": "https://coc-eu-west-101-open-api.myhuaweicloud.eu",
}
"""The servers of openapi.yaml, by region."""

LANGUAGES = ("en-us", "zh-cn")
MAX_URL_BYTES = 8_000
INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page to ask for, with checked arguments; None leaves a parameter out."""

    execution_id: str
    limit: int | None = None
    offset: int | None = None
    step_ids: tuple[str, ...] | None = None


def check_execution_id(execution_id: object) -> str:
    """Return the id of an execution if a path can carry it.

    Raises:
        TypeError: It is not a str.
        ValueError: It is empty, ``.`` or ``..``, which would be another path.
    """
    if not isinstance(execution_id, str):
        raise TypeError(f"execution_id must be a str, not {type(execution_id).__name__}")
    if not execution_id or execution_id in (".", ".."):
        raise ValueError(f"execution_id must not be empty, '.' or '..', but is {execution_id!r}")
    return _encodable("execution_id", execution_id)


def check_step_ids(step_ids: Iterable[object] | None) -> tuple[str, ...] | None:
    """Return the ids of steps to ask for, each once; None stands for all steps.

    Raises:
        TypeError: They are a bare str, or not all str.
        ValueError: One is empty.
    """
    if step_ids is None:
        return None
    if isinstance(step_ids, str):
        raise TypeError("step_ids must be several ids, not a bare str; put it in a list")
    return tuple(map(_checked_step_id, dict.fromkeys(step_ids)))


def _checked_step_id(step_id: object) -> str:
    if not isinstance(step_id, str):
        raise TypeError(f"step_ids must be str, not {type(step_id).__name__}")
    if not step_id:
        raise ValueError("step_ids has an empty id")
    return _encodable("step_ids", step_id)


def check_optional_count(
    name: str, value: object, *, minimum: int, maximum: int = INT64_MAX
) -> int | None:
    """Return a count that is None or in its bounds; see `check_count`."""
    return None if value is None else check_count(name, value, minimum=minimum, maximum=maximum)


def check_count(name: str, value: object, *, minimum: int, maximum: int = INT64_MAX) -> int:
    """Return a count that is in its bounds.

    Raises:
        TypeError: It is not an int.
        ValueError: It is out of its bounds.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    if not minimum <= value <= maximum:
        raise ValueError(f"{name} must be from {minimum} to {maximum}, not {value}")
    return value


def check_seconds(name: str, value: object, *, positive: bool) -> float:
    """Return a number of seconds that is finite, and positive or at least 0.

    Raises:
        TypeError: It is not a number.
        ValueError: It is out of its bounds.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not math.isfinite(value) or value < 0 or (positive and not value):
        least = "above 0" if positive else "0 or more"
        raise ValueError(f"{name} must be a finite number of seconds, {least}, not {value}")
    return value


def _encodable(name: str, value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        encodable = False
    else:
        encodable = True
    if not encodable:
        raise ValueError(f"{name} has a lone surrogate, which no URL can carry")
    return value


def build_url(base_url: str, request: PageRequest) -> str:
    """Return the URL of a request; path and query come from the generated request function.

    Raises:
        ValueError: It is longer than what gateways take.
    """
    from coc_steps_api.api.executions import list_execution_steps  # not before it is needed
    from coc_steps_api.types import UNSET

    kwargs = list_execution_steps._get_kwargs(
        request.execution_id,
        limit=UNSET if request.limit is None else request.limit,
        offset=UNSET if request.offset is None else request.offset,
        execution_step_id_list=UNSET if request.step_ids is None else list(request.step_ids),
    )
    query = _query(kwargs["params"])
    url = f"{base_url}{kwargs['url']}{'?' if query else ''}{query}"
    if len(url) > MAX_URL_BYTES:
        cure = (
            "ask for fewer step_ids at a time"
            if request.step_ids
            else "the execution_id is too long"
        )
        raise ValueError(f"the URL would have {len(url)} bytes, more than {MAX_URL_BYTES}: {cure}")
    return url


def _query(parameters: dict[str, Any]) -> str:
    return urlencode(parameters, doseq=True, quote_via=quote, safe="~")
