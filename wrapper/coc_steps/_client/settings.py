"""What a client is set up with: checked once, so that nothing wrong is ever sent."""

from __future__ import annotations

import os
from dataclasses import dataclass

from coc_steps._http.surroundings import checked_url
from coc_steps._steps.request import LANGUAGES, REGIONS, check_count, check_seconds
from coc_steps.errors import ConfigurationError

PAGE_SIZE = 100  # steps
TIMEOUT = 30.0  # seconds, for one try in all
MAX_RETRIES = 2
MAX_RETRY_SECONDS = 120.0
LANGUAGE = "en-us"
WATCH_INTERVAL = 2.0  # seconds
WATCH_SETTLE = 10.0  # seconds


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
    """Return the address: an argument, else COC_BASE_URL, else COC_REGION.

    Raises:
        ConfigurationError: There is none, the region is not known, or COC_BASE_URL is no address.
        ValueError: Both arguments are given, or the address is no plain http(s) address.
    """
    if region is not None and base_url is not None:
        raise ValueError("give region or base_url, not both")
    if base_url is not None:
        return checked_url("base_url", base_url)
    if region is None:
        from_environment = os.environ.get("COC_BASE_URL")
        if from_environment:
            try:
                return checked_url("COC_BASE_URL", from_environment)
            except ValueError as error:
                problem = str(error)
            raise ConfigurationError(problem)
        region = os.environ.get("COC_REGION") or None
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
