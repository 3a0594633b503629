"""Credentials in an httpx client, as the generated client uses it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from coc_steps._http.authentication import CredentialsAuth
from coc_steps._huawei.credentials import AkSk, AuthToken, Credentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

CANARY = "cAnArY-0123456789-sEcReT"
KEYS = AkSk("AccessKey", "SecretKey", security_token=CANARY, project_id="project")
URL = "http://127.0.0.1:8123/pre/v1/executions/a%20b/steps"


class Server(httpx.MockTransport):
    """Keeps what it gets; answers with what it was given, then with 200."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.seen: list[httpx.Request] = []
        self.answers = list(answers)
        super().__init__(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        # Copied: a request is changed in place when it is authenticated again.
        self.seen.append(httpx.Request(request.method, request.url, headers=request.headers))
        return self.answers.pop(0) if self.answers else httpx.Response(200)

    @property
    def headers(self) -> httpx.Headers:
        return self.seen[-1].headers


def client(server: Server, credentials: Credentials) -> httpx.Client:
    auth = CredentialsAuth(lambda: credentials)
    return httpx.Client(transport=server, auth=auth, trust_env=False)


def vendor_sign(
    headers: httpx.Headers,
    query: Iterable[tuple[str, object]] = (),
    method: str = "GET",
    body: str = "",
) -> str:
    names = ["host", "x-project-id", "x-sdk-date", "x-security-token"]
    request = SdkRequest(
        method=method,
        resource_path="/pre/v1/executions/a%20b/steps",
        query_params=list(query),
        header_params={name: headers[name] for name in names},
        body=body,
    )
    Signer(SimpleNamespace(ak="AccessKey", sk="SecretKey")).sign(request)
    return request.header_params["Authorization"]


def test_a_token_is_sent() -> None:
    server = Server()
    with client(server, AuthToken(CANARY)) as http:
        http.get(URL)
    assert server.headers["X-Auth-Token"] == CANARY
    assert "Authorization" not in server.headers


def test_a_request_is_signed_as_it_goes_over_the_wire() -> None:
    server = Server()
    query: list[tuple[str, int | list[str]]] = [
        ("execution_step_id_list", ["é~", "_ *"]),
        ("offset", 0),
    ]
    with client(server, KEYS) as http:
        http.get(URL, params=dict(query))
    assert server.headers["host"] == "127.0.0.1:8123"
    assert server.headers["x-security-token"] == CANARY
    assert server.headers["Authorization"] == vendor_sign(server.headers, query)


def test_a_body_is_signed_also_when_it_is_streamed() -> None:
    server = Server()
    with client(server, KEYS) as http:
        http.post(URL, content=iter([b'{"a":', b"1}"]))
    assert server.headers["Authorization"] == vendor_sign(
        server.headers, method="POST", body='{"a":1}'
    )


def test_the_date_is_now() -> None:
    server = Server()
    with client(server, KEYS) as http:
        http.get(URL)
    date = datetime.strptime(server.headers["X-Sdk-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - date) < timedelta(seconds=60)


def test_the_callable_is_asked_each_time_and_nothing_of_the_last_one_stays() -> None:
    server = Server()
    used: list[AkSk | AuthToken] = [KEYS, AuthToken("new"), AkSk("Other", "SecretKey")]
    auth = CredentialsAuth(lambda: used.pop(0))
    request = httpx.Request("GET", URL)
    with httpx.Client(transport=server) as http:
        for _ in range(3):
            http.send(request, auth=auth)
    ways = ("authorization", "x-auth-token", "x-sdk-date", "x-security-token")
    assert [[way for way in ways if way in seen.headers] for seen in server.seen] == [
        ["authorization", "x-sdk-date", "x-security-token"],
        ["x-auth-token"],
        ["authorization", "x-sdk-date"],
    ]
    assert "Access=Other," in server.headers["Authorization"]


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_refused_request_is_not_sent_again(status: int) -> None:
    server = Server(httpx.Response(status))
    with client(server, KEYS) as http:
        assert http.get(URL).status_code == status
    assert len(server.seen) == 1


@pytest.mark.parametrize("credentials", [AuthToken(CANARY), KEYS])
def test_a_redirect_is_not_followed(credentials: Credentials) -> None:
    server = Server(httpx.Response(302, headers={"Location": "http://elsewhere.test/"}))
    with client(server, credentials) as http:
        assert http.get(URL).status_code == 302
    assert len(server.seen) == 1


def test_netrc_takes_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server, auth = Server(), CredentialsAuth(lambda: AuthToken("token"))
    with httpx.Client(transport=server, auth=auth) as http:
        http.get(URL)
    assert "Authorization" not in server.headers


def test_what_is_no_credentials_is_refused_before_anything_is_sent() -> None:
    server = Server()
    with client(server, CANARY) as http, pytest.raises(TypeError) as refused:  # type: ignore[arg-type] # on purpose
        http.get(URL)
    assert CANARY not in str(refused.value)
    assert not server.seen


def test_nothing_is_shown() -> None:
    auth = CredentialsAuth(lambda: AuthToken(CANARY))
    assert repr(auth) == str(auth) == f"{auth}" == "CredentialsAuth(...)"


async def parts() -> AsyncIterator[bytes]:
    yield b'{"a":'
    yield b"1}"


@pytest.mark.parametrize("waits", [False, True])
def test_the_same_in_an_async_client(waits: bool) -> None:
    async def renewed() -> AkSk:
        await asyncio.sleep(0)
        return KEYS

    async def main() -> httpx.Response:
        auth = CredentialsAuth(renewed if waits else lambda: KEYS)
        async with httpx.AsyncClient(transport=server, auth=auth) as http:
            return await http.post(URL, content=parts())

    server = Server(httpx.Response(401))
    assert asyncio.run(main()).status_code == 401
    (seen,) = server.seen
    assert seen.headers["Authorization"] == vendor_sign(seen.headers, method="POST", body='{"a":1}')
