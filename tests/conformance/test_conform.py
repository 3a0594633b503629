"""The check as a whole: verdicts on servers that are broken, busy, gone, or going on."""

from __future__ import annotations

import _thread
import signal
import socket
from typing import TYPE_CHECKING, Any, Unpack

import pytest
from coc_steps import AkSk, AuthToken, ConfigurationError
from coc_steps.conformance import Kind, Profile, Report, conform
from coc_steps.mock import Application, Refusal, fail, run_app, serve, throttle

from .honest import VARIATIONS
from .mutants import MUTANTS

if TYPE_CHECKING:
    from coc_steps.mock import Answer, Fault, Handler, Request
    from starlette.types import Message, Receive, Scope, Send

    from .servers import Options

TICKET = "EX20250701210145019abcd"

SAMPLE = {
    "cap-moves-pages": "windows",
    "credential-in-header": "no-credentials",
    "cursor-added-where-there-is-more": "undocumented-keys",
    "every-third-page-drops-a-step": "windows",
    "order-alternates": "same-answer",
    "offset-is-32-bits": "past-the-end",
    "old-signature-accepted": "credentials-required",
    "pending-is-null": "step-texts",
    "percent-is-wildcard": "near-misses",
    "ticket-in-any-case": "unknown-tickets",
    "total-ignores-filter": "filter-total",
}
"""Mutants, and a check that must find each: `make mutants` runs all of them."""


def check(*, ids: tuple[str, ...] = (), **options: Unpack[Options]) -> Report:
    """Check a mock with few examples, by its address, its tickets and its token."""
    asked: Options = {"tickets": {TICKET: 23}, **options}
    with serve(**asked) as mock:
        tickets = ids or tuple(mock.tickets)
        return conform(mock.base_url, tickets, credentials=AuthToken(mock.token), max_examples=10)


def checks(report: Report) -> set[str]:
    return {finding.check for finding in report.findings}


def throttled_after(count: int) -> Fault:
    """Refuse all requests but the first ones."""

    def fault(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            if request.number > count:
                return Refusal(429, "APIGW.0308", "Not now.").answer(request)
            return handler(request)

        return handle

    return fault


@pytest.mark.parametrize("name", SAMPLE)
def test_a_mutant_is_found(name: str) -> None:
    with serve(**MUTANTS[name].options) as mock:
        tickets = [ticket for ticket, count in mock.tickets.items() if count == 23]
        keys = AkSk(mock.access_key, mock.secret_key)
        report = conform(mock.base_url, tickets, credentials=keys, max_examples=10)
    assert report.verdict() == "failed"
    assert SAMPLE[name] in checks(report)


@pytest.mark.parametrize(
    "name",
    [
        "cap-of-7",
        "goes-on-meanwhile",
        "hundred-at-most",
        "only-empty-tickets",
        "only-single-steps",
        "vendors-example",
    ],
)
def test_an_honest_server_is_not_accused(name: str) -> None:
    options: Options = {"tickets": {"EX1": 0, "EX2": 23}, **VARIATIONS[name].options}
    report = check(**options)
    assert report.verdict() == "passed", str(report)


def test_a_long_ticket_is_read_in_pages_that_no_server_refuses() -> None:
    options: Options = {**VARIATIONS["hundred-at-most"].options, "tickets": {TICKET: 3_500}}
    report = check(**options)
    assert report.verdict() == "passed", str(report)


def test_throttling_is_waited_for() -> None:
    report = check(faults=[throttle(5, retry_after="0.01")])
    assert report.passed, str(report)


def test_a_run_that_was_throttled_shows_nothing() -> None:
    report = check(faults=[throttled_after(60)])
    assert (report.verdict(), list(report.findings)) == ("inconclusive", [])
    assert "valid requests were answered with a success" in str(report)


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_server_that_answers_nothing_shows_nothing(status: int) -> None:
    report = check(faults=[fail(status)])
    assert report.exit_code(Kind.VIOLATION) == 3
    assert "cannot be read" in report.doubts[0]


def test_a_ticket_that_nobody_knows_shows_nothing() -> None:
    report = check(ids=("EX-unknown",))
    assert (report.verdict(), list(report.findings)) == ("inconclusive", [])
    assert "COC.00042101" in report.doubts[0]


def test_a_server_that_is_not_there_shows_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    report = conform(f"http://127.0.0.1:{port}", ["EX1"], credentials=AuthToken("secret"))
    assert (report.verdict(), list(report.findings)) == ("inconclusive", [])
    assert "cannot be read: no answer: ConnectionRefusedError: " in report.doubts[0]


def test_an_answer_that_breaks_off_is_found() -> None:
    app = Application(tickets={TICKET: 23})

    async def breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
        async def cut(message: Message) -> None:
            await send({**message, "body": message["body"][:9]} if "body" in message else message)

        late = b"limit=10&offset=2147483648" in scope["query_string"]
        await app(scope, receive, cut if late else send)

    with run_app(breaks_off) as base_url:
        token = AuthToken(app.keys.token)
        report = conform(base_url, [TICKET], credentials=token, max_examples=5)
    assert [finding.check for finding in report.findings] == ["answers-arrive"]
    assert (report.verdict(), report.doubts) == ("failed", [])


def test_a_ticket_that_breaks_off_is_found() -> None:
    app = Application(tickets={TICKET: 23})

    async def breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
        async def cut(message: Message) -> None:
            await send({**message, "body": message["body"][:999]} if "body" in message else message)

        await app(scope, receive, send if b"limit=1&" in scope["query_string"] else cut)

    with run_app(breaks_off) as base_url:
        report = conform(base_url, [TICKET], credentials=AuthToken(app.keys.token))
    assert [finding.check for finding in report.findings] == ["answers-arrive"]
    assert report.verdict() == "failed"


def test_refused_credentials() -> None:
    with serve() as mock:
        report = conform(mock.base_url, [*mock.tickets][2:3], credentials=AuthToken("wrong"))
    assert (report.exit_code(), report.verdict()) == (4, "credentials refused")


def test_a_ticket_that_never_rests_shows_nothing() -> None:
    report = check(live=True, tickets={TICKET: 400})
    assert (report.verdict(), list(report.findings)) == ("inconclusive", [])
    assert report.doubts == [f"the ticket {TICKET} kept changing"]


def test_the_same_seed_finds_the_same() -> None:
    options: Options = {**MUTANTS["limit-is-the-end"].options, "tickets": {TICKET: 23}}
    first, second = (check(**options) for _ in range(2))
    assert first.requests == second.requests
    assert [(each.title, each.message, each.count) for each in first.findings] == [
        (each.title, each.message, each.count) for each in second.findings
    ]


def test_a_check_can_be_skipped() -> None:
    with serve(**MUTANTS["request-id-missing"].options) as mock:
        credentials = AuthToken(mock.token)
        report = conform(
            mock.base_url,
            [*mock.tickets][1:2],
            credentials=credentials,
            skip=["request-id"],
            max_examples=5,
        )
    assert report.passed, str(report)


def test_ctrl_c_is_no_pass() -> None:
    """Schemathesis makes an event of it, and would end as if all were done."""
    interrupted: list[int] = []

    def interrupt(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            if request.method == "POST" and not interrupted:  # which only schemathesis sends
                interrupted.append(request.number)
                _thread.interrupt_main()
            return handler(request)

        return handle

    # A shell lets what it starts in the background ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            check(faults=[interrupt])
    finally:
        signal.signal(signal.SIGINT, before)
    assert interrupted


def test_credentials_are_asked_for_before_each_request() -> None:
    asked: list[str] = []
    with serve(tickets={TICKET: 1}) as mock:

        def renewed() -> AuthToken:
            asked.append("")
            return AuthToken(mock.token)

        report = conform(mock.base_url, [TICKET], credentials=renewed, max_examples=5)
    assert report.passed
    assert len(asked) > 200


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"execution_ids": []}, "at least one execution id"),
        ({"execution_ids": ["."]}, "execution_id must not be"),
        ({"skip": ["windws"]}, "did you mean windows"),
        ({"base_url": "ftp://x"}, "base_url must be like"),
        ({"base_url": "https://h.example", "profile": Profile.FULL}, "--allow-full-remote"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {
        "base_url": "http://127.0.0.1:1",
        "execution_ids": ["EX1"],
        "credentials": AuthToken("t"),
    }
    with pytest.raises(ValueError, match=message):
        conform(**{**given, **arguments})


@pytest.mark.usefixtures("without_sdk")
def test_without_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("COC_AUTH_TOKEN", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError):
        conform("http://127.0.0.1:1", ["EX1"])
