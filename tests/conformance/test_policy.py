"""What may be sent where."""

from __future__ import annotations

import pytest
from coc_steps.conformance._policy import FULL_MAX_REQUESTS, Policy, Profile, policy_for

FULL = Policy(Profile.FULL, bad_credentials=True, max_requests=FULL_MAX_REQUESTS)
LIVE = Policy(Profile.LIVE, bad_credentials=False, rate=5.0, max_requests=300)
CAREFUL = Policy(Profile.FULL, bad_credentials=False)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8080", "http://127.8.9.1", "http://[::1]:1/x", "http://localhost"]
)
def test_full_on_this_machine(address: str) -> None:
    assert policy_for(address) == policy_for(address, Profile.FULL) == FULL
    assert policy_for(address, Profile.LIVE) == LIVE


@pytest.mark.parametrize(
    "address",
    [
        "https://coc.myhuaweicloud.com",
        "http://10.0.0.1",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://0.0.0.0",
    ],
)
def test_live_elsewhere(address: str) -> None:
    assert policy_for(address) == LIVE
    assert policy_for(address, allow_full_remote=True) == LIVE
    with pytest.raises(ValueError, match="is not this machine"):
        policy_for(address, Profile.FULL)


def test_full_elsewhere_when_it_is_allowed() -> None:
    assert policy_for("https://test.example", Profile.FULL, allow_full_remote=True) == FULL


@pytest.mark.parametrize(
    "host",
    [
        "coc.myhuaweicloud.com",
        "COC-INTL.MyHuaweiCloud.com",
        "coc-eu-west-101-open-api.myhuaweicloud.eu.",
        "huaweicloud.com",
    ],
)
def test_no_bad_credentials_for_the_vendor(host: str) -> None:
    assert policy_for(f"https://{host}", Profile.FULL, allow_full_remote=True) == CAREFUL


def test_others_whose_names_end_alike() -> None:
    address = "https://notmyhuaweicloud.com"
    assert policy_for(address, Profile.FULL, allow_full_remote=True) == FULL


def test_limits_of_ones_own() -> None:
    policy = policy_for("https://h.example", rate=1, max_requests=7)
    assert (policy.rate, policy.max_requests) == (1, 7)
    policy = policy_for("http://127.0.0.1", rate=2.5, max_requests=9)
    assert (policy.rate, policy.max_requests) == (2.5, 9)
