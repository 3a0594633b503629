"""Serving: real sockets, no thread left behind, several at once, nothing secret to be seen."""

import asyncio
import importlib
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Never

import coc_steps.mock
import httpx
import pytest
from coc_steps.mock import (
    Answer,
    Application,
    Handler,
    MockServer,
    Request,
    _server,
    run_app,
    serve,
)
from coc_steps.mock._server import _listen
from vendor_example import EXECUTIONS

from .wire import Wire, send


def threads() -> set[threading.Thread]:
    return set(threading.enumerate())


def test_every_answer_has_its_headers(mock: MockServer, wire: Wire, ticket: str) -> None:
    answers = [wire.get(ticket), wire.get(ticket, "limit=0"), wire.get("x"), wire.http.get("/")]
    answers += [wire.http.post(f"{EXECUTIONS}/{ticket}/steps"), httpx.get(mock.base_url)]
    for answer in answers:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Date"].endswith(" GMT")
        assert len(answer.headers["X-Request-Id"]) == 32
        assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == len(answers)


def test_the_clock_is_the_date() -> None:
    with serve(clock=lambda: 1_751_374_905.9) as mock:
        assert httpx.get(mock.base_url).headers["Date"] == "Tue, 01 Jul 2025 13:01:45 GMT"


def test_the_log() -> None:
    with serve(tickets={"a": 2}) as mock, Wire(mock) as wire:
        assert mock.requests == []
        wire.get("a", "limit=1")
        wire.get("a%2Fb", "limit=0")
        wire.http.post("/?x")
        assert mock.requests == [
            ("GET", f"{EXECUTIONS}/a/steps?limit=1", 200),
            ("GET", f"{EXECUTIONS}/a%2Fb/steps?limit=0", 400),
            ("POST", "/?x", 404),
        ]
        assert mock.requests[0].status == 200


def test_nothing_secret_is_shown() -> None:
    with serve(tickets={"a": 2}) as mock, Wire(mock) as wire:
        wire.get("a")
        shown = f"{mock!r} {mock} {mock._app!r} {mock._app.keys!r} {mock.requests}"
        for secret in (mock.secret_key, mock.token):
            assert secret not in shown
        assert mock.base_url in repr(mock)


def test_a_request_does_not_show_its_headers() -> None:
    seen: list[str] = []

    def look(handler: Handler) -> Handler:
        def looked_at(request: Request) -> Answer:
            seen.append(repr(request))
            return handler(request)

        return looked_at

    with serve(tickets={"a": 2}, faults=[look]) as mock, Wire(mock) as wire:
        wire.get("a")
        assert f"{EXECUTIONS}/a/steps" in seen[0]
        assert mock.token not in seen[0]


def test_it_stops() -> None:
    before = threads()
    with ExitStack() as clients:
        with serve(tickets={}) as mock:
            wire = clients.enter_context(Wire(mock))
            assert wire.http.get("/").status_code == 404
            assert [thread.name for thread in threads() - before] == ["coc-steps-mock"]
        assert threads() == before
        # The port is free again, though a connection to it was open.
        port = int(mock.base_url.rpartition(":")[2])
        with serve(port=port, tickets={}) as again:
            assert again.base_url == mock.base_url
            assert wire.http.get("/").status_code == 404


def test_it_stops_after_an_error_in_the_block() -> None:
    before = threads()
    with pytest.raises(ZeroDivisionError), serve(tickets={}):
        raise ZeroDivisionError
    assert threads() == before


def test_it_starts_under_a_patched_asyncio() -> None:
    """nest_asyncio puts an asyncio.run of its own in the place of Python's."""
    code = """if True:
        import asyncio, nest_asyncio, httpx
        nest_asyncio.apply()
        from coc_steps.mock import serve

        async def main():
            with serve() as mock:
                return httpx.get(mock.base_url).status_code

        print(asyncio.run(main()))
    """
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "404\n"), result.stderr


def test_a_fault_that_never_returns_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_server, "_LEAVING_SECONDS", 0.1)
    called, never = threading.Event(), threading.Event()

    def hang(handler: Handler) -> Handler:
        def handle(request: Request) -> Answer:
            called.set()
            never.wait()
            return handler(request)

        return handle

    server = serve(faults=[hang])
    mock = server.__enter__()
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(httpx.get, mock.base_url)
        assert called.wait(10)
        with pytest.warns(RuntimeWarning, match="a fault did not return"):
            server.__exit__(None, None, None)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(mock.base_url.rpartition(":")[2])))
        never.set()
        assert answer.result().status_code == 404


def test_several_at_once() -> None:
    with serve(seed=1) as one, serve(seed=2) as two, Wire(one) as first, Wire(two) as second:
        assert one.base_url != two.base_url
        assert first.http.get("/").status_code == second.http.get("/").status_code == 404
        name = next(iter(one.tickets))
        assert first.get(name).status_code == 200
        assert second.get(name).status_code == 400
        headers = {"X-Auth-Token": one.token}
        assert send(two, f"{EXECUTIONS}/{name}/steps", headers)[0] == 401


def test_a_port_that_is_taken() -> None:
    before = threads()
    with serve(tickets={}) as mock:
        port = int(mock.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), serve(port=port, tickets={}):
            pass
    assert threads() == before


def test_it_is_on_the_loopback_only_and_without_nagles_delay() -> None:
    listener = _listen(0)
    with listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert listener.proto == socket.IPPROTO_TCP


def test_inside_a_running_loop() -> None:
    async def walk() -> None:
        with serve(tickets={"a": 30}) as mock:
            headers = {"X-Auth-Token": mock.token}
            async with httpx.AsyncClient(base_url=mock.base_url, headers=headers) as client:
                path = f"{EXECUTIONS}/a/steps?limit=1&offset="
                pages = [client.get(f"{path}{offset}") for offset in range(30)]
                answers = await asyncio.gather(*pages)
            found = [answer.json()["data"][0]["id"] for answer in answers]
            assert found == [step["id"] for step in mock.steps("a")]

    before = threads()
    asyncio.run(walk())
    assert threads() == before


def test_many_threads(mock: MockServer) -> None:
    names = list(mock.tickets)

    def fetch(number: int) -> bool:
        name = names[number % len(names)]
        with Wire(mock) as wire:
            return wire.page(name, f"limit=3&offset={number}") == (
                [step["execution_step_id"] for step in mock.steps(name)[number : number + 3]],
                mock.tickets[name],
            )

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(fetch, range(160)))


def test_any_application_can_be_served() -> None:
    app = Application(tickets={"a": 1})
    with run_app(app) as base_url:
        assert httpx.get(f"{base_url}{EXECUTIONS}/a/steps").status_code == 401
    assert [entry.status for entry in app.log] == [401]


def test_an_application_without_a_server() -> None:
    app = Application(tickets={"a": 2})

    async def fetch() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            headers = {"X-Auth-Token": app.keys.token}
            return await client.get(f"{EXECUTIONS}/a/steps", headers=headers)

    assert asyncio.run(fetch()).json()["total"] == 2


def test_other_protocols_are_refused() -> None:
    with pytest.raises(NotImplementedError):
        asyncio.run(Application(tickets={})({"type": "lifespan"}, None, None))  # type: ignore[arg-type] # never asked


def test_a_server_that_cannot_start_does_not_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, sockets: object = None) -> Never:
        raise RuntimeError("no start")

    failures: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr("uvicorn.Server.startup", fail)
    monkeypatch.setattr(threading, "excepthook", failures.append)
    before = threads()
    with pytest.raises(RuntimeError, match="did not start"), serve(tickets={}):
        pass
    assert [str(failure.exc_value) for failure in failures] == ["no start"]
    assert threads() == before


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=r"pip install 'coc-steps\[mock\]'"):
        importlib.reload(coc_steps.mock)


def test_the_client_does_not_need_the_mock() -> None:
    code = "import sys, coc_steps; assert not {'starlette', 'uvicorn'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
