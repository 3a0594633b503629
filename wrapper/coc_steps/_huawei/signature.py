"""The vendor's request signature, SDK-HMAC-SHA256, as pure functions.

Source: the vendor's API signing guide and, where that is silent, the vendor's own Python signer.
The tests compare every part with that signer and with the published vectors.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHM = "SDK-HMAC-SHA256"
DATE_HEADER = "X-Sdk-Date"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
EMPTY_BODY_SHA256 = sha256().hexdigest()


def authorization(
    *,
    access_key: str,
    secret_key: str,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body_sha256: str = EMPTY_BODY_SHA256,
) -> str:
    """Return the value of the Authorization header for a request.

    Args:
        access_key: The public part of the key pair.
        secret_key: The secret part; it is used, never kept.
        method: The HTTP method.
        target: Path and query as they go over the wire, percent-encoded.
        headers: The headers to sign, as they go over the wire; X-Sdk-Date must be among them.
        body_sha256: The hex digest of the body; the default is that of no body.
    """
    lowered = {name.lower(): value.strip() for name, value in headers.items() if "_" not in name}
    names = sorted(lowered)
    signed = ";".join(names)
    lines = "".join(f"{name}:{lowered[name]}\n" for name in names)
    request = f"{method.upper()}\n{canonical_target(target)}\n{lines}\n{signed}\n{body_sha256}"
    digest = sha256(request.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{lowered[DATE_HEADER.lower()]}\n{digest}"
    signature = hmac.digest(secret_key.encode(), to_sign.encode(), sha256).hex()
    return f"{ALGORITHM} Access={access_key}, SignedHeaders={signed}, Signature={signature}"


def canonical_target(target: str) -> str:
    """Return the canonical path and query of a target on the wire, a line each."""
    path, _, query = target.partition("?")
    return f"{_cached_path(path)}\n{_canonical_query(query)}"


def _canonical_path(path: str) -> str:
    segments = "/".join(_encode(unquote_to_bytes(segment)) for segment in path.split("/"))
    return segments if segments.endswith("/") else f"{segments}/"


# All pages of an execution have the same path.
_cached_path = lru_cache(maxsize=256)(_canonical_path)


def _canonical_query(query: str) -> str:
    # The vendor sorts before it encodes, which is not the same: "_" < "é", yet "%C3%A9" < "_".
    pairs = sorted(_decoded_pair(part) for part in query.split("&") if part)
    return "&".join(f"{_encode(name)}={_encode(value)}" for name, value in pairs)


def _decoded_pair(part: str) -> tuple[bytes, bytes]:
    name, _, value = part.replace("+", " ").partition("=")
    return unquote_to_bytes(name), unquote_to_bytes(value)


def _encode(decoded: bytes) -> str:
    """Percent-encode all but the unreserved characters."""
    return quote(decoded, safe="")
