"""From an answer to a page, or to the error that it is."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import format_datetime
from typing import Any, Self

import coc_steps
import pytest
from coc_steps import ApiError, ResponseFormatError
from coc_steps._steps.response import Answer, read_page
from hypothesis import given
from hypothesis import strategies as st

SECRET = "cAnArY-sEcReT"


def answer(status: int, content: Any = b"", **headers: str) -> Answer:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, names, raw, "GET /x", offset=0, secrets=(SECRET,))


def refused(status: int, content: Any = b"", **headers: str) -> ApiError:
    with pytest.raises(ApiError) as caught:
        read_page(answer(status, content, **headers))
    assert caught.value.__context__ is caught.value.__cause__ is None
    return caught.value


KINDS = {
    400: coc_steps.BadRequestError,
    401: coc_steps.AuthenticationError,
    403: coc_steps.PermissionDeniedError,
    404: coc_steps.NotFoundError,
    429: coc_steps.RateLimitError,
}
STATUSES = [100, 199, *range(300, 309), *range(400, 432), 451, 494, 499, *range(500, 512), 520, 599]


@pytest.mark.parametrize("status", [*STATUSES, 600, 999])
def test_each_status_has_its_error(status: int) -> None:
    server = coc_steps.ServerError if 500 <= status < 600 else ApiError
    error = refused(status)
    assert type(error) is KINDS.get(status, server)
    assert error.status_code == status
    assert str(error).startswith(f"GET /x: status {status}")
    found = (error.error_code, error.error_msg, error.request_id, error.retry_after, error.offset)
    assert found == (None,) * 5


@pytest.mark.parametrize("status", [201, 202, 204, 206, 226, 299])
@pytest.mark.parametrize("content", [b"", b'{"data": [], "total": 0}'])
def test_no_other_success_brings_a_page(status: int, content: bytes) -> None:
    with pytest.raises(ResponseFormatError, match=rf"^GET /x: status {status} brings no page \(r"):
        read_page(answer(status, content, x_request_id="r"))


REDIRECT = "redirects are not followed, since credentials must not go elsewhere"


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (300, REDIRECT),
        (302, REDIRECT),
        (399, REDIRECT),
        (400, "check the execution id: COC refuses an unknown one with this status"),
        (
            401,
            "check the credentials; nothing more is sent with them, since the vendor locks a key "
            "after more than five failures",
        ),
        (403, "the credentials need the permission coc:execution:listExecutionStep"),
        (404, "check the base URL and the execution id"),
        (429, "the gateway throttles; ask less often or with a larger page_size"),
    ],
)
def test_what_may_help_is_said(status: int, hint: str) -> None:
    assert str(refused(status)) == f"GET /x: status {status}; {hint}"


@pytest.mark.parametrize("status", [405, 500, 599])
def test_where_nothing_may_help_nothing_is_said(status: int) -> None:
    assert str(refused(status)) == f"GET /x: status {status}"


@pytest.mark.parametrize(
    "content",
    [
        {"error_code": "COC.1", "error_msg": "no"},
        {"errorCode": "COC.1", "errorMsg": "no"},
        {"error": {"code": "COC.1", "message": "no"}},
        {"error": "other", "error_code": "COC.1", "error_msg": "no"},
        {"error_code": "COC.1", "error_msg": "no", "encoded_authorization_message": SECRET},
    ],
)
@pytest.mark.parametrize("status", [400, 403, 500, 520])
def test_all_shapes_of_error_bodies_are_read(status: int, content: dict[str, Any]) -> None:
    error = refused(status, content)
    assert (error.error_code, error.error_msg) == ("COC.1", "no")
    assert f"status {status}; COC.1: no" in str(error)
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"\xff",
        b"[" * 100_000,
        [],
        None,
        "error_code",
        {},
        {"error_code": 5, "error_msg": ["no"], "request_id": {}},
        {"error": [1]},
    ],
)
def test_other_bodies_say_nothing(content: Any) -> None:
    error = refused(500, content)
    assert (error.error_code, error.error_msg, error.request_id) == (None, None, None)


def test_long_words_are_cut() -> None:
    error = refused(500, {"error_code": "c" * 501, "error_msg": "m" * 10_000})
    assert (error.error_code, error.error_msg) == ("c" * 500, "m" * 500)


def test_the_request_id_of_the_header_or_else_of_the_body() -> None:
    body = {"request_id": "body"}
    assert refused(500, body).request_id == "body"
    assert refused(500, body, x_request_id="head").request_id == "head"
    assert refused(500, body, x_request_id="").request_id == "body"
    assert str(refused(500, body)).endswith("(request id body)")
    with pytest.raises(ResponseFormatError, match=r"\(request id head\)$") as caught:
        read_page(answer(200, {}, x_request_id="head"))
    assert caught.value.request_id == "head"
    assert read_page(answer(200, {"total": 0}, x_request_id="head")).request_id == "head"


def test_what_the_server_says_back_of_the_credentials_is_masked() -> None:
    said = f"bad token {SECRET}, {SECRET}"
    error = refused(400, {"error_code": SECRET, "error_msg": said, "request_id": SECRET})
    assert error.error_msg == "bad token ***, ***"
    assert (error.error_code, error.request_id) == ("***", "***")
    head = refused(400, x_request_id=f"a{SECRET}")
    for one in (error, head):
        assert SECRET not in f"{one}{one!r}{vars(one)}{one.args}"
    long = refused(400, {"error_msg": "x" * 495 + SECRET})
    assert long.error_msg == "x" * 495 + "***"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("1.5", 1.5),
        ("999999", 999_999.0),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("soon", None),
        ("Tue, 01 Jul 1925 13:01:45 GMT", 0.0),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2300", 0.0),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert refused(429, retry_after=value).retry_after == seconds


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_retry_after_as_a_date(zone: str) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    seconds = refused(503, retry_after=f"{later:%a, %d %b %Y %H:%M:%S} {zone}").retry_after
    assert seconds is not None
    assert 3500 < seconds <= 3600


@given(st.text(), st.text())
def test_no_header_breaks_the_reading(retry_after: str, date: str) -> None:
    assert refused(401, retry_after=retry_after, date=date).status_code == 401


CLOCK = "the server's clock says"


@pytest.mark.parametrize("minutes", [-16, 16, 60 * 24])
def test_clocks_that_differ_are_named_at_401(minutes: int) -> None:
    date = datetime.now(UTC) + timedelta(minutes=minutes)
    said = str(refused(401, date=format_datetime(date, usegmt=True)))
    assert f"{CLOCK} {date:%Y-%m-%d %H:%M:%S} UTC" in said
    assert CLOCK not in str(refused(403, date=format_datetime(date)))


def test_the_clock_is_said_in_utc_whatever_the_zone() -> None:
    said = str(refused(401, date="Tue, 01 Jul 2025 13:01:45 +0800"))
    assert said == (
        f"GET /x: status 401; {CLOCK} 2025-07-01 05:01:45 UTC, more than 15 minutes from this "
        "machine's: set the clock, or the signature is refused"
    )


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_the_zone_of_this_machine_does_not_matter(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        said = str(refused(401, date=f"Tue, 01 Jul 2025 13:01:45 {zone}"))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert f"{CLOCK} 2025-07-01 13:01:45 UTC" in said


class Noon(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2025, 7, 1, 12, tzinfo=tz)


@pytest.mark.parametrize(
    ("date", "named"),
    [("11:44:59", True), ("11:45:00", False), ("12:15:00", False), ("12:15:01", True)],
)
def test_fifteen_minutes_are_allowed(
    date: str, named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coc_steps._steps.response.datetime", Noon)
    assert (CLOCK in str(refused(401, date=f"Tue, 01 Jul 2025 {date} GMT"))) is named


@pytest.mark.parametrize("minutes", [-14, 0, 14])
def test_clocks_that_agree_are_not_named(minutes: int) -> None:
    date = datetime.now(UTC) + timedelta(minutes=minutes)
    said = str(refused(401, date=format_datetime(date)))
    assert CLOCK not in said
    assert "check the credentials" in said


@pytest.mark.parametrize(
    "content",
    [
        {"error_code": "COC.00042101", "error_msg": "no"},
        {"error_code": "COC.00042101", "error_msg": "no", "data": [], "total": 0},
        {"errorCode": "COC.00042101", "errorMsg": "no"},
        {"error": {"code": "COC.00042101", "message": "no"}},
        {"error_code": "COC.00042101", "error_msg": "no", "data": "of another type"},
    ],
)
def test_a_success_with_a_failure_code_is_a_refusal(content: dict[str, Any]) -> None:
    error = refused(200, content, x_request_id="r")
    assert type(error) is ApiError
    assert (error.status_code, error.error_code, error.error_msg) == (200, "COC.00042101", "no")
    assert error.request_id == "r"


@pytest.mark.parametrize("code", ["Failed", "COC.1", "1", "COC.00000000x1"])
def test_other_codes_of_failure(code: str) -> None:
    assert refused(200, {"error_code": code, "data": [], "total": 0}).error_code == code


@pytest.mark.parametrize("code", ["COC.00000000", "0", "", None])
def test_codes_of_success(code: str | None) -> None:
    page = read_page(answer(200, {"error_code": code, "data": [{"name": "a"}], "total": 1}))
    assert [step.name for step in page.steps] == ["a"]


@pytest.mark.parametrize("content", [{"total": 0}, {"data": None, "total": 0}])
def test_no_data_is_an_empty_page_where_the_total_is_0(content: dict[str, Any]) -> None:
    page = read_page(answer(200, content))
    assert (list(page.steps), page.total) == ([], 0)


@pytest.mark.parametrize("total", [{}, {"total": None}, {"total": 1}, {"total": -1}])
@pytest.mark.parametrize("data", [{}, {"data": None}])
def test_no_data_is_an_error_otherwise(total: dict[str, Any], data: dict[str, Any]) -> None:
    with pytest.raises(ResponseFormatError, match=re.escape("GET /x: a success without data at $")):
        read_page(answer(200, total | data))


def test_a_page_knows_where_it_comes_from() -> None:
    content = {"data": [{"name": "a", "id": 7}, {"name": "b", "other": [1]}], "total": 9}
    page = read_page(replace(answer(200, content), offset=4))
    assert (page.offset, page.total, page.request_id) == (4, 9, None)
    assert page.raw.to_dict() == content
    assert [step.raw.to_dict() for step in page.steps] == content["data"]


@pytest.mark.parametrize("total", [None, 0, 5])
def test_data_needs_no_total(total: int | None) -> None:
    page = read_page(answer(200, {"data": [{}], "total": total}))
    assert (len(page.steps), page.total) == (1, total)
