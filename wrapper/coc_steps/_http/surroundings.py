"""The machine that a client runs on: its proxies and its certificates.

Everything is looked at once, when a client is made. What cannot work is a ConfigurationError that
names the variable, before anything is sent.
"""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from coc_steps.errors import ConfigurationError

from .library import httpx

_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_LABEL = 63  # bytes; RFC 1035, 2.3.4


@dataclass(frozen=True, slots=True)
class EnvironmentProxy:
    """The proxy that the environment names for an origin.

    Attributes:
        url: Its address, with user and password where it needs them.
        variable: The variable that names it.
    """

    url: str
    variable: str

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]  # without user and password
        return f"the proxy {parts.scheme}://{host} ({self.variable})"

    __repr__ = __str__


def find_proxy(url: str) -> EnvironmentProxy | None:
    """Return the proxy for a URL; the loopback has none.

    The variables are those of urllib and curl: ``https_proxy`` or ``http_proxy``, by the scheme of
    the URL, else ``all_proxy``, in small or capital letters, and ``no_proxy``.

    Raises:
        ConfigurationError: A variable has a value that cannot work.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    name = next((name for name in (parts.scheme, "all") if proxies.get(name)), None)
    host = parts.hostname or ""
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    exempt = proxies.get("no", "").replace(",", " ").split()
    if name is None or _is_loopback(host) or any(_is_exempt(each, host, port) for each in exempt):
        return None
    address = proxies[name]
    proxy = EnvironmentProxy(
        address if "://" in address else f"http://{address}", _variable(name, address)
    )
    _check_proxy(proxy)
    return proxy


def ssl_context(url: str, proxy: EnvironmentProxy | None) -> ssl.SSLContext:
    """Return what servers are verified with: SSL_CERT_FILE, else SSL_CERT_DIR, else certifi.

    Args:
        url: The address that is asked.
        proxy: The proxy in between. Where neither needs TLS, nothing is loaded.

    Raises:
        ConfigurationError: A variable names certificates that cannot be loaded.
    """
    addresses = (url, proxy.url if proxy else "")
    if not any(urlsplit(address).scheme == "https" for address in addresses):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    folder = os.environ.get("SSL_CERT_DIR")
    if folder and not os.environ.get("SSL_CERT_FILE") and not Path(folder).is_dir():
        raise ConfigurationError(f"SSL_CERT_DIR names a folder that is not there: {folder}")
    try:
        return httpx.create_ssl_context()
    except OSError as error:  # ssl.SSLError is one
        problem = error.strerror if isinstance(error, FileNotFoundError) else str(error)
    file = os.environ.get("SSL_CERT_FILE")
    raise ConfigurationError(f"SSL_CERT_FILE names a file that cannot be used: {file} ({problem})")


def checked_url(name: str, base_url: object) -> str:
    """Return a base URL without a slash at its end.

    Args:
        name: What an error calls it.
        base_url: A plain http(s) address, with a path prefix or not.

    Raises:
        TypeError: It is not a str.
        ValueError: It is no such address.
    """
    if not isinstance(base_url, str):
        raise TypeError(f"{name} must be a str, not {type(base_url).__name__}")
    try:
        parts = urlsplit(base_url)
        plain = parts.port != 0 and parts.scheme in ("http", "https")
        plain = plain and _is_host(parts.hostname or "")
        plain = plain and not (parts.username is not None or parts.query or parts.fragment)
    except ValueError:
        plain = False
    if not plain or not base_url.isprintable() or " " in base_url:
        raise ValueError(
            f"{name} must be like https://host or https://host/prefix, "
            "without user, query and fragment"
        )
    return base_url.rstrip("/")


def _is_host(host: str) -> bool:
    """Whether a name service can be asked for a host; else only the lookup would fail."""
    try:
        httpx.URL(scheme="http", host=host)
        return bool(host) and all(map(_is_label, host.removesuffix(".").split(".")))
    except (UnicodeError, httpx.InvalidURL):
        return False


def _is_label(label: str) -> bool:
    return 0 < len(label.encode("idna")) <= _MAX_LABEL


def _check_proxy(proxy: EnvironmentProxy) -> None:
    scheme = proxy.url.partition("://")[0].lower()
    if scheme not in _PROXY_SCHEMES and scheme.isalnum():
        known = ", ".join(f"{scheme}://" for scheme in _PROXY_SCHEMES)
        raise ConfigurationError(
            f"{proxy.variable} names a proxy of a kind that is not supported, {scheme}://; "
            f"supported are {known}"
        )
    if scheme.startswith("socks") and find_spec("socksio") is None:
        raise ConfigurationError(
            f"{proxy.variable} names a SOCKS proxy, which needs the package socksio: "
            "pip install socksio"
        )
    try:
        parts = urlsplit(proxy.url)
        sound = _is_host(parts.hostname or "") and parts.port != 0
        # With more behind the host, that is where a password with a slash was cut.
        sound = sound and not (parts.path.strip("/") or parts.query or parts.fragment)
        httpx.Proxy(proxy.url)
    except (ValueError, httpx.InvalidURL):
        sound = False
    if not sound:
        raise ConfigurationError(f"{proxy.variable} is not an address like http://host:port")


def _variable(scheme: str, value: str) -> str:
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
    return next((name for name in names if os.environ.get(name) == value), "the system's settings")


def _is_loopback(host: str) -> bool:
    address = _ip(host)
    return host == "localhost" if address is None else address.is_loopback


def _is_exempt(entry: str, host: str, port: int) -> bool:
    """Whether an entry of NO_PROXY means a host: it is *, a name, an address or a network."""
    if entry == "*":
        return True
    try:
        meant, only_port = _read_exemption(entry.rpartition("://")[2].rstrip("/"))
    except ValueError:
        meant, only_port = "", None
    if not meant:
        variable = "no_proxy" if os.environ.get("no_proxy") else "NO_PROXY"
        raise ConfigurationError(f"{variable} has an entry that is no host or network: {entry!r}")
    address = _ip(host)
    if isinstance(meant, str):
        found = address is None and f".{_ascii(host)}".endswith(f".{meant}")
    else:
        found = address is not None and address in meant
    return found and only_port in (None, port)


def _read_exemption(entry: str) -> tuple[str | IPv4Network | IPv6Network, int | None]:
    """Return the name or network that an entry means, and the port if it is for one only."""
    literal = entry.strip("[]")
    if "/" in entry or _ip(literal):
        return ip_network(literal, strict=False), None
    parts = urlsplit(f"//{entry}")
    name = (parts.hostname or "").lstrip("*.")
    if _ip(name):
        return ip_network(name), parts.port
    return (_ascii(name) if _is_host(name) else ""), parts.port


def _ascii(host: str) -> str:
    """Return a host name as it goes over the wire."""
    return httpx.URL(scheme="http", host=host).raw_host.decode().removesuffix(".")


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
