"""Makes the client of HTTP that the check sends with, as `Client` does: proxies, certificates."""

from __future__ import annotations

from coc_steps._http.library import httpx
from coc_steps._http.surroundings import find_proxy, ssl_context


def make_client(base_url: str) -> httpx.Client:
    """Return a client that asks a server as `coc_steps.Client` does.

    Raises:
        ConfigurationError: A proxy or certificate of the environment cannot work.
    """
    proxy = find_proxy(base_url)
    return httpx.Client(
        verify=ssl_context(base_url, proxy),
        proxy=proxy.url if proxy else None,
        trust_env=False,
        follow_redirects=False,
    )
