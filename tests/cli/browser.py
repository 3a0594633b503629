"""A page in a real browser: Chromium, driven by its command line, with nothing but the loopback."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-features=NetworkTimeServiceQuerying,OptimizationHints,MediaRouter,Translate",
    "--hide-scrollbars",
)
# What the browser asks for itself; the proxy answers it with nothing.
_ITS_OWN = re.compile(r"\.(google|googleapis|gvt1|gstatic)\.com\b")
_RESULT = re.compile(r'<pre id="result">(.*?)</pre>', re.DOTALL)
_HARNESS = """<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,">
<body><iframe src="/page#FRAGMENT" style="border:0;width:WIDTHpx;height:900px"></iframe>
<pre id="result"></pre><script>
document.querySelector("iframe").addEventListener("load", async (event) => {
  const box = event.target, frame = box.contentWindow, page = frame.document;
  const all = (selector) => [...page.querySelectorAll(selector)];
  let result;
  try { result = await (async () => { SCRIPT })(); } catch (error) { result = `${error.stack}`; }
  document.querySelector("#result").textContent = JSON.stringify(result);
});
</script>"""


def find_browser() -> str | None:
    """Return the path of a browser, if there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Browser:
    """Opens pages.

    Attributes:
        requests: What pages asked for, also of other hosts: the browser has a proxy.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self.requests: list[str] = []

    def evaluate(
        self, page: str, script: str, *, width: int = 1200, fragment: str = "", dark: bool = False
    ) -> Any:
        """Return what a script says of a page; it has ``page``, ``frame``, ``box`` and ``all``."""
        harness = _HARNESS.replace("FRAGMENT", fragment).replace("WIDTH", str(width))
        files = {"/page": page, "/harness": harness.replace("SCRIPT", script)}
        with self._served(files) as address:
            dumped = self._run(address, f"{address}/harness", "--dump-dom", dark=dark)
        (result,) = _RESULT.findall(dumped)
        return json.loads(html.unescape(result))

    def draw(self, page: str, picture: Path, *, width: int, height: int) -> None:
        """Draw the top of a page into a PNG file."""
        with self._served({"/page": page}) as address:
            flags = (f"--screenshot={picture}", f"--window-size={width},{height}")
            self._run(address, f"{address}/page", *flags)

    def print(self, page: str, file: Path) -> None:
        """Print a page into a PDF file."""
        with self._served({"/page": page}) as address:
            self._run(address, f"{address}/page", f"--print-to-pdf={file}")

    def _run(self, proxy: str, url: str, *flags: str, dark: bool = False) -> str:
        scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        # As root, Chromium has no sandbox; the pages are our own.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        with TemporaryDirectory(ignore_cleanup_errors=True) as home:
            done = subprocess.run(
                [
                    *(self._path, *_FLAGS, *sandbox, f"--user-data-dir={home}", scheme),
                    *(f"--proxy-server={proxy}", *flags, url),
                ],
                env=os.environ | {"HOME": home},
                capture_output=True,
                timeout=90,
                check=True,
            )
        return done.stdout.decode()

    @contextmanager
    def _served(self, files: Mapping[str, str]) -> Generator[str]:
        requests = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = files.get(self.path, "").encode()
                self.send_response(200 if content else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_request(self, code: object = "", size: object = "") -> None:  # noqa: ARG002
                if not _ITS_OWN.search(self.path):
                    requests.append(self.path)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing: what is asked for is kept."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
