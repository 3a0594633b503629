"""Everything but a valid request for a known ticket is refused, in the vendor's shape."""

import pytest
from coc_steps.mock import MockServer
from vendor_example import EXECUTIONS

from .wire import Wire, send

INVALID = [
    *(f"limit={value}" for value in ("0", "-1", "abc", "2147483648", "1.5", "", "1e1", "%2B1")),
    *(f"limit={value}" for value in ("01", "0x1", "%201", "1%20", "1,2", "%D9%A1", "null", "true")),
    *(f"limit={'9' * length}" for length in (19, 20, 5000)),
    "limit",
    "limit=1&limit=1",
    "limit=1&limit=",
    *(f"offset={value}" for value in ("-1", "9223372036854775808", "abc", "", "1.0", "-0", "00")),
    "offset=0&offset=0",
    "execution_step_id_list=",
    "execution_step_id_list",
    "execution_step_id_list=a&execution_step_id_list=",
]


@pytest.mark.parametrize("query", INVALID)
def test_an_invalid_parameter(wire: Wire, ticket: str, query: str) -> None:
    answer = wire.get(ticket, query)
    name = query.partition("=")[0]
    assert answer.status_code == 400
    assert answer.json() == {
        "error_code": "COC.00010002",
        "error_msg": f"The value of {name} is invalid.",
    }


@pytest.mark.parametrize(
    "query", ["unknown=1", "Limit=0", "limit%20=0", "&&", "offset=9223372036854775807", "limit=10&"]
)
def test_what_is_not_refused(wire: Wire, ticket: str, query: str) -> None:
    assert wire.get(ticket, query).status_code == 200


@pytest.mark.parametrize("name", ["EX0", "..", "%2E%2E", "a%2Fb", "%FF", "%00", "a b"])
def test_an_unknown_ticket(mock: MockServer, name: str) -> None:
    target = f"{EXECUTIONS}/{name.replace(' ', '%20')}/steps"
    status, _, body = send(mock, target, {"X-Auth-Token": mock.token})
    assert status == 400
    assert body == (b'{"error_code":"COC.00042101","error_msg":"The execution does not exist."}')


def test_the_id_is_case_sensitive(wire: Wire, ticket: str) -> None:
    assert wire.get(ticket.lower()).json()["error_code"] == "COC.00042101"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"{EXECUTIONS}//steps",
        f"{EXECUTIONS}/TICKET/steps/",
        f"{EXECUTIONS}/TICKET",
        f"{EXECUTIONS}/TICKET%2Fsteps",
        f"{EXECUTIONS}/TICKET/x/steps",
        "/v9/executions/TICKET/steps",
        f"/{EXECUTIONS}/TICKET/steps",
        f"/prefix{EXECUTIONS}/TICKET/steps",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_path(mock: MockServer, ticket: str, path: str, method: str) -> None:
    target = path.replace("TICKET", ticket)
    status, headers, body = send(mock, target, {"X-Auth-Token": mock.token}, method)
    assert status == 404
    assert headers["Allow"] is None
    assert b'"error_code":"APIGW.0101"' in body
    assert f'"request_id":"{headers["X-Request-Id"]}"'.encode() in body


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])
def test_another_method(wire: Wire, ticket: str, method: str) -> None:
    answer = wire.http.request(method, f"{EXECUTIONS}/{ticket}/steps")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"
    assert answer.json()["error_code"] == "APIGW.0501"
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]


def test_head_is_another_method_without_a_body(wire: Wire, ticket: str) -> None:
    answer = wire.http.head(f"{EXECUTIONS}/{ticket}/steps")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"
    assert answer.content == b""
    assert wire.get(ticket).status_code == 200


def test_authentication_comes_before_the_rest(mock: MockServer, ticket: str) -> None:
    for target in (f"{EXECUTIONS}/EX0/steps", f"{EXECUTIONS}/{ticket}/steps?limit=0"):
        assert send(mock, target, {})[0] == 401
    assert send(mock, f"{EXECUTIONS}/{ticket}/steps", {}, "POST")[0] == 405
