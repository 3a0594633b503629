"""Credentials: what they add to a request, and that they show nothing to anyone else."""

import copy
import pickle
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from coc_steps._huawei.credentials import (
    AkSk,
    AuthToken,
    Credentials,
    checked_credentials,
    checked_text,
)
from coc_steps._huawei.signature import authorization
from hypothesis import given
from hypothesis import strategies as st

CANARY = "cAnArY-0123456789-sEcReT"
NOW = datetime(2025, 7, 1, 13, 1, 45, 999_999, UTC)
REQUEST: dict[str, Any] = {
    "method": "GET",
    "host": "coc.myhuaweicloud.com",
    "target": "/v1/executions/EX1/steps",
}
FULL = {"security_token": CANARY, "project_id": CANARY, "domain_id": CANARY}

SECRET = [
    AuthToken(CANARY),
    AkSk("AccessKey", CANARY),
    AkSk("AccessKeyOf20letters", CANARY, **FULL),
]


def test_a_token_is_sent_as_it_is() -> None:
    assert AuthToken(CANARY).headers(**REQUEST, now=NOW) == {"X-Auth-Token": CANARY}


def test_a_key_pair_signs_as_the_known_answer_says() -> None:
    headers = AkSk("AccessKey", "SecretKey", domain_id="DomainId", security_token="Token").headers(
        method="GET",
        host="coc.myhuaweicloud.com",
        target="/v1/executions/EX20250624161701019xxxx/steps"
        "?execution_step_id_list=EXS1&execution_step_id_list=EXS2&limit=10&offset=20",
        now=NOW,
    )
    assert headers == {
        "X-Sdk-Date": "20250701T130145Z",
        "X-Security-Token": "Token",
        "X-Domain-Id": "DomainId",
        "Authorization": "SDK-HMAC-SHA256 Access=AccessKey, "
        "SignedHeaders=host;x-domain-id;x-sdk-date;x-security-token, "
        "Signature=821c93078e68816677561f189013442466b8b6a617e4f4c13790d56c1faef435",
    }


def test_a_key_pair_alone_adds_nothing_else() -> None:
    target = "/v1/executions/EX20250624161701019xxxx/steps"
    request: dict[str, Any] = {**REQUEST, "target": target}
    headers = AkSk("AccessKey", "SecretKey").headers(**request, now=NOW)
    assert sorted(headers) == ["Authorization", "X-Sdk-Date"]
    assert headers["Authorization"].endswith(
        "SignedHeaders=host;x-sdk-date, "
        "Signature=a0598d0f7b47a389919eeb11e45ae1b122b206db5eb89df7571e1e6111776a2f"
    )


@pytest.mark.parametrize(
    ("argument", "header"),
    [
        ("security_token", "X-Security-Token"),
        ("project_id", "X-Project-Id"),
        ("domain_id", "X-Domain-Id"),
    ],
)
def test_each_optional_header_is_sent_and_signed(argument: str, header: str) -> None:
    headers = AkSk("AccessKey", "SecretKey", **{argument: "value"}).headers(**REQUEST, now=NOW)
    assert sorted(headers) == sorted(["Authorization", "X-Sdk-Date", header])
    assert headers[header] == "value"
    signed = sorted(["host", "x-sdk-date", header.lower()])
    assert f"SignedHeaders={';'.join(signed)}," in headers["Authorization"]


def test_a_body_is_signed() -> None:
    body = b'{"name":"test","id":1}'
    headers = AkSk("AccessKey", "SecretKey").headers(
        method="POST",
        host="service.endpoint.myhuaweicloud.com",
        target="/resources?size=1",
        now=datetime(2020, 6, 8, 2, 39, tzinfo=UTC),
        body=body,
    )
    assert headers["Authorization"] == authorization(
        access_key="AccessKey",
        secret_key="SecretKey",
        method="POST",
        target="/resources?size=1",
        headers={"host": "service.endpoint.myhuaweicloud.com", "x-sdk-date": "20200608T023900Z"},
        body_sha256=sha256(body).hexdigest(),
    )


@pytest.fixture
def zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Far from UTC; the library would otherwise be right by accident on most servers."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "XYZ-5")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("zone_of_the_machine")
def test_the_date_is_in_utc_whatever_the_zone() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=8)))
    keys = AkSk("AccessKey", "SecretKey")
    assert keys.headers(**REQUEST, now=elsewhere) == keys.headers(**REQUEST, now=NOW)
    assert keys.headers(**REQUEST, now=NOW)["X-Sdk-Date"] == "20250701T130145Z"


def test_headers_may_be_changed_by_who_gets_them() -> None:
    keys = AkSk("AccessKey", "SecretKey", project_id="p")
    keys.headers(**REQUEST, now=NOW).clear()
    assert keys.headers(**REQUEST, now=NOW)["X-Project-Id"] == "p"


DIFFERENT = [
    AuthToken("a"),
    AuthToken("b"),
    AkSk("a", "b"),
    AkSk("b", "a"),
    AkSk("a", "c"),
    AkSk("a", "b", security_token="s"),
    AkSk("a", "b", project_id="s"),
    AkSk("a", "b", domain_id="s"),
    AkSk("a", "b", domain_id="s", project_id="s"),
]


def test_compared_and_hashed_by_value() -> None:
    assert AuthToken("a") == AuthToken("a")
    assert AkSk("a", "b", domain_id="s") == AkSk("a", "b", domain_id="s")
    again = [copy.copy(one) for one in DIFFERENT] + [AuthToken("a"), AkSk("a", "b")]
    assert len({*DIFFERENT, *again}) == len(DIFFERENT)
    assert len({*map(hash, DIFFERENT)}) > 1
    assert all((one == two) is (one is two) for one in DIFFERENT for two in DIFFERENT)
    assert AuthToken("a") != "a"
    assert AuthToken("a") != ("a",)


@pytest.mark.parametrize("credentials", SECRET)
def test_a_copy_is_the_same_object(credentials: Credentials) -> None:
    assert copy.copy(credentials) is credentials
    assert copy.deepcopy({"in": [credentials]})["in"][0] is credentials


@pytest.mark.parametrize("credentials", SECRET)
@pytest.mark.parametrize("name", ["_token", "_access_key", "_secret_key", "_optional", "new"])
def test_nothing_can_be_changed(credentials: Credentials, name: str) -> None:
    message = f"^{type(credentials).__name__} cannot be changed; make a new one$"
    with pytest.raises(AttributeError, match=message):
        setattr(credentials, name, "x")
    with pytest.raises(AttributeError, match=message):
        delattr(credentials, name)


@pytest.mark.parametrize("credentials", SECRET)
def test_nothing_is_shown(credentials: Credentials) -> None:
    shown = [
        repr(credentials),
        str(credentials),
        f"{credentials}",
        f"{credentials!r:>80}",
        f"{[credentials]} { ({'auth': credentials}) }",
        "%s %r" % (credentials, credentials),  # noqa: UP031
        repr(dir(credentials)),
    ]
    assert not any(CANARY in text or CANARY[-4:] in text for text in shown)
    with pytest.raises(TypeError, match="__format__") as refused:
        f"{credentials:>80}"
    assert CANARY not in str(refused.value)
    with pytest.raises(TypeError):
        vars(credentials)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("credentials", SECRET)
def test_pickling_is_refused_and_says_what_to_do(credentials: Credentials, protocol: int) -> None:
    with pytest.raises(TypeError) as refused:
        pickle.dumps({"deep": [credentials]}, protocol)
    assert str(refused.value) == (
        f"{type(credentials).__name__} holds a secret and cannot be pickled; hand plain settings "
        "to the other process and make the credentials there"
    )


def test_repr_tells_keys_apart_by_their_end() -> None:
    assert repr(AkSk("HPUA0123456789AB", CANARY)) == "AkSk(...89AB)"
    assert repr(AkSk("HPUA0123456789A", CANARY)) == "AkSk(...)"
    assert repr(AuthToken(CANARY)) == "AuthToken(...)"


MAKERS: dict[str, Callable[[Any], Credentials]] = {
    "token": AuthToken,
    "access_key": lambda value: AkSk(value, "secret"),
    "secret_key": lambda value: AkSk("access", value),
    "security_token": lambda value: AkSk("access", "secret", security_token=value),
    "project_id": lambda value: AkSk("access", "secret", project_id=value),
    "domain_id": lambda value: AkSk("access", "secret", domain_id=value),
}
every_part = pytest.mark.parametrize("name", MAKERS)


@every_part
@pytest.mark.parametrize("value", ["", " ", "\n\t ", "\u3000"])
def test_an_empty_part_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} is empty$"):
        MAKERS[name](value)


@every_part
@pytest.mark.parametrize(
    "slip",
    [
        " {}",
        "{} ",
        "{}\n",
        "{}\r\nX-Evil: 1",
        "a{}\x00",
        "{}\x7f",
        "é{}",
        "{} {}",
        "“{}”",
        "\ud800{}",
    ],
)
def test_a_part_that_no_header_can_carry_is_refused_without_showing_it(
    name: str, slip: str
) -> None:
    with pytest.raises(ValueError, match=f"^{name} has a character that is not visible") as refused:
        MAKERS[name](slip.format(CANARY, CANARY))
    assert refused.value.args == (
        f"{name} has a character that is not visible ASCII, such as a space or a line break "
        "before, within or after it",
    )
    assert refused.value.__context__ is None


@every_part
@pytest.mark.parametrize("value", [CANARY.encode(), [CANARY], 7])
def test_a_part_that_is_no_string_is_refused_without_showing_it(name: str, value: object) -> None:
    with pytest.raises(TypeError) as refused:
        MAKERS[name](value)
    assert refused.value.args == (f"{name} must be a str, not {type(value).__name__}",)


@pytest.mark.parametrize("name", ["token", "access_key", "secret_key"])
def test_none_is_no_credential(name: str) -> None:
    with pytest.raises(TypeError, match=f"^{name} must be a str, not NoneType$"):
        MAKERS[name](None)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1))
def test_all_of_visible_ascii_is_taken(text: str) -> None:
    assert checked_text("x", text) == text
    assert AuthToken(text).headers() == {"X-Auth-Token": text}


@given(st.text(min_size=1), st.sampled_from([*map(chr, range(0x21)), "\x7f", "\x80", "\xff"]))
def test_anything_else_is_not(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=r"^x (is empty|has a character)"):
        checked_text("x", text + wrong)


@pytest.mark.parametrize("credentials", SECRET)
def test_credentials_are_taken_as_such(credentials: Credentials) -> None:
    assert checked_credentials(credentials) is credentials


@pytest.mark.parametrize("value", [None, CANARY, (CANARY, CANARY), AuthToken])
def test_anything_else_is_refused_without_showing_it(value: object) -> None:
    with pytest.raises(TypeError) as refused:
        checked_credentials(value)
    name = type(value).__name__
    assert refused.value.args == (f"credentials must be AkSk or AuthToken, not {name}",)
