"""Whoever stands before the service is told apart from it, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from coc_steps import (
    ApiError,
    AuthenticationError,
    CocError,
    PermissionDeniedError,
    ResponseFormatError,
    ServerError,
    TransportError,
)
from drive import TICKET
from faults.server import FaultServer
from vendor_example import EXECUTIONS

from .conftest import NAME
from .servers import HOST, Relay

if TYPE_CHECKING:
    from conftest import Clock, Drive
    from drive import Driver

HTML = b"<html><head><style>b{}</style><title>Blocked</title></head><body>by policy</body></html>"
STRANGERS = {
    "html": (b"text/html; charset=utf-8", HTML, ", but text/html: 'Blocked by policy'"),
    "text": (b"text/plain", b"access\r\ndenied", ", but text/plain: 'access denied'"),
    "json of another shape": (
        b"application/json",
        b'{"message": "no"}',
        """, but application/json: '{"message": "no"}'""",
    ),
    "json that is no object": (
        b"application/json",
        b'["no"]',
        """, but application/json: '["no"]'""",
    ),
    "no content type": (b"", b"no", ": 'no'"),
    "no text": (b"image/gif", b"GIF89a\xff\xfe", ", but image/gif: 'GIF89a\ufffd\ufffd'"),
}
STATUSES = {403: PermissionDeniedError, 404: ApiError, 407: ApiError, 502: ServerError}
OF_COC = ("permission coc:", "execution id", "X-Auth", "vendor")


def answer(status: int, media: bytes, content: bytes, headers: bytes = b"") -> list[bytes]:
    kind = b"Content-Type: %s\r\n" % media if media else b""
    length = b"Content-Length: %d\r\n" % len(content)
    return [b"HTTP/1.1 %d Said\r\n%s%s%s\r\n%s" % (status, kind, length, headers, content)]


def error_of(driver: Driver) -> CocError:
    with pytest.raises(CocError) as caught:
        driver.get_page(TICKET)
    return caught.value


@pytest.mark.parametrize(("media", "content", "shown"), STRANGERS.values(), ids=list(STRANGERS))
@pytest.mark.parametrize(("status", "error"), STATUSES.items())
def test_an_error_of_somebody_else(
    drive: Drive,
    clock: Clock,
    status: int,
    error: type[ApiError],
    media: bytes,
    content: bytes,
    shown: str,
) -> None:
    with FaultServer(lambda _: answer(status, media, content)) as server:
        caught = error_of(drive(base_url=server.url))
    assert isinstance(caught, error)
    assert f"status {status}; not an answer of the platform{shown}" in str(caught)
    assert not any(hint in str(caught) for hint in OF_COC)
    assert len(server.requests) == (3 if status == 502 else 1)  # 407 is not tried again


@pytest.mark.parametrize(("media", "content", "shown"), STRANGERS.values(), ids=list(STRANGERS))
def test_a_proxy_that_answers_itself_is_named(
    drive: Drive,
    surroundings: pytest.MonkeyPatch,
    media: bytes,
    content: bytes,
    shown: str,
) -> None:
    with FaultServer(lambda _: answer(403, media, content)) as proxy:
        surroundings.setenv("HTTP_PROXY", f"http://alice:pa55word@{HOST}:{proxy.port}")
        said = str(error_of(drive(base_url=f"http://{NAME}")))
        assert proxy.requests[0].target == f"http://{NAME}{EXECUTIONS}/{TICKET}/steps"
    assert said == (
        f"GET {EXECUTIONS}/{TICKET}/steps: status 403; not an answer of the platform"
        f"{shown}; asked through the proxy http://{HOST}:{proxy.port} (HTTP_PROXY)"
    )


def test_an_error_of_the_platform_keeps_its_hint(drive: Drive) -> None:
    content = b'{"error_code": "APIGW.0302", "error_msg": "denied"}'
    with FaultServer(lambda _: answer(403, b"application/json", content)) as server:
        said = str(error_of(drive(base_url=server.url)))
    assert "APIGW.0302: denied; the credentials need the permission coc:" in said


@pytest.mark.parametrize(("media", "content", "shown"), STRANGERS.values(), ids=list(STRANGERS))
def test_a_success_of_somebody_else(
    drive: Drive, surroundings: pytest.MonkeyPatch, media: bytes, content: bytes, shown: str
) -> None:
    """As of a captive portal."""
    with FaultServer(lambda _: answer(200, media, content)) as proxy:
        surroundings.setenv("HTTP_PROXY", proxy.url)
        caught = error_of(drive(base_url=f"http://{NAME}"))
    assert isinstance(caught, ResponseFormatError)
    if not content.startswith((b"{", b"[")):
        assert shown in str(caught)
        assert f"asked through the proxy {proxy.url} (HTTP_PROXY)" in str(caught)


def test_a_401_of_somebody_else_is_no_reason_to_send_the_keys_again(drive: Drive) -> None:
    with FaultServer(lambda _: answer(401, b"text/html", HTML)) as server:
        driver = drive(base_url=server.url)
        first, second = error_of(driver), error_of(driver)
    assert isinstance(first, AuthenticationError)
    assert "nothing more is sent with these credentials" in str(first)
    assert "nothing was sent" in str(second)
    assert len(server.requests) == 1


CONNECT = {
    403: (PermissionDeniedError, b"Forbidden", 1),
    407: (ApiError, b"Proxy Authentication Required", 1),
    502: (ServerError, b"Bad Gateway", 3),
}


@pytest.mark.parametrize("status", CONNECT)
def test_a_proxy_that_refuses_to_connect(
    drive: Drive, clock: Clock, surroundings: pytest.MonkeyPatch, status: int
) -> None:
    error, reason, tries = CONNECT[status]
    refusal = b"HTTP/1.1 %d %s\r\nContent-Type: text/html\r\n\r\n%s" % (status, reason, HTML)
    with Relay(0, connect=refusal) as proxy:
        surroundings.setenv("HTTPS_PROXY", f"http://alice:pa55word@{HOST}:{proxy.port}")
        caught = error_of(drive(base_url=f"https://{NAME}"))
    said = str(caught)
    assert isinstance(caught, error)
    assert caught.status_code == status
    assert f"{status} {reason.decode()}" in said
    assert f"the proxy http://{HOST}:{proxy.port} (HTTPS_PROXY)" in said
    assert ("asks for a user and a password" in said) == (status == 407)
    assert "pa55word" not in said
    assert not any(hint in said for hint in OF_COC)
    assert len(proxy.heads) == tries


def test_a_proxy_that_is_not_there_is_named(drive: Drive, surroundings: pytest.MonkeyPatch) -> None:
    with FaultServer(lambda _: [], listening=False) as proxy:
        surroundings.setenv("HTTPS_PROXY", f"http://alice:pa55word@{HOST}:{proxy.port}")
        caught = error_of(drive(base_url=f"https://{NAME}", max_retries=0))
    assert isinstance(caught, TransportError)
    assert f"through the proxy http://{HOST}:{proxy.port} (HTTPS_PROXY): no complete" in str(caught)
    assert "pa55word" not in str(caught)
