"""Plain requests to a mock: with httpx, or with http.client where every byte counts."""

from collections.abc import Iterable, Mapping
from http.client import HTTPConnection, HTTPMessage
from types import SimpleNamespace
from typing import Self, TypeAlias

import httpx
from coc_steps.mock import MockServer, Step
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from vendor_example import EXECUTIONS

Reply: TypeAlias = tuple[int, HTTPMessage, bytes]
"""Status, headers and body."""


class Wire:
    """Sends requests with the mock's token."""

    def __init__(self, mock: MockServer) -> None:
        self.mock = mock
        headers = {"X-Auth-Token": mock.token}
        # Not to read certificates that plain HTTP does not need is most of what a client costs.
        self.http = httpx.Client(
            base_url=mock.base_url, headers=headers, trust_env=False, verify=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.http.close()

    def get(self, ticket: str, query: str = "") -> httpx.Response:
        return self.http.get(f"{EXECUTIONS}/{ticket}/steps?{query}")

    def page(self, ticket: str, query: str = "") -> tuple[list[str], int]:
        """Return the ids of a page, and the total."""
        answer = self.get(ticket, query)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body.keys() == {"data", "total"}
        return ids(body["data"]), body["total"]


def ids(steps: Iterable[Step]) -> list[str]:
    return [step["execution_step_id"] for step in steps]


def send(
    mock: MockServer,
    target: str,
    headers: Mapping[str, str],
    method: str = "GET",
    body: bytes | None = None,
) -> Reply:
    """Send a request whose target is not touched; gives status, headers and body."""
    connection = HTTPConnection(mock.base_url.removeprefix("http://"), timeout=10)
    try:
        connection.putrequest(
            method, target, skip_accept_encoding=True, skip_host="Host" in headers
        )
        for name, value in headers.items():
            connection.putheader(name, value)
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def vendor_signed(
    mock: MockServer,
    path: str,
    pairs: Iterable[tuple[str, object]],
    date: str,
    secret: str | None = None,
    more: Mapping[str, str] | None = None,
    body: str = "",
    method: str = "GET",
) -> tuple[str, dict[str, str]]:
    """Return target and headers as the vendor's own signer makes them."""
    request = SdkRequest(
        method=method,
        host=mock.base_url.removeprefix("http://"),
        resource_path=path,
        query_params=list(pairs),
        header_params={"X-Sdk-Date": date, **(more or {})},
        body=body,
    )
    keys = SimpleNamespace(ak=mock.access_key, sk=secret or mock.secret_key)
    Signer(keys).sign(request)
    return request.uri, request.header_params
