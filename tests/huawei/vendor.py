"""The vendor's services that give temporary keys, all on one port of the loopback."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from types import TracebackType

STS = "/v5/agencies/assume-with-oidc"
IAM_TOKEN = "/v3.0/OS-AUTH/id-token/tokens"
IAM_KEYS = "/v3.0/OS-CREDENTIAL/securitytokens"
METADATA_TOKEN = "/meta-data/latest/api/token"
METADATA_KEYS = "/openstack/latest/securitykey"
POD = "/pod"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Vendor:
    """Gives each source keys of its own.

    Attributes:
        keys: Access key and secret key for all sources; None for others for each.
        lifetime: For how long keys are good.
        form: How the time of the expiry is written.
        statuses: The statuses of paths that do not answer with 200; 0 closes the connection.
        bodies: What paths answer instead of keys.
        gate: Answers wait for it.
        asked: All requests.
    """

    keys: tuple[str, str] | None = None
    lifetime: timedelta = timedelta(hours=1)
    form: str = "%Y-%m-%dT%H:%M:%S.%fZ"
    statuses: dict[str, int] = field(default_factory=dict[str, int])
    bodies: dict[str, bytes] = field(default_factory=dict[str, bytes])
    gate: Event = field(default_factory=Event)
    asked: list[Asked] = field(default_factory=list[Asked])

    def __enter__(self) -> Self:
        self.gate.set()
        handler = type("Handler", (_Handler,), {"vendor": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What sends the SDK here: as a proxy also for metadata, whose address is fixed."""
        return {
            "HUAWEICLOUD_SDK_STS_ENDPOINT": self.address,
            "HUAWEICLOUD_SDK_IAM_ENDPOINT": self.address,
            "HTTP_PROXY": self.address,
            "http_proxy": self.address,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def answer(self, path: str) -> bytes:
        if path in self.bodies:
            return self.bodies[path]
        if path == METADATA_TOKEN:
            return b"metadata-token"
        access, secret = self.keys or (f"AK-of-{path}", f"SK-of-{path}")
        expires = (datetime.now(UTC) + self.lifetime).strftime(self.form)
        number = self.paths.count(path)
        if path in (STS, POD):
            names = ("access_key_id", "secret_access_key", "security_token", "expiration")
            outer = "credentials"
        else:
            names, outer = ("access", "secret", "securitytoken", "expires_at"), "credential"
        values = (access, secret, f"security-token-{number}", expires)
        return json.dumps({outer: dict(zip(names, values, strict=True))}).encode()


class _Handler(BaseHTTPRequestHandler):
    vendor: Vendor

    def answer(self) -> None:
        path = urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.vendor.asked.append(Asked(self.command, path, dict(self.headers.items()), body))
        self.vendor.gate.wait()
        status = self.vendor.statuses.get(path, 200)
        if not status:
            self.close_connection = True
            return
        # A refusal says back what it got, as some gateways do.
        said = {"error_code": "STS.0403", "error_msg": f"no: {self.headers} {body}"}
        content = self.vendor.answer(path) if status == 200 else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Subject-Token", "subject-token")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - their names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
        """Keep quiet."""
