"""The session: pace, limits, waiting out what stands in front of a service, and secrets."""

# trustme leaves types open.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
import trustme
from coc_steps import AkSk, AuthToken
from coc_steps.conformance._policy import Policy, Profile
from coc_steps.conformance._session.session import Session, Stopped, Unanswered
from coc_steps.mock import Refusal, serve
from vendor_example import EXECUTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from coc_steps.conformance import Exchange
    from coc_steps.mock import Answer, Fault, Handler, MockServer, Request

FULL = Policy(Profile.FULL, bad_credentials=True)
PAGE = b'{"data": [], "total": 0}'


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def first(count: int, status: int, headers: dict[str, str], content: object = None) -> Fault:
    """Refuse the first requests."""

    def fault(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            if request.number <= count:
                answer = Refusal(status, "APIGW.0308", "Later.", headers).answer(request)
                answer.content = content or answer.content
                return answer
            return handler(request)

        return handle

    return fault


class Run:
    """What came of some requests."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.seen: list[Exchange] = []

    def session(self, mock: MockServer, policy: Policy) -> Session:
        return Session(
            mock.base_url,
            lambda: AuthToken(mock.token),
            policy,
            see=self.seen.append,
            clock=self.clock,
            sleep=self.clock.sleep,
        )

    def send(self, *faults: Fault, times: int = 1, policy: Policy = FULL) -> Session:
        """Ask for a page, some times."""
        with serve(faults=faults) as mock, closing(self.session(mock, policy)) as session:
            url = f"{mock.base_url}{EXECUTIONS}/{[*mock.tickets][1]}/steps"
            for _ in range(times):
                session.send(url)
        return session

    @property
    def statuses(self) -> list[int]:
        return [exchange.status for exchange in self.seen]


@pytest.fixture
def run() -> Run:
    return Run()


def test_it_keeps_its_pace(run: Run) -> None:
    run.send(times=5, policy=FULL.__class__(Profile.FULL, bad_credentials=True, rate=4))
    assert run.statuses == [200] * 5
    assert run.clock.now == 1.0


@pytest.mark.parametrize(
    ("status", "headers", "waited"),
    [
        (429, {"Retry-After": "2"}, 6.0),
        (503, {"Retry-After": "0.5"}, 1.5),
        (429, {}, 0.05 + 0.1 + 0.2),
        (502, {}, 0.05 + 0.1 + 0.2),
        (504, {}, 0.05 + 0.1 + 0.2),
    ],
)
def test_it_waits_and_tries_again(
    run: Run, status: int, headers: dict[str, str], waited: float
) -> None:
    session = run.send(first(3, status, headers))
    assert run.statuses == [200]
    assert run.clock.now == pytest.approx(waited)
    assert session.count == 4
    assert session.outages == {str(status): 3}


@pytest.mark.parametrize(
    ("status", "headers", "waited"),
    [(429, {"Retry-After": "31"}, 0), (500, {"Retry-After": "1"}, 0), (502, {}, 0.75)],
)
def test_it_gives_up(run: Run, status: int, headers: dict[str, str], waited: float) -> None:
    run.send(first(9, status, headers))
    assert run.statuses == [status]
    assert run.clock.now == pytest.approx(waited)


def test_it_has_no_patience_without_end(run: Run) -> None:
    run.send(first(1000, 503, {"Retry-After": "20"}), times=40)
    assert run.statuses == [503] * 40
    assert run.clock.now <= 140


def test_it_stops_trying_again_when_all_is_refused(run: Run) -> None:
    session = run.send(first(17, 429, {}), times=6)
    assert run.statuses == [429] * 5 + [200]
    assert session.count == 3 * 5 + 2 + 1


HTML = {"Content-Type": "text/html", "X-Request-Id": None}


def in_front(requests: Sequence[int], status: int) -> Fault:
    """Let a balancer answer some requests: a page, without the name of the request."""

    def fault(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            answer = handler(request)
            if request.number in requests:
                answer.status, answer.content = status, b"<html>Sorry</html>"
                answer.headers.update(HTML)
            return answer

        return handle

    return fault


@pytest.mark.parametrize("status", [200, 400, 403, 404, 500, 502])
def test_a_page_of_a_balancer_is_waited_out(run: Run, status: int) -> None:
    session = run.send(in_front([2, 3], status), times=2)
    assert [(each.status, each.foreign) for each in run.seen] == [(200, False)] * 2
    assert sum(session.outages.values()) == 2


def test_a_page_that_stays_is_nobodys_where_the_service_names_its_requests(run: Run) -> None:
    run.send(in_front(range(2, 99), 403), times=2)
    assert [(each.status, each.is_busy) for each in run.seen] == [(200, False), (403, True)]


def test_an_odd_answer_that_stays_is_the_services_if_it_is_named(run: Run) -> None:
    def fault(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            answer = handler(request)
            answer.content = b"<html>" if request.number > 1 else answer.content
            return answer

        return handle

    session = run.send(fault, times=4)
    assert [each.foreign for each in run.seen] == [False] * 4
    assert session.count == 4
    assert not session.outages


@pytest.mark.parametrize("make", [AuthToken, lambda name: AkSk("ACCESSKEY", name)])
def test_no_secret_is_kept(make: Callable[[str], AuthToken | AkSk]) -> None:
    secret = "s3cr3t-of-somebody/" * 5
    with echoing() as address, closing(Session(address, lambda: make(secret), FULL)) as session:
        exchange = session.send(f"{address}{EXECUTIONS}/EX1/steps?a={secret}")
    assert exchange.leaked == ("the body",)
    shown = f"{exchange!r} {exchange.curl} {exchange.body!r} {dict(exchange.headers)} {session!r}"
    assert secret not in shown
    assert secret[:40] not in shown
    assert "ACCESSKEY" not in shown
    if make is AuthToken:
        assert '-H "X-Auth-Token: $COC_AUTH_TOKEN"' in exchange.curl
    else:
        assert exchange.curl.startswith("coc-steps conform --send 'http://")


def test_a_part_of_a_token_is_a_leak_too() -> None:
    token = "".join(chr(65 + n % 26) + str(n) for n in range(60))
    with answering([f'{{"error_msg": "{token[30:80]}"}}'.encode()]) as address:
        session = Session(address, lambda: AuthToken(token), FULL)
        exchange = session.send(f"{address}/x")
        session.close()
    assert exchange.leaked == ("the body",)
    assert token[40:70] not in exchange.text


def test_nothing_leaves_after_the_limit(run: Run) -> None:
    policy = Policy(Profile.FULL, bad_credentials=True, max_requests=2)
    with pytest.raises(Stopped, match="the limit of 2 requests"):
        run.send(times=3, policy=policy)
    assert len(run.seen) == 2


def test_nothing_leaves_after_the_time(run: Run) -> None:
    policy = Policy(Profile.FULL, bad_credentials=True, rate=1, max_seconds=2.5)
    with pytest.raises(Stopped, match=r"the limit of 2\.5 seconds"):
        run.send(times=9, policy=policy)
    assert len(run.seen) == 4


def test_a_server_that_goes_away_ends_the_run() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    session = Session(f"http://127.0.0.1:{port}", lambda: AuthToken("secret"), FULL)
    for _ in range(2):
        with pytest.raises(Unanswered, match="ConnectionRefusedError"):
            session.send(f"http://127.0.0.1:{port}/")
    with pytest.raises(Stopped, match="5 requests got no answer"):
        session.send(f"http://127.0.0.1:{port}/")
    session.close()
    assert session.count == 5


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_nothing_on_the_loopback_goes_to_a_proxy(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for other in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(other, raising=False)
    with answering([]) as proxy, answering([PAGE]) as address:
        monkeypatch.setenv(name, proxy)
        session = Session(address, lambda: AuthToken("secret"), FULL)
        assert session.send(f"{address}/x").status == 200
        session.close()


def test_a_host_elsewhere_is_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for other in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(other, raising=False)
    with answering([PAGE]) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        session = Session("http://coc.invalid", lambda: AuthToken("secret"), FULL)
        assert session.send("http://coc.invalid/x").body == PAGE
        session.close()


@pytest.mark.parametrize("trusted", [True, False])
def test_a_private_authority_counts_as_it_does_for_the_client(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trusted: bool
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with listening(lambda _request: PAGE, context) as address:
        session = Session(address, lambda: AuthToken("secret"), FULL)
        if trusted:
            assert session.send(f"{address}/x").body == PAGE
        else:
            with pytest.raises(Unanswered, match="CERTIFICATE_VERIFY_FAILED"):
                session.send(f"{address}/x")
        session.close()


@contextmanager
def answering(bodies: list[bytes]) -> Generator[str]:
    """Answer requests with bodies, one after the other, whatever they ask for."""
    with listening(lambda _request: bodies.pop(0)) as address:
        yield address


@contextmanager
def echoing() -> Generator[str]:
    """Answer with the request itself, as JSON."""
    with listening(lambda request: b'"%s"' % request.replace(b"\r\n", b" ")) as address:
        yield address


@contextmanager
def listening(
    answer: Callable[[bytes], bytes], context: ssl.SSLContext | None = None
) -> Generator[str]:
    """Listen on a free port, until the end of the block."""
    server = socket.create_server(("127.0.0.1", 0))

    def work() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                try:
                    if context:
                        connection = context.wrap_socket(connection, server_side=True)
                    body = answer(connection.recv(65_536))
                except (IndexError, OSError):  # nothing more to say, or nobody to say it to
                    connection.close()
                    continue
                head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                connection.sendall(head % len(body) + body)
                connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        worker.join(10)
