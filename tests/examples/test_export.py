"""The examples that export many tickets, on the mock."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from coc_steps import AuthToken, Client
from coc_steps.mock import MockServer, fail, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

EXAMPLES = Path(__file__).parents[2] / "examples"
TICKETS = {"EX/1": 3, "EX2": 120, "EX3": 0, "EX4": 1}
FILES = {"EX%2F1.jsonl": 3, "EX2.jsonl": 120, "EX3.jsonl": 0, "EX4.jsonl": 1}


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(EXAMPLES)  # pyright: ignore[reportUnknownMemberType] # pytest's
    yield
    for name in ("export_tickets", "export_with_dask"):
        sys.modules.pop(name, None)


@pytest.fixture
def tickets(examples: None) -> ModuleType:
    import export_tickets

    return export_tickets


@pytest.fixture
def on_dask(examples: None) -> ModuleType:
    import export_with_dask

    return export_with_dask


def settings(server: MockServer) -> dict[str, Any]:
    return {"base_url": server.base_url, "credentials": AuthToken(server.token), "max_retries": 0}


def exported(folder: Path) -> dict[str, int]:
    return {file.name: len(file.read_text("utf-8").splitlines()) for file in folder.iterdir()}


def test_every_ticket_becomes_a_file_with_all_of_its_steps(
    tickets: ModuleType, tmp_path: Path
) -> None:
    done: list[str] = []
    with serve(tickets=TICKETS) as server:
        options = {"settings": settings(server), "per_second": 1_000, "done": done.append}
        failures = asyncio.run(tickets.export(TICKETS, tmp_path, **options))
        with Client(**settings(server)) as client:
            expected = [
                {"execution_id": "EX2", **record}
                for record in client.iter_steps("EX2").to_records()
            ]
    assert failures == {}
    assert sorted(done) == sorted(TICKETS)
    assert exported(tmp_path) == FILES
    lines = (tmp_path / "EX2.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == expected


def test_it_goes_on_with_what_is_missing(tickets: ModuleType, tmp_path: Path) -> None:
    with serve(tickets=TICKETS, faults=[fail(403, 2)]) as server:
        options = {"settings": settings(server), "per_second": 1_000}
        failures = asyncio.run(tickets.export(TICKETS, tmp_path, **options))
        ((ticket, problem),) = failures.items()
        assert "(request id " in problem
        whole = {name: size for name, size in exported(tmp_path).items() if ".part" not in name}
        assert len(whole) == len(TICKETS) - 1
        before = len(server.requests)
        assert asyncio.run(tickets.export(TICKETS, tmp_path, **options)) == {}
        asked = {request.target.split("/")[3] for request in server.requests[before:]}
    assert asked == {ticket.replace("/", "%2F")}
    assert exported(tmp_path) == FILES


def test_so_many_tickets_are_read_at_a_time(
    tickets: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, most = set[str](), 0

    async def read(_client: Any, ticket: str, _target: Path) -> None:
        nonlocal most
        reading.add(ticket)
        most = max(most, len(reading))
        await asyncio.sleep(0)
        reading.discard(ticket)

    monkeypatch.setattr(tickets, "export_ticket", read)
    options = {"settings": {"base_url": "http://127.0.0.1:9", "credentials": AuthToken("t")}}
    asyncio.run(tickets.export(map(str, range(50)), tmp_path, **options))
    assert most == tickets.CONCURRENCY


def test_each_request_is_paced(tickets: ModuleType) -> None:
    asked: list[int] = []

    class Limiter:
        async def acquire(self) -> None:
            asked.append(1)

    async def send(url: str) -> None:
        async with tickets.paced(Limiter()) as http:
            for _ in range(3):
                await http.get(url)

    with serve(tickets={}) as server:
        asyncio.run(send(server.base_url))
    assert len(asked) == 3


@pytest.mark.parametrize(("faults", "code"), [([], 0), ([fail(404, 1)], 1)])
def test_the_command(
    tickets: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    faults: list[Any],
    code: int,
) -> None:
    folder = tmp_path / "new"
    with serve(tickets={"EX1": 2}, faults=faults) as server:
        monkeypatch.setenv("COC_BASE_URL", server.base_url)
        monkeypatch.setenv("COC_AUTH_TOKEN", server.token)
        monkeypatch.setattr(sys, "argv", ["export_tickets.py", str(folder)])
        monkeypatch.setattr(sys, "stdin", ["EX1\n", "\n", "EX1\n"])
        assert tickets.main() == code
    assert capsys.readouterr().err.startswith("EX1: GET " if code else "")
    assert (folder / "EX1.jsonl").exists() == (not code)


@pytest.mark.parametrize(
    ("example", "missing"),
    [
        ("export_tickets.py", "aiolimiter"),
        ("export_tickets.py", "rich.progress"),
        ("export_with_dask.py", "dask.delayed"),
    ],
)
def test_what_is_missing_is_said(example: str, missing: str) -> None:
    program = f"import runpy, sys; sys.modules[{missing!r}] = None; runpy.run_path(sys.argv[1])"
    ended = subprocess.run(
        [sys.executable, "-c", program, str(EXAMPLES / example)],
        env=os.environ | {"PYTHONPATH": str(EXAMPLES)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"{example} needs {missing}: pip install 'coc-steps[async]' ")
    assert ended.stderr.count("\n") == 1


def test_the_nightly_export_of_the_docs_goes_on_where_it_failed(tmp_path: Path) -> None:
    """Its shell samples are run as they stand, the first one against a server that fails once."""
    if shutil.which("jq") is None:
        pytest.skip("no jq: install it (Debian: apt-get install jq)")
    page = (EXAMPLES.parent / "docs" / "export.md").read_text("utf-8")
    first, second = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    tickets = {f"EX{number}": number for number in range(1, 12)}
    (tmp_path / "tickets.txt").write_text("\n".join(tickets))
    with serve(tickets=tickets, faults=[fail(403, 5)]) as server:
        assert shell(first, tmp_path, server) == 1
        assert len(exported_lines(tmp_path)) == 10
        assert shell(second, tmp_path, server) == 0
    assert exported_lines(tmp_path) == tickets


def shell(script: str, folder: Path, server: MockServer) -> int:
    """Run a script where the mock is the server."""
    found = {"COC_BASE_URL": server.base_url, "COC_AUTH_TOKEN": server.token}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=os.environ | found | {"PATH": path, "LC_ALL": "C.UTF-8"},
        timeout=60,
        check=False,
    )
    return done.returncode


def exported_lines(folder: Path) -> dict[str, int]:
    """Return how many steps of each ticket were exported."""
    lines = (folder / "steps.jsonl").read_text("utf-8").splitlines()
    return dict(Counter(json.loads(line)["execution_id"] for line in lines))


def test_on_dask(
    on_dask: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In processes, to which only plain settings can go."""
    monkeypatch.setattr(on_dask, "BATCH", 3)
    monkeypatch.setattr(on_dask, "PER_SECOND", 1_000)
    monkeypatch.setattr(sys, "argv", ["export_with_dask.py", str(tmp_path / "new"), "2"])
    monkeypatch.setattr(sys, "stdin", [f"{ticket}\n" for ticket in [*TICKETS, "unknown"]])
    with serve(tickets=TICKETS) as server:
        monkeypatch.setenv("COC_BASE_URL", server.base_url)
        monkeypatch.setenv("COC_AUTH_TOKEN", server.token)
        assert on_dask.main() == 1
    assert "unknown: GET " in capsys.readouterr().err
    assert exported(tmp_path / "new") == FILES | {"unknown.part": 0}
