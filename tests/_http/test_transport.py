"""The one private attribute of httpx that is used, and that there is no other."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import coc_steps
import httpcore
import httpx
import pytest
from coc_steps._http.aio_network import AsyncBackend
from coc_steps._http.network import Backend
from drive import TICKET
from faults.server import FaultServer

from .servers import listing, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conftest import Drive

SOURCE = Path(coc_steps.__file__).parent
LIBRARIES = (httpx, httpcore)


def test_what_connects_is_ours(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails where a later httpx keeps its pool under another name than `_pool`."""
    connected: list[tuple[type, int]] = []

    def spy(backend: Any) -> None:
        connect = backend.connect_tcp

        def connect_tcp(self: Any, host: str, port: int, *rest: Any, **options: Any) -> Any:
            connected.append((backend, port))
            return connect(self, host, port, *rest, **options)

        monkeypatch.setattr(backend, "connect_tcp", connect_tcp)

    for backend in (Backend, AsyncBackend):
        spy(backend)
    with FaultServer(listing(3)) as server:
        driver = drive(base_url=server.url)
        assert len(driver.walk(TICKET).ids) == 3
        assert [port for _, port in connected] == [server.port]
        assert server.accepted == 1


def test_httpx_itself_still_has_the_pool_there() -> None:
    with httpx.HTTPTransport() as transport:
        assert isinstance(transport._pool, httpcore.ConnectionPool)
    other = httpx.AsyncHTTPTransport()
    assert isinstance(other._pool, httpcore.AsyncConnectionPool)
    asyncio.run(other.aclose())


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def defined(source: str) -> set[str]:
    """Return the private names that a module defines, also on ``self``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found |= {node.attr} if getattr(node.value, "id", "") == "self" else set()
    return set(filter(is_private, found))


def used(source: str) -> set[str]:
    """Return the private names that a module reaches for: attributes, imports, getattr."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            found |= {*(node.module or "").split("."), *(each.name for each in node.names)}
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("attr"):
            constants = [each.value for each in node.args if isinstance(each, ast.Constant)]
            found |= {each for each in constants if isinstance(each, str)}
    return set(filter(is_private, found))


def sources(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in folder.rglob("*.py")
    }


def modules(names: Iterable[str]) -> set[str]:
    """Return the private names of modules and packages."""
    return {part for name in names for part in name.removesuffix(".py").split("/")}


def of_theirs(ours: dict[str, str]) -> dict[str, set[str]]:
    """Return the private names of httpx and httpcore that our modules use, by module."""
    theirs: set[str] = set()
    for library in LIBRARIES:
        for name, source in sources(Path(library.__file__ or "").parent).items():
            theirs |= defined(source) | modules([name])
    mine = modules(ours).union(*map(defined, ours.values())) - {"_pool"}
    found = {name: used(source) & theirs - mine for name, source in ours.items()}
    return {name: names for name, names in found.items() if names}


def test_no_other_private_attribute_is_used() -> None:
    pool = {"_pool"}
    assert of_theirs(sources(SOURCE)) == {
        "_http/aio_transport.py": pool,
        "_http/transport.py": pool,
    }


@pytest.mark.parametrize(
    "line",
    [
        "httpx.Client()._transport_for_url(1)",
        "pool._network_backend = None",
        "getattr(client, '_mounts')",
        "from httpx._transports.default import HTTPTransport",
    ],
)
def test_that_check_can_fail(line: str) -> None:
    assert of_theirs({"module.py": f"{line}\n"})


def test_no_cookie_is_kept(drive: Drive) -> None:
    page = whole({"data": [], "total": 0}, headers=b"Set-Cookie: a=b\r\n")
    with FaultServer(lambda _: [page]) as server:
        driver = drive(base_url=server.url)
        for _ in range(2):
            driver.get_page(TICKET)
    assert [request.headers.get("cookie") for request in server.requests] == [None, None]
