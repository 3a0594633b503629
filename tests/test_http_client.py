"""The httpx client that is passed in, and the raw layer, ``.api``."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from coc_steps import ApiError, AsyncClient, AuthenticationError, AuthToken, Client
from coc_steps_api.models import Error, ListExecutionStepsResponse
from drive import KEYS, TICKET, URL, Driver, Recorder, in_turn, lister, refusal
from vendor_example import EXECUTIONS

if TYPE_CHECKING:
    from conftest import Drive

ELSEWHERE = "http://elsewhere.example/"


def by_page(driver: Driver) -> None:
    driver.get_page(TICKET)


def by_api(driver: Driver) -> None:
    driver.api(TICKET)


both_layers = pytest.mark.parametrize("send", [by_page, by_api])


@pytest.fixture(autouse=True)
def netrc(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a file would replace the signature in the vendor's SDK."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password nEtRc-secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


@both_layers
def test_its_authentication_is_not_used(drive: Drive, send: Any) -> None:
    transport = Recorder()
    send(drive(transport, http={"auth": ("user", "password"), "trust_env": True}))
    (request,) = transport.requests
    assert request.headers["Authorization"].startswith("SDK-HMAC-SHA256 Access=AccessKey, ")


@both_layers
def test_neither_its_own_credentials_headers(drive: Drive, send: Any) -> None:
    transport = Recorder()
    stale = {"Authorization": "stale", "X-Sdk-Date": "stale", "X-Security-Token": "stale"}
    send(drive(transport, http={"headers": stale}, credentials=AuthToken("token")))
    (request,) = transport.requests
    assert request.headers["X-Auth-Token"] == "token"
    assert not stale.keys() & {name.title() for name in request.headers}


@both_layers
def test_its_headers_are_kept_and_ours_come_on_top(drive: Drive, send: Any) -> None:
    transport = Recorder()
    mine = {"X-Mine": "kept", "User-Agent": "mine", "Accept": "text/html"}
    send(drive(transport, http={"headers": mine}))
    (request,) = transport.requests
    assert request.headers["X-Mine"] == "kept"
    assert request.headers["User-Agent"].startswith("coc-steps/")
    assert request.headers.get_list("Accept") == ["application/json"]


@both_layers
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(drive: Drive, send: Any, status: int) -> None:
    transport = Recorder(in_turn(httpx.Response(status, headers={"Location": ELSEWHERE})))
    with suppress(ApiError):  # the raw layer raises none
        send(drive(transport, http={"follow_redirects": True}))
    assert len(transport.requests) == 1


@both_layers
def test_its_event_hooks_are_called(drive: Drive, kind: str, send: Any) -> None:
    seen: list[str] = []

    def hook(event: httpx.Request | httpx.Response) -> None:
        seen.append(type(event).__name__)
        if isinstance(event, httpx.Request):
            assert "Authorization" in event.headers

    async def async_hook(event: httpx.Request | httpx.Response) -> None:
        hook(event)

    one = async_hook if kind == "async" else hook
    send(drive(Recorder(), http={"event_hooks": {"request": [one], "response": [one]}}))
    assert seen == ["Request", "Response"]


@both_layers
def test_the_timeout_is_that_of_the_client(drive: Drive, send: Any) -> None:
    seen: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return lister(0)(request)

    send(drive(Recorder(answer), timeout=1.5, http={"timeout": None}))
    assert seen == [dict.fromkeys(["connect", "read", "write", "pool"], 1.5)]


def test_it_is_not_closed() -> None:
    with httpx.Client(transport=Recorder()) as http:
        with Client(base_url=URL, credentials=KEYS, http_client=http) as client:
            client.get_page(TICKET)
        assert not http.is_closed

    async def main() -> bool:
        async with httpx.AsyncClient(transport=Recorder()) as other:
            async with AsyncClient(base_url=URL, credentials=KEYS, http_client=other) as client:
                await client.get_page(TICKET)
            return other.is_closed

    assert asyncio.run(main()) is False


def test_the_raw_layer_is_not_retried(drive: Drive) -> None:
    transport = Recorder(in_turn(refusal(503, error_code="APIGW.0613")))
    answer = drive(transport).api(TICKET)
    assert answer.status_code == 503
    assert isinstance(answer.parsed, Error)
    assert answer.parsed.error_code == "APIGW.0613"
    assert len(transport.requests) == 1


def test_the_raw_layer_has_httpx_errors(drive: Drive) -> None:
    with pytest.raises(httpx.ConnectError):
        drive(Recorder(in_turn(httpx.ConnectError("refused")))).api(TICKET)


def test_the_raw_layer_reads_what_came_compressed(drive: Drive) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        plain = lister(3)(request)
        return httpx.Response(
            200, headers={"Content-Encoding": "deflate"}, content=zlib.compress(plain.content)
        )

    parsed = drive(Recorder(answer)).api(TICKET).parsed
    assert isinstance(parsed, ListExecutionStepsResponse)
    assert parsed.total == 3


def test_the_raw_layer_is_made_once(drive: Drive) -> None:
    client = drive(Recorder()).client
    assert client.api is client.api


def test_a_prefix_is_kept_by_both_layers(drive: Drive) -> None:
    transport = Recorder()
    driver = drive(transport, base_url=f"{URL}/pre/fix/")
    driver.get_page("a b", limit=1)
    driver.api("a b", limit=1)
    assert transport.targets == [f"/pre/fix{EXECUTIONS}/a%20b/steps?limit=1"] * 2


@both_layers
def test_credentials_refused_by_one_layer_are_sent_by_neither(drive: Drive, send: Any) -> None:
    transport = Recorder(in_turn(refusal(401, error_code="APIGW.0301", request_id="r")))
    driver = drive(transport)
    with suppress(AuthenticationError):  # the raw layer raises none
        send(driver)
    for again in (by_page, by_api, by_page):
        with pytest.raises(AuthenticationError, match=r"^nothing was sent: ") as caught:
            again(driver)
        assert caught.value.status_code == 401
    assert len(transport.requests) == 1
