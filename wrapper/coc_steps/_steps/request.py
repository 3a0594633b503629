"""What a client is set up with: checked once, so that nothing wrong is ever sent."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import httpx

from coc_steps.errors import ConfigurationError

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
class Settings:
    """Checked settings of a client; see `Client` for their meaning."""

    base_url: str
    timeout: float
    max_retries: int
    max_retry_seconds: float
    language: str

    def __post_init__(self) -> None:
        check_seconds("timeout", self.timeout, positive=True)
        check_seconds("max_retry_seconds", self.max_retry_seconds, positive=False)
        check_count("max_retries", self.max_retries, minimum=0)
        if self.language not in LANGUAGES:
            raise ValueError(f"language must be one of {LANGUAGES}, not {self.language!r}")


def resolve_base_url(region: str | None, base_url: str | None) -> str:
    """Find the address: an argument, else COC_BASE_URL, else COC_REGION.

    Raises:
        ConfigurationError: There is none, or the region is not known.
        ValueError: Both arguments are given, or the address is no plain http(s) address.
    """
    if region is not None and base_url is not None:
        raise ValueError("give region or base_url, not both")
    if region is None and base_url is None:
        base_url = os.environ.get("COC_BASE_URL") or None
        region = None if base_url else os.environ.get("COC_REGION") or None
    if base_url is not None:
        return _checked_url(base_url)
    known = ", ".join(REGIONS)
    if region is None:
        raise ConfigurationError(
            f"no address: pass region (one of {known}) or base_url, "
            "or set COC_REGION or COC_BASE_URL"
        )
    if region not in REGIONS:
        raise ConfigurationError(
            f"the address of region {region!r} is not known (known: {known}); pass base_url"
        )
    return REGIONS[region]


def _checked_url(base_url: object) -> str:
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a str, not {type(base_url).__name__}")
    parts = urlsplit("")
    try:
        parts = urlsplit(base_url)
        plain = parts.port != 0 and parts.scheme in ("http", "https") and bool(parts.hostname)
        httpx.URL(base_url)
    except (ValueError, httpx.InvalidURL):
        plain = False
    if not plain or parts.username is not None or parts.query or parts.fragment:
        raise ValueError(
            "base_url must be like https://host or https://host/prefix, "
            "without user, query and fragment"
        )
    return base_url.rstrip("/")


def check_execution_id(execution_id: object) -> str:
    """Give back the id of an execution if a path can carry it.

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
    """Give the ids of steps to ask for, each once; None stands for all steps.

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
    """Give back a count that is None or in its bounds; see `check_count`."""
    return None if value is None else check_count(name, value, minimum=minimum, maximum=maximum)


def check_count(name: str, value: object, *, minimum: int, maximum: int = INT64_MAX) -> int:
    """Give back a count that is in its bounds.

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
    """Give back a number of seconds that is finite, and positive or at least 0.

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


def build_url(
    base_url: str,
    execution_id: str,
    *,
    limit: int | None,
    offset: int | None,
    step_ids: tuple[str, ...] | None,
) -> str:
    """Build the URL of a request; path and query come from the generated request function.

    Raises:
        ValueError: It is longer than what gateways take.
    """
    from coc_steps_api.api.executions import list_execution_steps  # not before it is needed

    given: dict[str, int | list[str]] = {}
    if limit is not None:
        given["limit"] = limit
    if offset is not None:
        given["offset"] = offset
    if step_ids is not None:
        given["execution_step_id_list"] = list(step_ids)
    request = list_execution_steps._get_kwargs(execution_id, **given)  # type: ignore[arg-type] # one dict for arguments of several types
    query = _query(request["params"])
    url = f"{base_url}{request['url']}{'?' if query else ''}{query}"
    if len(url) > MAX_URL_BYTES:
        cure = "ask for fewer step_ids at a time" if step_ids else "the execution_id is too long"
        raise ValueError(f"the URL would have {len(url)} bytes, more than {MAX_URL_BYTES}: {cure}")
    return url


def room_for_step_ids(base_url: str, execution_id: str) -> int:
    """Give how many bytes of a URL the ids of steps may take, whatever its window is."""
    url = build_url(base_url, execution_id, limit=INT32_MAX, offset=INT64_MAX, step_ids=None)
    return MAX_URL_BYTES - len(url)


def step_id_bytes(step_id: str) -> int:
    """Give how many bytes an id takes in a URL."""
    return len("&" + _query({"execution_step_id_list": step_id}))


def _query(parameters: dict[str, Any]) -> str:
    return urlencode(parameters, doseq=True, quote_via=quote, safe="~")
