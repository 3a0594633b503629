"""What stands between this machine and a server: proxies, certificates.

The one place of the check that makes a client of HTTP.
"""

from __future__ import annotations

import httpx

from coc_steps.conformance._policy import is_loopback


def make_client(base_url: str) -> httpx.Client:
    """Return a client that takes proxies and certificates from the environment, as httpx does.

    Nothing on the loopback is behind a proxy.
    """
    local = is_loopback(httpx.URL(base_url).host)
    return httpx.Client(
        verify=httpx.create_ssl_context(), trust_env=not local, follow_redirects=False
    )
