"""No test of this room may ask for anything but the loopback, the metadata service least of all."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from .vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _only_the_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    strayed: list[Any] = []

    def guarded(connect: Any) -> Any:
        def only(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] != "127.0.0.1":
                strayed.append(address)
                raise ConnectionRefusedError("not in a test")
            return connect(self, address)

        return only

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    yield
    assert strayed == []


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Vendor]:
    """Serve what the vendor's sources ask, and make an environment in which they ask here."""
    for name in list(os.environ):
        if name.startswith(("COC_", "HC_", "HUAWEICLOUD_")) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    with Vendor() as vendor:
        for name, value in vendor.environment.items():
            monkeypatch.setenv(name, value)
        yield vendor
