"""Proxies and certificates of the machine: what cannot work is told before anything is sent."""

from __future__ import annotations

import os
import re
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from coc_steps import AsyncClient, Client, ConfigurationError
from coc_steps._http.surroundings import find_proxy, ssl_context
from coc_steps.cli._app import app
from drive import KEYS, TICKET
from faults.server import FaultServer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from .conftest import NAME
from .servers import HOST, Certificates, Relay, listing

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Drive

    Environment = pytest.MonkeyPatch

URL = f"https://{NAME}"
SECRETS = ("alice", "pa55word")
CLIENTS = pytest.mark.parametrize("client", [Client, AsyncClient])

LONG = "x" * 64
WRONG_PROXIES = {
    "socks without its package": "socks5://alice:pa55word@proxy.example:1080",
    "unknown scheme": "ftp://alice:pa55word@proxy.example:80",
    "port too large": "http://alice:pa55word@proxy.example:99999",
    "port that is a word": "http://alice:pa55word@proxy.example:http",
    "impossible label": f"http://alice:pa55word@{LONG}.example:80",
    "empty label": "http://alice:pa55word@proxy..example:80",
    "no host": "http://",
    "half an address": "http://alice:pa55word@[::1",
    "no address at all": "http://alice:pa55word@[nonsense]:80",
    "a control character": "http://alice:pa55word@proxy\x7f.example:80",
    "a letter that is none": "http://alice:pa55word@proxy\u2100.example:80",
    "no scheme, bad port": "alice:pa55word@proxy.example:99999",
}
VARIABLES = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]


@pytest.fixture(autouse=True)
def without_socksio(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is where nobody installed it."""
    from coc_steps._http import surroundings

    monkeypatch.setattr(surroundings, "find_spec", lambda _: None)


def told(client: Any, url: str = URL) -> str:
    with pytest.raises(ConfigurationError) as caught:
        client(base_url=url, credentials=KEYS)
    said = str(caught.value)
    assert "\n" not in said
    assert not any(secret in said for secret in SECRETS)
    assert caught.value.__cause__ is None
    return said


@CLIENTS
@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("value", WRONG_PROXIES.values(), ids=list(WRONG_PROXIES))
def test_a_proxy_that_cannot_work(
    surroundings: Environment, client: Any, variable: str, value: str
) -> None:
    surroundings.setenv(variable, value)
    assert told(client).startswith(f"{variable} ")


@CLIENTS
def test_it_is_said_what_is_wrong(surroundings: Environment, client: Any) -> None:
    surroundings.setenv("HTTPS_PROXY", WRONG_PROXIES["socks without its package"])
    assert told(client) == (
        "HTTPS_PROXY names a SOCKS proxy, which needs the package socksio: pip install socksio"
    )
    surroundings.setenv("HTTPS_PROXY", WRONG_PROXIES["unknown scheme"])
    assert told(client) == (
        "HTTPS_PROXY names a proxy of a kind that is not supported, ftp://; supported are "
        "http://, https://, socks5://, socks5h://"
    )
    surroundings.setenv("HTTPS_PROXY", WRONG_PROXIES["port too large"])
    assert told(client) == "HTTPS_PROXY is not an address like http://host:port"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("proxy.example:3128", "http://proxy.example:3128"),
        ("proxy.example", "http://proxy.example"),
        ("http://alice:pa55word@proxy.example:3128", "http://proxy.example:3128"),
        ("alice:pa55word@proxy.example:3128", "http://proxy.example:3128"),
        ("https://alice:p%40ss@proxy.example", "https://proxy.example"),
        ("http://[::1]:3128/", "http://[::1]:3128"),
        ("http://bücher.example:3128", "http://bücher.example:3128"),
    ],
)
def test_a_proxy_is_named_without_its_user(
    surroundings: Environment, value: str, shown: str
) -> None:
    surroundings.setenv("HTTPS_PROXY", value)
    proxy = find_proxy(URL)
    assert str(proxy) == repr(proxy) == f"the proxy {shown} (HTTPS_PROXY)"
    Client(base_url=URL, credentials=KEYS).close()


def test_the_variable_of_the_scheme_comes_before_that_of_all(surroundings: Environment) -> None:
    surroundings.setenv("ALL_PROXY", "http://all.example")
    assert "all.example" in str(find_proxy(URL))
    surroundings.setenv("HTTPS_PROXY", "http://tls.example")
    assert "tls.example" in str(find_proxy(URL))
    assert "all.example" in str(find_proxy(f"http://{NAME}"))
    surroundings.setenv("https_proxy", "http://small.example")
    assert str(find_proxy(URL)) == "the proxy http://small.example (https_proxy)"


LOOPBACK = ["http://localhost", "http://127.0.0.1:80", "https://127.9.9.9", "http://[::1]:8080"]


@pytest.mark.parametrize("url", LOOPBACK)
@pytest.mark.parametrize("value", ["http://proxy.example:3128", *WRONG_PROXIES.values()])
def test_the_loopback_has_no_proxy(surroundings: Environment, url: str, value: str) -> None:
    surroundings.setenv("ALL_PROXY", value)
    surroundings.setenv("NO_PROXY", "%%nonsense%%:x")
    assert find_proxy(url) is None


EXEMPT = {
    "coc.example": [URL, f"http://{NAME}:8080", "https://a.coc.example"],
    ".coc.example": [URL, "https://a.b.coc.example"],
    "*.example": [URL],
    "COC.example": [URL, "https://COC.Example"],
    "other, coc.example": [URL],
    "other coc.example": [URL],
    "coc.example:443": [URL, "https://coc.example:443/p"],
    "https://coc.example": [URL],
    "*": [URL, "https://10.0.0.1", "https://[2001:db8::1]"],
    "10.0.0.1": ["https://10.0.0.1", "https://10.0.0.1:8443"],
    "10.0.0.1:8443": ["https://10.0.0.1:8443"],
    "2001:db8::1": ["https://[2001:db8::1]", "https://[2001:db8:0::1]:8443"],
    "[2001:db8::1]": ["https://[2001:db8::1]", "https://[2001:db8:0::1]:8443"],
    "[2001:db8:0::1]:8443": ["https://[2001:db8::1]:8443"],
    "10.0.0.0/8": ["https://10.255.0.1"],
    "10.1.2.3/8": ["https://10.255.0.1"],
    "2001:db8::/32": ["https://[2001:db8::1]"],
    "bücher.example": ["https://bücher.example", "https://xn--bcher-kva.example"],
    "xn--bcher-kva.example": ["https://bücher.example"],
}
NOT_EXEMPT = {
    "example.com": [URL],
    "oc.example": [URL],
    "coc.example.com": [URL],
    "coc.example:80": [URL],
    "10.0.0.1": ["https://110.0.0.1", "https://10.0.0.11", "https://[2001:db8::1]"],
    "0.0.1": ["https://10.0.0.1"],
    "10.0.0.0/8": ["https://11.0.0.1", "https://[2001:db8::1]", "https://10.example"],
    "2001:db8::/32": ["https://[2001:db9::1]", "https://10.0.0.1"],
    "": [URL],
    " , ": [URL],
}


def pairs(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(entry, url) for entry, urls in table.items() for url in urls]


@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize(("entry", "url"), pairs(EXEMPT))
def test_what_no_proxy_means(
    surroundings: Environment, variable: str, entry: str, url: str
) -> None:
    surroundings.setenv("ALL_PROXY", "http://proxy.example")
    surroundings.setenv(variable, entry)
    assert find_proxy(url) is None


@pytest.mark.parametrize(("entry", "url"), pairs(NOT_EXEMPT))
def test_what_no_proxy_does_not_mean(surroundings: Environment, entry: str, url: str) -> None:
    surroundings.setenv("ALL_PROXY", "http://proxy.example")
    surroundings.setenv("NO_PROXY", entry)
    assert find_proxy(url) is not None


NONSENSE = ["10.0.0.0/99", "10.0.0/x", "host:99999", "host:port", ".", "*.", "a/b/c", "[x]"]


@CLIENTS
@pytest.mark.parametrize(("variable", "entry"), [*product(["NO_PROXY", "no_proxy"], NONSENSE)])
def test_nonsense_in_no_proxy(
    surroundings: Environment, client: Any, variable: str, entry: str
) -> None:
    surroundings.setenv("HTTPS_PROXY", "http://alice:pa55word@proxy.example")
    surroundings.setenv(variable, f"other,{entry}")
    assert told(client) == f"{variable} has an entry that is no host or network: {entry!r}"


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
@example("alice:pa55word@http://x")
@example("\x1c")
def test_whatever_a_variable_holds_a_client_is_made_or_one_sentence_said(value: str) -> None:
    for variable in ("HTTP_PROXY", "NO_PROXY"):
        said = variable
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("HTTP_PROXY", "http://proxy.example")
            environment.setenv(variable, value)
            try:
                Client(base_url=f"http://{NAME}", credentials=KEYS).close()
            except ConfigurationError as error:
                said = str(error)
        assert said.startswith(variable)
        assert len(said.splitlines()) == 1
        assert "pa55word" not in said or variable == "NO_PROXY"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "text.pem").write_text("no certificate\n")
    (tmp_path / "empty.pem").touch()
    (tmp_path / "folder").mkdir()
    names = {"text", "empty", "missing"}
    paths = {name: str(tmp_path / f"{name}.pem") for name in names}
    return {**paths, "folder": str(tmp_path / "folder"), "no folder": str(tmp_path / "none")}


@CLIENTS
@pytest.mark.parametrize("name", ["text", "empty", "missing", "folder"])
def test_a_certificate_file_that_cannot_be_used(
    surroundings: Environment, client: Any, name: str, files: dict[str, str]
) -> None:
    surroundings.setenv("SSL_CERT_FILE", files[name])
    said = told(client)
    assert said.startswith(f"SSL_CERT_FILE names a file that cannot be used: {files[name]} (")
    Client(base_url=f"http://{NAME}", credentials=KEYS).close()  # it needs none


@CLIENTS
@pytest.mark.parametrize("name", ["text", "no folder"])
def test_a_certificate_folder_that_is_not_there(
    surroundings: Environment, client: Any, name: str, files: dict[str, str]
) -> None:
    surroundings.setenv("SSL_CERT_DIR", files[name])
    assert told(client) == f"SSL_CERT_DIR names a folder that is not there: {files[name]}"
    Client(base_url=f"http://{NAME}", credentials=KEYS).close()


def test_a_proxy_with_tls_needs_certificates_too(
    surroundings: Environment, files: dict[str, str]
) -> None:
    surroundings.setenv("SSL_CERT_FILE", files["missing"])
    surroundings.setenv("HTTP_PROXY", "https://proxy.example")
    assert "SSL_CERT_FILE" in told(Client, f"http://{NAME}")


@CLIENTS
@pytest.mark.parametrize(
    "value", ["nonsense", "ftp://host", "http://", "http://h:x", f"http://{LONG}", "http://a..b"]
)
def test_an_address_of_the_environment_that_is_none(
    surroundings: Environment, client: Any, value: str
) -> None:
    surroundings.setenv("COC_BASE_URL", value)
    with pytest.raises(ConfigurationError, match=r"^(COC_BASE_URL |the host name )"):
        client(credentials=KEYS)


def test_an_authority_of_ones_own(
    drive: Drive, surroundings: Environment, certificates: Certificates, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(certificates.pem)
    with FaultServer(listing(3)) as server, Relay(server.port, tls=certificates) as front:
        url = f"https://{HOST}:{front.port}"
        unknown = drive(base_url=url, max_retries=0).walk(TICKET).error
        assert unknown is not None
        assert str(unknown).endswith(
            "; for a private certificate authority set SSL_CERT_FILE (docs/proxies.md)"
        )
        surroundings.setenv("SSL_CERT_FILE", str(file))
        assert len(drive(base_url=url, max_retries=0).walk(TICKET).ids) == 3


COMMAND_CASES = {
    "HTTPS_PROXY": WRONG_PROXIES["socks without its package"],
    "https_proxy": WRONG_PROXIES["half an address"],
    "NO_PROXY": "10.0.0.0/99",
    "SSL_CERT_FILE": "/nowhere/ca.pem",
    "SSL_CERT_DIR": "/nowhere",
    "COC_BASE_URL": "http://user@",
}


@pytest.mark.parametrize("arguments", [["list", "EX1"], ["show", "EX1", "EXS1"], ["watch", "EX1"]])
@pytest.mark.parametrize(("variable", "value"), COMMAND_CASES.items())
def test_the_command_ends_with_one_message(arguments: list[str], variable: str, value: str) -> None:
    base = {"COC_BASE_URL": URL, "COC_AUTH_TOKEN": "t", "ALL_PROXY": "http://proxy.example:1"}
    removed = {name: None for name in os.environ if name.startswith(("COC_", "HUAWEICLOUD_"))}
    result = CliRunner().invoke(app, arguments, env={**removed, **base, variable: value})
    assert result.exit_code == 2
    _, _, message = re.sub(r"\s+", " ", result.stderr).partition("Error: ")
    assert message.startswith(f"{variable} ")
    assert "Error" not in message
    assert result.stdout == ""
    assert not any(secret in result.output for secret in SECRETS)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    "address", ["http://user:12/3@proxy:3128", "http://proxy:3128/path", "http://proxy:3128?a=b"]
)
def test_a_proxy_with_more_behind_its_host_is_refused_and_not_shown(
    surroundings: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    """As of a password with a slash that was not percent-encoded."""
    surroundings.setenv(variable, address)
    with pytest.raises(ConfigurationError) as caught:
        Client(base_url="http://coc.example", credentials=KEYS)
    assert str(caught.value) == f"{variable} is not an address like http://host:port"


@pytest.mark.parametrize("scheme", ["https", "HTTPS", "Https"])
def test_a_scheme_in_any_case_is_verified_with_the_same_certificates(scheme: str) -> None:
    assert ssl_context(f"{scheme}://coc.example", None).cert_store_stats()["x509_ca"] > 0
