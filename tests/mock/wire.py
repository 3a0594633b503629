"""Plain requests to a mock: with httpx, or with http.client where every byte counts."""

from http.client import HTTPConnection
from types import SimpleNamespace

import httpx
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer


class Wire:
    """Sends requests with the mock's token."""

    def __init__(self, mock) -> None:
        self.mock = mock
        headers = {"X-Auth-Token": mock.token}
        # Not to read certificates that plain HTTP does not need is most of what a client costs.
        self.http = httpx.Client(
            base_url=mock.base_url, headers=headers, trust_env=False, verify=False
        )

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.http.close()

    def get(self, ticket, query="", **options):
        return self.http.get(f"/v1/executions/{ticket}/steps?{query}", **options)

    def page(self, ticket, query=""):
        """Give the ids of a page, and the total."""
        answer = self.get(ticket, query)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body.keys() == {"data", "total"}
        return ids(body["data"]), body["total"]


def ids(steps):
    return [step["execution_step_id"] for step in steps]


def send(mock, target, headers, method="GET", body=None):
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


def vendor_signed(mock, path, pairs, date, secret=None, more=(), body="", method="GET"):
    """Give target and headers as the vendor's own signer makes them."""
    request = SdkRequest(
        method=method,
        host=mock.base_url.removeprefix("http://"),
        resource_path=path,
        query_params=list(pairs),
        header_params={"X-Sdk-Date": date, **dict(more)},
        body=body,
    )
    keys = SimpleNamespace(ak=mock.access_key, sk=secret or mock.secret_key)
    Signer(keys).sign(request)
    return request.uri, request.header_params
