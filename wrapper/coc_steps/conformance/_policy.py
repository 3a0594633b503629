"""What may be sent where."""

from __future__ import annotations

import enum
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT = 30.0
LIVE_MAX_REQUESTS = 300
FULL_MAX_REQUESTS = 5_000
LIVE_RATE = 5.0
_VENDOR_DOMAINS = ("myhuaweicloud.com", "myhuaweicloud.eu", "huaweicloud.com", "huaweicloud.eu")


class Profile(enum.StrEnum):
    """How much a run may ask of a server."""

    FULL = "full"
    """Everything, other methods and bad credentials included."""
    LIVE = "live"
    """GET with valid credentials only, paced, and no more requests than a limit."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a run may send.

    Attributes:
        profile: The profile.
        bad_credentials: Whether requests without valid credentials may be sent.
        rate: The most requests in a second; None means no limit.
        max_requests: The most requests in all, tries included (count).
        max_seconds: How long a run may take (seconds); None means no limit.
        timeout: How long the server may be silent (seconds).
    """

    profile: Profile
    bad_credentials: bool
    rate: float | None = None
    max_requests: int = FULL_MAX_REQUESTS
    max_seconds: float | None = None
    timeout: float = TIMEOUT


def policy_for(
    base_url: str,
    profile: Profile | None = None,
    *,
    allow_full_remote: bool = False,
    rate: float | None = None,
    max_requests: int | None = None,
    max_seconds: float | None = None,
    timeout: float = TIMEOUT,
) -> Policy:
    """Return what may be sent to an address; what is None follows from the address.

    Raises:
        ValueError: The full profile was asked for elsewhere, and nobody allowed it.
    """
    host = urlsplit(base_url).hostname or ""
    local = is_loopback(host)
    chosen = profile or (Profile.FULL if local else Profile.LIVE)
    if chosen is Profile.LIVE:
        most = max_requests or LIVE_MAX_REQUESTS
        return Policy(chosen, False, rate or LIVE_RATE, most, max_seconds, timeout)
    if not local and not allow_full_remote:
        raise ValueError(
            f"the full profile sends POST, PUT, PATCH and DELETE, requests without credentials and "
            f"requests with wrong ones; {host} is not this machine: use the live profile, or allow "
            "it with --allow-full-remote"
        )
    most = max_requests or FULL_MAX_REQUESTS
    return Policy(chosen, not _is_vendor(host), rate, most, max_seconds, timeout)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_vendor(host: str) -> bool:
    """Return whether a host is the vendor's, who locks keys after a few failures."""
    name = host.rstrip(".").lower()
    return any(name == domain or name.endswith(f".{domain}") for domain in _VENDOR_DOMAINS)
