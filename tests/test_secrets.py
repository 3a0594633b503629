"""No secret comes out: not in what is shown, nor in logs, errors, pickles and tracebacks."""

from __future__ import annotations

import logging
import pickle
import traceback
from typing import TYPE_CHECKING, Any

import coc_steps
import httpx
import pytest
from coc_steps import AkSk, ApiError, AuthToken, CocError, CredentialsAuth
from drive import TICKET, Recorder, body, lister, refusal
from faults.server import Answer, End, FaultServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Clock, Drive

SECRET = "cAnArY-sEcReT-kEy-0123456789"
TOKEN = "cAnArY-tOkEn-9876543210"
CREDENTIALS = [AkSk("AccessKey", SECRET, security_token=TOKEN), AuthToken(TOKEN)]

every_kind = pytest.mark.parametrize("credentials", CREDENTIALS, ids=repr)


def hidden(*texts: object) -> None:
    for text in texts:
        for secret in (SECRET, TOKEN, "Signature=", SECRET[-8:], TOKEN[-8:]):
            assert secret not in str(text)


def sent(request: httpx.Request) -> list[str]:
    """Return what a request has that nobody may see."""
    names = ("X-Auth-Token", "X-Security-Token", "Authorization")
    found = [request.headers[name] for name in names if name in request.headers]
    assert found
    return found


def reachable(error: BaseException | None) -> Iterator[BaseException]:
    """Return an error and all that its chains lead to."""
    while error is not None:
        yield error
        yield from reachable(error.__cause__)
        error = error.__context__


def echo(status: int) -> Any:
    """Return a server that says back, everywhere, what it got."""

    def answer(request: httpx.Request) -> httpx.Response:
        # A secret key is not sent, but what knows it could say it.
        known = [SECRET] if "Authorization" in request.headers else []
        said = " ".join([*sent(request), *known])
        signature = said.partition("Signature=")[2].partition(" ")[0] or "none"
        content = {"error_code": said, "error_msg": f"{said} {signature}", "request_id": said}
        return refusal(status, None, **content)

    return answer


def echo_header(status: int) -> Any:
    """Return a server that says back what it got as the request id."""

    def answer(request: httpx.Request) -> httpx.Response:
        headers = {"X-Request-Id": " ".join(sent(request))}
        return httpx.Response(status, json=body(["a", "b"], 9), headers=headers)

    return answer


ANSWERS: dict[str, Any] = {
    "header of 200": echo_header(200),
    "header of 401": echo_header(401),
    "header of 503": echo_header(503),
    "400": echo(400),
    "401": echo(401),
    "500": echo(500),
    "200 with a code": echo(200),
    "redirect": lambda _: httpx.Response(302, headers={"Location": "http://elsewhere.example"}),
    "html": lambda request: httpx.Response(200, text=f"<p>{sent(request)}</p>"),
    "wrong type": lambda request: httpx.Response(
        200, json={"data": [{"execution_step_id": sent(request)}]}
    ),
    "refused": lambda request: (_ for _ in ()).throw(httpx.ConnectError(f"no: {sent(request)}")),
    "slow": lambda request: (_ for _ in ()).throw(httpx.ReadTimeout("", request=request)),
    "no walk": lambda _: httpx.Response(200, json=body(["a", "b"], 9)),
}


@every_kind
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=list(ANSWERS))
def test_errors(
    drive: Drive,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    answer: Any,
    credentials: AkSk | AuthToken,
) -> None:
    caplog.set_level(logging.DEBUG)
    transport = Recorder(answer)
    walked = drive(transport, credentials=credentials, max_retries=1).walk(TICKET, page_size=2)
    error = walked.error
    assert isinstance(error, CocError)
    for one in reachable(error):
        hidden(one, repr(one), vars(one), one.args)
        assert not isinstance(one, httpx.HTTPError)
        assert not hasattr(one, "request")
    hidden("".join(traceback.TracebackException.from_exception(error).format()))
    hidden(pickle.dumps(error).decode("latin-1"))
    hidden(caplog.text, *(vars(record) for record in caplog.records))
    signatures = [value for request in transport.requests for value in sent(request)]
    assert not [value for value in signatures if value in f"{error}{caplog.text}"]
    for signature in [value.rpartition("Signature=")[2] for value in signatures]:
        assert signature not in f"{error!r}{vars(error)}"


@every_kind
def test_an_odd_value_of_a_step(drive: Drive, credentials: AkSk | AuthToken) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"data": [{"name": sent(request)}], "total": 1})

    (step,) = drive(Recorder(answer), credentials=credentials).get_page(TICKET).steps
    with pytest.raises(coc_steps.ResponseFormatError) as caught:
        _ = step.name
    for one in reachable(caught.value):
        hidden(one, repr(one), vars(one), one.args)


@every_kind
def test_what_is_shown_of_a_client(drive: Drive, credentials: AkSk | AuthToken) -> None:
    client = drive(Recorder(), credentials=credentials).client
    steps = client.iter_steps(TICKET)
    page = drive(Recorder(lister(1)), credentials=credentials).get_page(TICKET)
    for thing in (client, steps, client.api, page, page.steps[0], page.raw):
        hidden(repr(thing), str(thing), f"{thing}")
    hidden(vars(client), vars(steps), CredentialsAuth(lambda: credentials))


@every_kind
def test_logs_of_everybody_over_a_real_connection(
    drive: Drive, caplog: pytest.LogCaptureFixture, credentials: AkSk | AuthToken
) -> None:
    caplog.set_level(logging.DEBUG)
    page = b'{"data": [], "total": 0}'
    answers: list[Answer] = [
        [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", End.CLOSE],
    ]
    with FaultServer(lambda _: answers.pop(0)) as server:
        driver = drive(base_url=server.url, credentials=credentials, max_retries=0)
        driver.get_page(TICKET)
        with pytest.raises(coc_steps.TransportError) as caught:
            driver.get_page(TICKET)
        assert len(server.requests) == 2
    hidden(caplog.text, "".join(traceback.format_exception(caught.value)))
    assert {"coc_steps", "httpcore.http11"} <= {record.name for record in caplog.records}


@every_kind
def test_what_the_raw_layer_raises_when_it_is_silent(
    drive: Drive, credentials: AkSk | AuthToken
) -> None:
    driver = drive(Recorder(echo(401)), credentials=credentials)
    driver.api(TICKET)
    with pytest.raises(coc_steps.AuthenticationError) as caught:
        driver.api(TICKET)
    hidden("".join(traceback.format_exception(caught.value)), vars(caught.value))


@every_kind
@pytest.mark.parametrize("location", ["http://elsewhere.example/", "//elsewhere.example", "/other"])
def test_nothing_goes_elsewhere(drive: Drive, location: str, credentials: AkSk | AuthToken) -> None:
    transport = Recorder(lambda _: httpx.Response(307, headers={"Location": location}))
    driver = drive(transport, credentials=credentials, http={"follow_redirects": True})
    with pytest.raises(ApiError):
        driver.get_page(TICKET)
    assert driver.api(TICKET).status_code == 307
    assert {request.url.host for request in transport.requests} == {"127.0.0.1"}
    assert len(transport.requests) == 2


ERRORS = [
    coc_steps.CocError("a"),
    coc_steps.ConfigurationError("a"),
    coc_steps.TransportError("a"),
    coc_steps.RequestTimeoutError("a"),
    coc_steps.PaginationError("a"),
    coc_steps.StepNotFoundError("a"),
    coc_steps.ResponseFormatError("a", request_id="r"),
    *(
        kind("a", status_code=1, error_code="c", error_msg="m", request_id="r", retry_after=2.5)
        for kind in (
            coc_steps.ApiError,
            coc_steps.BadRequestError,
            coc_steps.AuthenticationError,
            coc_steps.PermissionDeniedError,
            coc_steps.NotFoundError,
            coc_steps.RateLimitError,
            coc_steps.ServerError,
        )
    ),
]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("offset", [None, 7])
def test_errors_survive_pickling(error: CocError, protocol: int, offset: int | None) -> None:
    if offset is not None:
        error.offset = offset
    again = pickle.loads(pickle.dumps(error, protocol))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert (again.args, vars(again)) == (error.args, vars(error))
    assert again.offset == error.offset


@every_kind
def test_a_refusal_that_the_raw_layer_got(drive: Drive, credentials: AkSk | AuthToken) -> None:
    transport = Recorder(echo_header(401))
    driver = drive(transport, credentials=credentials)
    assert driver.api(TICKET).status_code == 401
    with pytest.raises(coc_steps.AuthenticationError) as caught:
        driver.get_page(TICKET)
    hidden(caught.value, vars(caught.value))
    assert not [value for value in sent(transport.requests[0]) if value in str(caught.value)]
    assert len(transport.requests) == 1
