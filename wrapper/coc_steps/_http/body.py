"""Reads the body of an answer within its bounds, decompressed in steps. No I/O."""

from __future__ import annotations

import zlib

from coc_steps.errors import ResponseFormatError

from .library import httpx

ACCEPT_ENCODING = "gzip"

MAX_BODY = 64 * 2**20
"""How much a success may have after decompression (bytes)."""

MAX_ERROR_BODY = 2**20
"""How much is read of any other answer (bytes)."""

_UNDERSTOOD = ("gzip", "x-gzip", "deflate")
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_STEP = 2**20  # bytes that are decompressed at once


class Body:
    """What was read of a body so far.

    Args:
        status: The HTTP status.
        encoding: The Content-Encoding; empty where there is none.

    Raises:
        ResponseFormatError: A success has an encoding that was not asked for.
    """

    def __init__(self, status: int, encoding: str) -> None:
        self._success = 200 <= status < 300
        self._room = MAX_BODY if self._success else MAX_ERROR_BODY
        self._parts: list[bytes] = []
        encoding = encoding.strip().lower()
        compressed = encoding not in ("", "identity")
        self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB) if compressed else None
        if compressed and encoding not in _UNDERSTOOD:
            if self._success:
                raise ResponseFormatError(f"the body is encoded as {encoding[:40]!r}")
            self._room = 0

    @property
    def full(self) -> bool:
        """Whether enough was read of an answer that is no success."""
        return not self._success and not self._room

    def feed(self, received: bytes) -> None:
        """Take a piece as it came over the wire.

        Raises:
            ResponseFormatError: A success is larger than it may be.
            DecodingError: It cannot be decompressed (one of the HTTP library's errors).
        """
        if self._inflate is None:
            self._add(received)
            return
        while received and not (self.full or self._inflate.eof):  # what follows the end is ignored
            try:
                self._add(self._inflate.decompress(received, _STEP))
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from None
            received = self._inflate.unconsumed_tail

    def content(self) -> bytes:
        """Return all that was read.

        Raises:
            DecodingError: A compressed success was cut (one of the HTTP library's errors).
        """
        if self._success and self._parts and self._inflate and not self._inflate.eof:
            raise httpx.DecodingError("the compressed body was cut")
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def _add(self, part: bytes) -> None:
        if self._success and len(part) > self._room:
            raise ResponseFormatError(f"the body has more than {MAX_BODY // 2**20} MiB")
        self._parts.append(part[: self._room])
        self._room -= len(self._parts[-1])
