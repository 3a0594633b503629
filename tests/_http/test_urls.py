"""The URL of a default client's request is what goes over the wire, and what is signed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest
from coc_steps import AsyncClient, Client
from drive import KEYS
from faults.server import FaultServer, Request
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from vendor_example import EXECUTIONS

from .servers import HOST, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIXES = ["", "/pre", "/a/b", "/pre%20fix/é", "/x+y", "/~%7E"]
HOSTS = {
    "coc.example": "coc.example",
    "COC.Example": "coc.example",
    "bücher.example": "xn--bcher-kva.example",
    "xn--bcher-kva.example": "xn--bcher-kva.example",
    "例え.テスト": "xn--r8jz45g.xn--zckzah",
    HOST: HOST,
}
NAMES = {"x-sdk-date": "X-Sdk-Date"}  # as the vendor's signer looks for it
PAGE = whole({"data": [], "total": 0})
NASTY = "aZ09-._~ +%&=?#/:;,@!$'()*[]{}|\\^`<>\"\n\té文🚀"

# The vendor's signer is wrong where an id has a slash: it sends a%2Fb and signs a/b.
ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda name: name not in (".", "..") and "/" not in name
) | st.text(NASTY.replace("/", ""), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..")
)
step_ids = st.none() | st.lists(ids, min_size=1, max_size=3, unique=True)
numbers = st.none() | st.integers(1, 2**31 - 1)


class Sent(NamedTuple):
    """A request as httpx had it, and as it came over the wire."""

    url: httpx.URL
    request: Request


Send = Callable[..., Sent]


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer(lambda _: [PAGE]) as server:
        yield server


@pytest.fixture
def send(server: FaultServer, kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:
    """Send one request with a default client to a host that is the loopback's in truth."""
    urls: list[httpx.URL] = []

    def spy(transport: Any, method: str) -> None:
        handle = getattr(transport, method)

        def spied(self: Any, request: httpx.Request) -> Any:
            urls.append(request.url)
            return handle(self, request)

        monkeypatch.setattr(transport, method, spied)

    spy(httpx.HTTPTransport, "handle_request")
    spy(httpx.AsyncHTTPTransport, "handle_async_request")
    address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (HOST, server.port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address])
    runner = asyncio.Runner()

    def send(base_url: str, ticket: str, **options: Any) -> Sent:
        before = len(urls), len(server.requests)
        if kind == "sync":
            with Client(base_url=base_url, credentials=KEYS, max_retries=0) as client:
                client.get_page(ticket, **options)
        else:

            async def main() -> None:
                async with AsyncClient(base_url=base_url, credentials=KEYS) as client:
                    await client.get_page(ticket, **options)

            runner.run(main())
        (url,), (request,) = urls[before[0] :], server.requests[before[1] :]
        return Sent(url, request)

    yield send
    runner.close()


def vendor_signature(request: Request, signed: str) -> str:
    """Return what the vendor's SDK signs of what came over the wire."""
    parts = urlsplit(request.target)
    theirs = SdkRequest(
        method=request.method,
        resource_path=parts.path,  # encoded, as its clients hand it over; it decodes it once
        query_params=[*parse_qsl(parts.query, keep_blank_values=True)],
        header_params={NAMES.get(name, name): request.headers[name] for name in signed.split(";")},
        body="",
    )
    Signer(SimpleNamespace(ak="AccessKey", sk="SecretKey")).sign(theirs)
    return str(theirs.header_params["Authorization"])


generously = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@generously
@given(
    st.sampled_from(list(HOSTS)),
    st.sampled_from(PREFIXES),
    ids,
    numbers,
    st.none() | st.integers(0, 2**63 - 1),
    step_ids,
)
@example("coc.example", "", "~%7E", 1, None, None)
@example("bücher.example", "/pre%20fix/é", "a b+c", 1, 2**63 - 1, ["é", "&="])
def test_the_url_is_what_goes_over_the_wire(
    send: Send,
    server: FaultServer,
    host: str,
    prefix: str,
    ticket: str,
    limit: int | None,
    offset: int | None,
    names: list[str] | None,
) -> None:
    base_url = f"http://{host}:{server.port}{prefix}"
    sent = send(base_url, ticket, limit=limit, offset=offset, step_ids=names)
    url, wire = urlsplit(str(sent.url)), urlsplit(sent.request.target)
    assert (url.path, url.query) == (wire.path, wire.query)
    assert sent.url.raw_path.decode() == sent.request.target
    assert sent.url.path == unquote(wire.path)
    assert sent.request.headers["host"] == f"{HOSTS[host]}:{server.port}"
    # What was asked for is there, and nothing else.
    assert sent.url.path == f"{unquote(prefix)}{EXECUTIONS}/{ticket}/steps"
    asked = {"limit": limit, "offset": offset}
    expected = [(name, str(value)) for name, value in asked.items() if value is not None]
    expected += [("execution_step_id_list", name) for name in names or ()]
    assert sorted(sent.url.params.multi_items()) == sorted(expected)
    assert sorted(parse_qsl(wire.query, keep_blank_values=True)) == sorted(expected)


@generously
@given(st.sampled_from(list(HOSTS)), st.sampled_from(PREFIXES), ids, numbers, step_ids)
@example("coc.example", "", "%00", None, None)
def test_what_goes_over_the_wire_is_what_is_signed(
    send: Send,
    server: FaultServer,
    host: str,
    prefix: str,
    ticket: str,
    limit: int | None,
    names: list[str] | None,
) -> None:
    base_url = f"http://{host}:{server.port}{prefix}"
    request = send(base_url, ticket, limit=limit, step_ids=names).request
    authorization = request.headers["authorization"]
    signed = authorization.partition("SignedHeaders=")[2].partition(",")[0]
    assert {"host", "x-sdk-date"} <= {*signed.split(";")}
    assert vendor_signature(request, signed) == authorization
