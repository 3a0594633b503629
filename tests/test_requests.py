"""Requests for connections of our own are those that httpx would build, and as well signed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
from coc_steps import AkSk, AuthToken
from coc_steps._http.requests import merging, plain
from coc_steps._steps.request import build_url
from drive import KEYS, TICKET, body
from faults.server import Answer, FaultServer
from hypothesis import example, given
from hypothesis import strategies as st

if TYPE_CHECKING:
    import pytest
    from conftest import Drive

BASES = [
    "http://127.0.0.1:9",
    "https://coc.example",
    "https://coc.example:443",
    "http://[::1]:8080/a/b",
    "https://user-agent.example/pre%20fix/é",
    "https://bücher.example/x y",
]
OURS = {"Accept": "application/json", "User-Agent": "ours", "X-Language": "en-us"}

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda name: name not in (".", "..")
)


def with_url(
    base: str, name: str, limit: int | None, offset: int | None, ids: tuple[str, ...] | None
) -> tuple[str, str]:
    return base, build_url(base, name, limit=limit, offset=offset, step_ids=ids)


urls = st.builds(
    with_url,
    st.sampled_from(BASES),
    names,
    st.none() | st.integers(1, 2**31 - 1),
    st.none() | st.integers(0, 2**63 - 1),
    st.none() | st.lists(names, max_size=3).map(tuple),
)


def both(base: str, url: str, credentials: AkSk | AuthToken) -> list[httpx.Request]:
    with httpx.Client(trust_env=False) as client:
        headers = httpx.Headers(client.headers)
        headers.update(OURS)
        ways = merging(client, OURS, 7.0), plain(base, headers, 7.0)
        return [build(url, credentials) for build in ways]


@given(urls)
@example(("http://h", "http://h/v1/executions/~%7E/steps?limit=1"))
def test_they_are_what_httpx_builds(pair: tuple[str, str]) -> None:
    theirs, ours = both(*pair, AuthToken("token"))
    assert ours.method == theirs.method == "GET"
    assert ours.url.raw_path == theirs.url.raw_path
    for part in ("raw_scheme", "raw_host", "port", "netloc"):
        assert getattr(ours.url, part) == getattr(theirs.url, part)
    assert sorted(ours.headers.raw) == sorted(theirs.headers.raw)
    assert ours.extensions == theirs.extensions
    assert ours.read() == theirs.read() == b""


@given(urls)
def test_the_signature_is_that_of_what_is_sent(pair: tuple[str, str]) -> None:
    for request in both(*pair, KEYS):
        date = datetime.strptime(request.headers["X-Sdk-Date"], "%Y%m%dT%H%M%SZ")
        assert abs(datetime.now(UTC) - date.replace(tzinfo=UTC)).total_seconds() < 60
        expected = KEYS.headers(
            method="GET",
            host=request.headers["Host"],
            target=httpx.URL(pair[1]).raw_path.decode(),
            now=date.replace(tzinfo=UTC),
        )
        assert request.headers["Authorization"] == expected["Authorization"]


def page(headers: bytes = b"") -> Answer:
    raw = json.dumps(body(["a"], 1)).encode()
    return [b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (headers, len(raw), raw)]


def test_the_proxy_of_the_environment_is_used(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with FaultServer(lambda _: page()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        driver = drive(base_url="http://coc.example/pre")
        assert [step.id for step in driver.get_page(TICKET, limit=1).steps] == ["a"]
    (request,) = proxy.requests
    assert request.target == f"http://coc.example/pre/v1/executions/{TICKET}/steps?limit=1"
    assert request.headers["host"] == "coc.example"


def test_no_cookie_is_kept(drive: Drive) -> None:
    with FaultServer(lambda _: page(b"Set-Cookie: a=b\r\n")) as server:
        driver = drive(base_url=server.url)
        for _ in range(2):
            driver.get_page(TICKET)
    assert [request.headers.get("cookie") for request in server.requests] == [None, None]
