"""A token or a signature; signatures are made here by the vendor's own signer."""

import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

import pytest
from coc_steps._huawei.signature import authorization
from coc_steps.mock import MockServer, serve
from hypothesis import given
from hypothesis import strategies as st
from vendor_example import EXECUTIONS

from .wire import Reply, send, vendor_signed

NOW = datetime(2025, 7, 1, 13, 1, 45, tzinfo=UTC)
DATE = "20250701T130145Z"
# With a slash in the id the vendor's signer signs what it does not send.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1)


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with serve(clock=NOW.timestamp, tickets={"EX1": 12}) as server:
        yield server


@pytest.fixture
def path() -> str:
    return f"{EXECUTIONS}/EX1/steps"


def code(answer: Reply) -> int | str:
    """Return the status and, of a 401, the code; look at its shape in passing."""
    status, headers, body = answer
    if status != 401:
        return status
    assert body.startswith(b'{"error_code":"APIGW.0')
    assert b"error_msg" in body
    assert headers["X-Request-Id"].encode() in body
    return body[15:25].decode()


def test_token(mock: MockServer, path: str) -> None:
    assert code(send(mock, path, {"X-Auth-Token": mock.token})) == 200
    assert code(send(mock, path, {"x-auth-token": f" {mock.token} "})) == 200


@pytest.mark.parametrize("token", ["", "x", "\xe9"])
def test_a_wrong_token(mock: MockServer, path: str, token: str) -> None:
    assert code(send(mock, path, {"X-Auth-Token": token})) == "APIGW.0307"
    assert code(send(mock, path, {"X-Auth-Token": mock.token + token + "x"})) == "APIGW.0307"
    assert code(send(mock, path, {"X-Auth-Token": mock.token[:-1] + token})) == "APIGW.0307"


def test_a_token_is_no_signature_and_the_other_way_round(mock: MockServer, path: str) -> None:
    assert code(send(mock, path, {"Authorization": mock.token})) == "APIGW.0301"
    assert code(send(mock, path, {"X-Auth-Token": mock.secret_key})) == "APIGW.0307"


def test_nothing(mock: MockServer, path: str) -> None:
    assert code(send(mock, path, {})) == "APIGW.0301"


def test_both(mock: MockServer, path: str) -> None:
    target, headers = vendor_signed(mock, path, [], DATE)
    assert code(send(mock, target, headers)) == 200
    assert code(send(mock, target, {**headers, "X-Auth-Token": mock.token})) == "APIGW.0301"


def test_twice(mock: MockServer, path: str) -> None:
    headers = {"X-Auth-Token": mock.token, "x-auth-token": mock.token}
    assert code(send(mock, path, headers)) == "APIGW.0301"


@given(
    ticket=TEXT,
    pairs=st.lists(
        st.tuples(st.sampled_from(["limit", "offset", "execution_step_id_list"]) | TEXT, st.text())
    ),
)
def test_what_the_vendor_signs_is_let_in(
    mock: MockServer, ticket: str, pairs: list[tuple[str, str]]
) -> None:
    path = f"{EXECUTIONS}/{quote(ticket, safe='')}/steps"
    target, headers = vendor_signed(mock, path, pairs, DATE)
    assert code(send(mock, target, headers)) in (200, 400)


def test_all_kinds_of_signed_headers(mock: MockServer, path: str) -> None:
    more = {"X-Project-Id": "p", "X-Security-Token": "s", "X-Domain-Id": "d", "X-Language": "en-us"}
    target, headers = vendor_signed(mock, path, [("limit", 5)], DATE, more=more)
    assert "host;x-domain-id;x-language;x-project-id;x-sdk-date;x-sec" in headers["Authorization"]
    assert code(send(mock, target, headers)) == 200


def test_the_host_need_not_be_signed(mock: MockServer, path: str) -> None:
    target, headers = vendor_signed(mock, path, [], DATE)
    del headers["Host"]
    assert code(send(mock, target, headers)) == 200
    headers["Authorization"] = only_date(mock, path)
    assert code(send(mock, target, headers)) == 200


def only_date(mock: MockServer, path: str) -> str:
    """A signature over nothing but X-Sdk-Date; the vendor's signer always adds the host."""
    return authorization(
        access_key=mock.access_key,
        secret_key=mock.secret_key,
        method="GET",
        target=path,
        headers={"X-Sdk-Date": DATE},
    )


@pytest.mark.parametrize("position", [0, 20, 39])
def test_a_secret_that_is_wrong_in_one_bit(mock: MockServer, path: str, position: int) -> None:
    secret = list(mock.secret_key)
    secret[position] = chr(ord(secret[position]) ^ 1)
    target, headers = vendor_signed(mock, path, [], DATE, secret="".join(secret))
    assert code(send(mock, target, headers)) == "APIGW.0301"


def test_an_unknown_access_key(mock: MockServer, path: str) -> None:
    target, headers = vendor_signed(mock, path, [], DATE)
    headers["Authorization"] = headers["Authorization"].replace(mock.access_key, "A" * 20)
    assert code(send(mock, target, headers)) == "APIGW.0301"


def test_what_is_signed_cannot_be_changed(mock: MockServer, path: str) -> None:
    pairs = [("limit", 5), ("offset", 1)]
    target, headers = vendor_signed(mock, path, pairs, DATE, more={"X-Project-Id": "p"})
    assert code(send(mock, target, headers)) == 200
    for old, new in (("limit=5", "limit=6"), ("offset=1", "offset=1&x="), ("EX1", "EX2")):
        assert code(send(mock, target.replace(old, new), headers)) == "APIGW.0301"
    for name, value in (("X-Project-Id", "q"), ("Host", "x"), ("X-Sdk-Date", "20250701T130146Z")):
        assert code(send(mock, target, {**headers, name: value})) == "APIGW.0301"
    assert code(send(mock, target, headers, body=b"{}")) == "APIGW.0301"


def test_a_signed_body(mock: MockServer, path: str) -> None:
    target, headers = vendor_signed(mock, path, [], DATE, body='{"a":1}')
    assert code(send(mock, target, headers, body=b'{"a":1}')) == 200


@pytest.mark.parametrize("name", ["X-Security-Token", "X-Project-Id", "X-Domain-Id"])
def test_what_says_who_asks_must_be_signed(mock: MockServer, path: str, name: str) -> None:
    target, headers = vendor_signed(mock, path, [], DATE)
    assert code(send(mock, target, {**headers, name: "x"})) == "APIGW.0301"
    assert code(send(mock, target, {**headers, "X-Language": "zh-cn"})) == 200


@pytest.mark.parametrize("change", [" SignedHeaders=", ", Signature="])
def test_a_signed_header_that_is_not_there(mock: MockServer, path: str, change: str) -> None:
    target, headers = vendor_signed(mock, path, [], DATE, more={"X-Language": "en-us"})
    assert code(send(mock, target, headers)) == 200
    for name in ("X-Language", "X-Sdk-Date"):
        rest = {key: value for key, value in headers.items() if key != name}
        assert code(send(mock, target, rest)) == "APIGW.0301"
    assert code(send(mock, target, {**headers, "x-language": "en-us"})) == "APIGW.0301"


def test_the_date_must_be_signed(mock: MockServer, path: str) -> None:
    target, headers = vendor_signed(mock, path, [], DATE)
    headers["Authorization"] = headers["Authorization"].replace("host;x-sdk-date", "host")
    assert code(send(mock, target, headers)) == "APIGW.0301"


@pytest.mark.parametrize(("minutes", "seconds"), [(15, 0), (-15, 0), (14, 59), (0, 0)])
def test_a_date_that_is_close(mock: MockServer, path: str, minutes: int, seconds: int) -> None:
    assert code(dated(mock, path, timedelta(minutes=minutes, seconds=seconds))) == 200


@pytest.mark.parametrize(("minutes", "seconds"), [(15, 1), (-15, -1), (600, 0), (-60 * 24, 0)])
def test_a_date_that_is_far(mock: MockServer, path: str, minutes: int, seconds: int) -> None:
    answer = dated(mock, path, timedelta(minutes=minutes, seconds=seconds))
    assert code(answer) == "APIGW.0301"
    assert b"expired" in answer[2]


def dated(mock: MockServer, path: str, shift: timedelta) -> Reply:
    date = (NOW + shift).strftime("%Y%m%dT%H%M%SZ")
    return send(mock, *vendor_signed(mock, path, [], date))


@pytest.mark.parametrize("date", ["", "now", "2025-07-01T13:01:45Z", "20251301T130145Z", "2025"])
def test_a_malformed_date(mock: MockServer, path: str, date: str) -> None:
    target, headers = vendor_signed(mock, path, [], DATE)
    answer = send(mock, target, {**headers, "X-Sdk-Date": date})
    assert code(answer) == "APIGW.0301"
    assert b"malformed" in answer[2]


@pytest.mark.parametrize(
    "value",
    ["", "x", "SDK-HMAC-SHA256", "SDK-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=c"],
)
def test_a_malformed_authorization(mock: MockServer, path: str, value: str) -> None:
    answer = send(mock, path, {"Authorization": value, "X-Sdk-Date": DATE})
    assert code(answer) == "APIGW.0301"
    assert b"malformed" in answer[2]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("SDK-HMAC-SM3 Access=a, SignedHeaders=b, Signature=c", b"SDK-HMAC-SM3"),
        ("V11-HMAC-SHA256 Credential=a/b, SignedHeaders=b, Signature=c", b"V11-HMAC-SHA256"),
        ("Bearer sekret", b"Bearer"),
    ],
)
def test_an_unknown_algorithm_is_named(
    mock: MockServer, path: str, value: str, name: bytes
) -> None:
    answer = send(mock, path, {"Authorization": value, "X-Sdk-Date": DATE})
    assert code(answer) == "APIGW.0301"
    assert b"the algorithm " + name + b" is not known, only SDK-HMAC-SHA256" in answer[2]
    assert b"sekret" not in answer[2]


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9))
def test_header_values_beyond_ascii_are_signed_as_utf8(mock: MockServer, text: str) -> None:
    path = f"{EXECUTIONS}/EX1/steps"
    target, headers = vendor_signed(mock, path, [], DATE, more={"X-Note": text})
    assert code(send(mock, target, headers)) == 200
    assert code(send(mock, target, {**headers, "X-Note": "other value"})) == "APIGW.0301"


def npm_signed(mock: MockServer, path: str, **more: str) -> dict[str, str]:
    """Headers as the vendor's signer for npm makes them: it names and signs those with ``_``.

    It sorts the names by code point, but the lines as people do, with ``_`` before ``-``.
    """
    host = mock.base_url.removeprefix("http://")
    headers = {"host": host, "x-sdk-date": DATE} | {key.lower(): more[key] for key in more}
    names = ";".join(sorted(headers))
    lines = "".join(
        f"{name}:{headers[name]}\n"
        for name in sorted(headers, key=lambda name: name.replace("_", " ").replace("-", "!"))
    )
    body = headers.get("x-sdk-content-sha256", sha256().hexdigest())
    request = f"GET\n{path}/\n\n{lines}\n{names}\n{body}"
    to_sign = f"SDK-HMAC-SHA256\n{DATE}\n{sha256(request.encode()).hexdigest()}"
    signature = hmac.new(mock.secret_key.encode(), to_sign.encode(), sha256).hexdigest()
    access = f"SDK-HMAC-SHA256 Access={mock.access_key}"
    value = f"{access}, SignedHeaders={names}, Signature={signature}"
    del headers["host"]
    return {"Host": host, **headers, "Authorization": value}


@pytest.mark.parametrize(
    "more",
    [
        {"x_note": "a"},
        {"x_note": "a", "x-note": "b", "x-a": "c", "x_a": "d"},
        {"x-sdk-content-sha256": "UNSIGNED-PAYLOAD"},
        {"x-sdk-content-sha256": sha256().hexdigest(), "x_a_b": "1"},
    ],
)
def test_what_the_signer_for_npm_makes(mock: MockServer, path: str, more: dict[str, str]) -> None:
    headers = npm_signed(mock, path, **more)
    assert code(send(mock, path, headers)) == 200
    for name in more:
        assert code(send(mock, path, {**headers, name: "other"})) == "APIGW.0301"


def test_a_signed_digest_of_another_body(mock: MockServer, path: str) -> None:
    headers = npm_signed(mock, path, **{"x-sdk-content-sha256": sha256(b"other").hexdigest()})
    answer = send(mock, path, headers)
    assert code(answer) == "APIGW.0301"
    assert b"X-Sdk-Content-Sha256 is not that of the body" in answer[2]


@pytest.mark.parametrize("change", ["lower", "spaces", "order"])
def test_another_spelling_of_the_authorization(mock: MockServer, path: str, change: str) -> None:
    target, headers = vendor_signed(mock, path, [], DATE)
    value = headers["Authorization"]
    headers["Authorization"] = {
        "lower": value.replace("SDK-HMAC-SHA256", "sdk-hmac-sha256"),
        "spaces": value.replace(", ", ","),
        "order": value.replace("host;x-sdk-date", "x-sdk-date;host"),
    }[change]
    assert code(send(mock, target, headers)) == "APIGW.0301"


def test_no_credential_comes_back(mock: MockServer, path: str) -> None:
    target, headers = vendor_signed(mock, path, [], DATE, secret="wrong")
    more = {"X-Security-Token": "sekret"}
    signature = headers["Authorization"][-64:]
    secrets = (mock.access_key, mock.secret_key, mock.token, "sekret", signature)
    for credentials in (headers, headers | more, {"X-Auth-Token": "sekret"}, more):
        status, answered, body = send(mock, target, credentials)
        assert status == 401
        assert not any(secret in f"{answered}{body.decode()}" for secret in secrets)
