"""Keys from the sources of the vendor's SDK, each on a fake of its service on the loopback."""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
import time
import traceback
import warnings
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml
from click.testing import CliRunner
from coc_steps import (
    AkSk,
    AsyncClient,
    Client,
    ConfigurationError,
    CredentialsAuth,
    default_credentials,
    sdk_credentials,
)
from coc_steps._huawei.refresh import RefreshingProvider
from coc_steps._huawei.sdk import fetch_keys
from coc_steps.cli._app import app
from coc_steps.conformance import Profile, conform
from coc_steps.mock import serve
from huaweicloudsdkcore.auth.provider import CredentialProviderChain
from huaweicloudsdkcore.exceptions.exception_handler import DefaultExceptionHandler
from huaweicloudsdkcore.http.http_client import HttpClient
from huaweicloudsdkcore.http.http_config import HttpConfig

from .vendor import (
    IAM_KEYS,
    IAM_TOKEN,
    METADATA_KEYS,
    METADATA_TOKEN,
    POD,
    STS,
    Vendor,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coc_steps.mock import MockServer

    Set = Callable[[str, str], None]

TOKEN = "cAnArY.id-token.0123456789"
NOW = datetime(2025, 7, 1, tzinfo=UTC)
TICKET = "EX20250624161701019test"
NO_FRACTION = "%Y-%m-%dT%H:%M:%SZ"


class Machine:
    """Sets up a source as people do: variables, a profile file, a file with a token."""

    def __init__(self, vendor: Vendor, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.vendor = vendor
        self.token = folder / "token"
        self.token.write_text(TOKEN)
        self.profile = folder / ".huaweicloud" / "credentials"
        self.profile.parent.mkdir()
        self._set = monkeypatch.setenv
        self.unset = monkeypatch.delenv

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self._set(name, value)

    def oidc(self) -> None:
        self.set(
            HUAWEICLOUD_OIDC_PROVIDER_URN="iam::a:oidcProvider:ci",
            HUAWEICLOUD_OIDC_AGENCY_URN="iam::a:agency:reader",
            HUAWEICLOUD_OIDC_TOKEN_FILE=str(self.token),
        )

    def environment_idp(self) -> None:
        self.set(HUAWEICLOUD_SDK_IDP_ID="idp", HUAWEICLOUD_SDK_ID_TOKEN_FILE=str(self.token))

    def environment_keys(self) -> None:
        self.set(HUAWEICLOUD_SDK_AK="AK-of-environment", HUAWEICLOUD_SDK_SK="sk")

    def profile_idp(self) -> None:
        self.write(
            f"idp_id = idp\nid_token_file = {self.token}\niam_endpoint = {self.vendor.address}"
        )

    def profile_keys(self) -> None:
        self.write("ak = AK-of-profile\nsk = sk")

    def metadata(self) -> None:
        """Is there as it is."""

    def pod(self) -> None:
        self.vendor.statuses[METADATA_TOKEN] = 0  # as where there is no such service
        self.set(
            HC_CONTAINER_CREDENTIALS_FULL_URI=self.vendor.address + POD,
            HC_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(self.token),
        )

    def write(self, text: str, section: str = "basic") -> None:
        before = self.profile.read_text() if self.profile.exists() else f"[{section}]\n"
        self.profile.write_text(f"{before}{text}\n")


FEDERATED = ["oidc", "environment_idp", "profile_idp", "metadata", "pod"]
PATHS = {
    "oidc": STS,
    "environment_idp": IAM_KEYS,
    "profile_idp": IAM_KEYS,
    "metadata": METADATA_KEYS,
    "pod": POD,
}
every_source = pytest.mark.parametrize("source", FEDERATED)


@pytest.fixture
def machine(vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(vendor, tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with serve(tickets={TICKET: 250}) as server:
        yield server


def keys_of(path: str, number: int = 1, scope: dict[str, str] | None = None) -> AkSk:
    token = f"security-token-{number}"
    return AkSk(f"AK-of-{path}", f"SK-of-{path}", security_token=token, **(scope or {}))


def given(provider: Any) -> AkSk:
    assert isinstance(provider, RefreshingProvider)
    return provider()


# What the sources give


@every_source
@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%S.%fZ", NO_FRACTION])
@pytest.mark.parametrize("find", [sdk_credentials, default_credentials])
def test_every_source_gives_keys(
    machine: Machine, vendor: Vendor, source: str, form: str, find: Any
) -> None:
    getattr(machine, source)()
    vendor.form = form
    provider = find()
    assert vendor.asked == []
    assert [given(provider) for _ in range(3)] == [keys_of(PATHS[source])] * 3
    assert vendor.paths.count(PATHS[source]) == 1


@every_source
@pytest.mark.parametrize("scope", ["project_id", "domain_id"])
def test_the_scope_of_the_keys(machine: Machine, source: str, scope: str) -> None:
    getattr(machine, source)()
    if source == "profile_idp":
        section = "basic" if scope == "project_id" else "global"
        text = machine.profile.read_text().replace("[basic]", f"[{section}]")
        machine.profile.write_text(f"{text}{scope} = the-scope\n")
    else:
        machine.set(**{f"HUAWEICLOUD_SDK_{scope.upper()}": "the-scope"})
    assert given(default_credentials()) == keys_of(PATHS[source], scope={scope: "the-scope"})


def test_what_the_services_are_asked(machine: Machine, vendor: Vendor) -> None:
    machine.pod()
    machine.profile_idp()
    sdk_credentials()()
    exchange, _ = vendor.asked
    assert (exchange.path, exchange.headers["X-Idp-Id"]) == (IAM_TOKEN, "idp")
    assert TOKEN in exchange.body
    machine.profile.unlink()
    sdk_credentials()()
    assert vendor.asked[-1].headers["Authorization"] == TOKEN
    machine.oidc()
    sdk_credentials()()
    assert '"agency_urn": "iam::a:agency:reader"' in vendor.asked[-1].body


def test_keys_that_are_not_temporary(machine: Machine, vendor: Vendor) -> None:
    machine.profile_keys()
    provider = sdk_credentials()
    assert [provider(), provider()] == [AkSk("AK-of-profile", "sk")] * 2
    machine.environment_keys()
    assert sdk_credentials()() == AkSk("AK-of-environment", "sk")
    assert vendor.asked == []


def test_a_tilde_in_the_names_of_files(machine: Machine, vendor: Vendor) -> None:
    for source in ("oidc", "environment_idp", "profile_idp", "pod"):
        with pytest.MonkeyPatch.context() as patch:
            one = Machine.__new__(Machine)
            one.__dict__.update(vars(machine), token=Path("~/token"), _set=patch.setenv)
            getattr(one, source)()
            assert given(default_credentials()).secrets()[0] == f"SK-of-{PATHS[source]}"
        machine.profile.unlink(missing_ok=True)


# In the vendor's order


def vendors_choice() -> str:
    """The access key with which the vendor's own chain would sign."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = CredentialProviderChain.get_basic().get_credentials()
        handler = DefaultExceptionHandler()
        with closing(HttpClient(HttpConfig(timeout=(5, 5)), None, handler, logging.root)) as http:
            found.process_sts(http)
    return found.ak


def access_key(found: Any) -> str:
    """The access key with which a request would be signed."""
    keys = given(found) if callable(found) else found
    sent: str = keys.headers(method="GET", host="h", target="/", now=NOW)["Authorization"]
    return sent.partition(" Access=")[2].partition(",")[0]


SOURCES = ["oidc", "environment_idp", "environment_keys", "profile_idp", "profile_keys", "pod"]


@pytest.mark.parametrize(
    "sources",
    [
        chosen
        for size in range(1, len(SOURCES) + 1)
        for chosen in itertools.combinations(SOURCES, size)
    ],
    ids="+".join,
)
def test_the_source_that_the_vendors_chain_takes(
    machine: Machine, vendor: Vendor, sources: tuple[str, ...]
) -> None:
    for source in sources:
        getattr(machine, source)()
    # Its chain ends where there is no service at all; where it refuses, it goes on.
    vendor.statuses[METADATA_TOKEN] = vendor.statuses[METADATA_KEYS] = 404
    expected = vendors_choice()
    for find in (sdk_credentials, default_credentials):
        assert access_key(find()) == expected


def test_metadata_comes_before_a_pod_identity(machine: Machine, vendor: Vendor) -> None:
    machine.pod()
    vendor.statuses.clear()
    assert vendors_choice() == f"AK-of-{METADATA_KEYS}"
    assert sdk_credentials()() == keys_of(METADATA_KEYS, 2)


# Renewal


def clocked(now: list[float]) -> RefreshingProvider:
    return RefreshingProvider(fetch_keys, lambda: now[0])


@every_source
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/St_Johns"])
def test_keys_that_live_for_half_an_hour_are_kept(
    machine: Machine, vendor: Vendor, monkeypatch: pytest.MonkeyPatch, source: str, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    getattr(machine, source)()
    vendor.lifetime = timedelta(minutes=30)
    now = [time.time()]
    provider = clocked(now)
    assert {provider() for _ in range(50)} == {keys_of(PATHS[source], 1)}
    now[0] += 24 * 60
    assert provider() == keys_of(PATHS[source], 1)
    now[0] += 2 * 60
    vendor.lifetime = timedelta(hours=2)
    assert {provider() for _ in range(50)} == {keys_of(PATHS[source], 2)}
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("source", ["oidc", "environment_idp", "profile_idp", "pod"])
def test_a_rotated_token_is_read_again(machine: Machine, vendor: Vendor, source: str) -> None:
    getattr(machine, source)()
    now = [time.time()]
    provider = clocked(now)
    provider()
    machine.token.write_text("rotated-token")
    vendor.lifetime = timedelta(hours=3)
    now[0] += 3600
    provider()
    last = [asked for asked in vendor.asked if asked.path != IAM_KEYS][-1]
    assert "rotated-token" in last.body + last.headers.get("Authorization", "")


# In the clients, the check and the command


def listed(mock: MockServer, prefetch: int) -> int:
    with Client(base_url=mock.base_url) as client:
        return len(list(client.iter_steps(TICKET, page_size=20, prefetch=prefetch)))


def listed_async(mock: MockServer, prefetch: int) -> int:
    async def main() -> int:
        async with AsyncClient(base_url=mock.base_url) as client:
            steps = client.iter_steps(TICKET, page_size=20, prefetch=prefetch)
            return len([step async for step in steps])

    return asyncio.run(main())


@every_source
@pytest.mark.parametrize("walk", [listed, listed_async])
@pytest.mark.parametrize("prefetch", [0, 8])
def test_every_client_lists_a_ticket(
    machine: Machine, vendor: Vendor, mock: MockServer, source: str, walk: Any, prefetch: int
) -> None:
    getattr(machine, source)()
    vendor.keys = mock.access_key, mock.secret_key
    assert walk(mock, prefetch) == 250
    assert vendor.paths.count(PATHS[source]) == 1


def test_a_watch_a_check_and_the_command(
    machine: Machine, vendor: Vendor, mock: MockServer
) -> None:
    machine.oidc()
    machine.set(COC_BASE_URL=mock.base_url)
    vendor.keys = mock.access_key, mock.secret_key
    with Client() as client:
        assert len(list(client.watch(TICKET, interval=0.01, settle=0.01))) == 500
    result = CliRunner().invoke(app, ["list", TICKET, "--output", "jsonl"])
    assert (result.exit_code, result.stdout.count("\n")) == (0, 250)
    report = conform(mock.base_url, [TICKET], profile=Profile.LIVE, max_requests=40, rate=1000)
    assert not report.refused
    assert vendor.paths == [STS] * 3


def test_the_auth_class_in_an_async_client(machine: Machine, vendor: Vendor) -> None:
    machine.oidc()
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    async def main() -> None:
        auth = CredentialsAuth(sdk_credentials())
        async with httpx.AsyncClient(auth=auth, transport=httpx.MockTransport(answer)) as client:
            await client.get("http://127.0.0.1:9/")

    asyncio.run(main())
    assert f"Access=AK-of-{STS}," in seen[0].headers["Authorization"]


# What goes wrong


def refusal() -> str:
    """The message of the error, after a look for the token everywhere around it."""
    with pytest.raises(ConfigurationError) as refused:
        sdk_credentials()()
    error = refused.value
    assert error.__context__ is None
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    assert not [secret for secret in (TOKEN, "SK-of", "security-token") if secret in shown]
    return str(error)


NAMES = {
    "oidc": "the OIDC provider",
    "environment_idp": "the identity provider of the environment",
    "pod": "the pod identity",
}
SAID = {
    "oidc": "HTTP status 403, STS.0403",
    "environment_idp": "HTTP status 403, STS.0403",
    "pod": "HTTP status 403",
}
every_configured_source = pytest.mark.parametrize("source", NAMES)


@every_configured_source
def test_a_refusal(machine: Machine, vendor: Vendor, source: str) -> None:
    getattr(machine, source)()
    vendor.statuses[IAM_TOKEN if source == "environment_idp" else PATHS[source]] = 403
    assert refusal() == f"{NAMES[source]} gave no keys: {SAID[source]}"


@every_configured_source
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<html>", "JSONDecodeError"),
        (b"[]", None),
        (b'{"credential": null}', None),
        (b'{"credential": {"expires_at": "soon"}}', "ValueError"),
        (
            b'{"credential": {"expires_at": "2100-01-01T00:00:00Z"}}',
            "access_key must be a str, not NoneType",
        ),
        (
            b'{"credential": {"expires_at": "2100-01-01T00:00:00Z", "access": "a b"}}',
            "access_key has a character that is not visible ASCII, such as a space or a line "
            "break before, within or after it",
        ),
    ],
)
def test_an_answer_that_is_no_keys(
    machine: Machine, vendor: Vendor, source: str, body: bytes, problem: str | None
) -> None:
    getattr(machine, source)()
    vendor.bodies[PATHS[source]] = body
    message = refusal()
    assert message.startswith(f"{NAMES[source]} gave no keys: {problem or ''}")


@every_configured_source
def test_keys_that_have_expired(machine: Machine, vendor: Vendor, source: str) -> None:
    getattr(machine, source)()
    vendor.lifetime = timedelta(seconds=-1)
    assert "have expired: is the clock of this machine right?" in refusal()


@every_configured_source
def test_a_service_that_cannot_be_reached(machine: Machine, source: str) -> None:
    getattr(machine, source)()
    nobody = "http://127.0.0.1:9"
    machine.set(
        HUAWEICLOUD_SDK_STS_ENDPOINT=nobody,
        HUAWEICLOUD_SDK_IAM_ENDPOINT=nobody,
        HC_CONTAINER_CREDENTIALS_FULL_URI=nobody,
    )
    assert refusal().startswith(f"{NAMES[source]} gave no keys: Connection")


@every_configured_source
@pytest.mark.parametrize("text", [None, ""])
def test_a_file_without_a_token(machine: Machine, source: str, text: str | None) -> None:
    getattr(machine, source)()
    machine.token.unlink()
    if text is not None:
        machine.token.write_text(text)
    message = refusal()
    assert message.startswith(f"{NAMES[source]} gave no keys: ")
    assert str(machine.token) in message


@pytest.mark.parametrize("status", [0, 404, 500])
def test_nothing_is_configured(machine: Machine, vendor: Vendor, status: int) -> None:
    vendor.statuses = {METADATA_TOKEN: status, METADATA_KEYS: status}
    said = f"HTTP status {status}" if status else "ProxyError"
    assert refusal() == (
        "no credentials: HUAWEICLOUD_OIDC_PROVIDER_URN and HUAWEICLOUD_OIDC_AGENCY_URN with "
        "HUAWEICLOUD_OIDC_ID_TOKEN or HUAWEICLOUD_OIDC_TOKEN_FILE are not set, the variables "
        "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK are not set, and there is no file "
        f"{machine.profile}; the metadata service of a cloud server gave no keys: {said}; "
        "HC_CONTAINER_CREDENTIALS_FULL_URI and HC_CONTAINER_AUTHORIZATION_TOKEN_FILE are not set. "
        "Set one of these or COC_AUTH_TOKEN, or pass credentials to the client."
    )


def test_a_client_without_credentials_says_so_when_it_is_used(
    machine: Machine, vendor: Vendor, mock: MockServer
) -> None:
    vendor.statuses[METADATA_TOKEN] = 0
    with Client(base_url=mock.base_url) as client:
        assert vendor.asked == []
        with pytest.raises(ConfigurationError, match=r"^no credentials: ") as raised:
            list(client.iter_steps(TICKET, offset=20))
        assert raised.value.offset == 20
        assert vendor.paths == [METADATA_TOKEN]
        with pytest.raises(ConfigurationError, match=r"^no credentials: "):
            list(client.watch(TICKET))
    assert vendor.paths == [METADATA_TOKEN] * 2
    result = CliRunner().invoke(app, ["list", TICKET, "--base-url", mock.base_url])
    assert result.exit_code == 4
    with pytest.raises(ConfigurationError, match=r"^no credentials: "):
        conform(mock.base_url, [TICKET])


def test_a_broken_profile_file_shows_nothing(machine: Machine) -> None:
    machine.profile.write_text(f"[basic]\nak = a\n{TOKEN}\n")
    assert refusal() == f"the profile file {machine.profile} is not a valid INI file: see line 3"


def test_the_nightly_job_of_the_docs_keeps_no_secret(machine: Machine, vendor: Vendor) -> None:
    page = (Path(__file__).parents[2] / "docs" / "credentials.md").read_text("utf-8")
    text = page.partition("```yaml\n")[2].partition("```")[0]
    workflow = yaml.safe_load(re.sub(r"\$\{\{ vars\.(\w+) \}\}", r"\1", text))
    assert "secrets." not in text
    assert workflow["permissions"] == {"id-token": "write"}
    machine.set(**workflow["jobs"]["conform"]["env"])
    machine.set(
        HUAWEICLOUD_OIDC_TOKEN_FILE=str(machine.token),
        HUAWEICLOUD_SDK_STS_ENDPOINT=vendor.address,
    )
    assert given(default_credentials()) == keys_of(STS, scope={"project_id": "PROJECT_ID"})
    assert '"provider_urn": "OIDC_PROVIDER_URN"' in vendor.asked[0].body
