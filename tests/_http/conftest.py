"""No proxy and no certificates of the machine's, unless a test names some."""

from __future__ import annotations

import pytest

from .servers import HOST, Certificates

NAME = "coc.example"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Take the variables away; what is returned sets others."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture(scope="session")
def certificates() -> Certificates:
    return Certificates(NAME, HOST)


@pytest.fixture
def trusted(
    certificates: Certificates,
    tmp_path_factory: pytest.TempPathFactory,
    surroundings: pytest.MonkeyPatch,
) -> None:
    """Have the clients trust those certificates."""
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    file.write_bytes(certificates.pem)
    surroundings.setenv("SSL_CERT_FILE", str(file))
