"""What a request is authenticated with: a token, or a key pair that signs it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import NoReturn, TypeAlias, TypeVar, final

from .signature import DATE_FORMAT, DATE_HEADER, authorization

_Self = TypeVar("_Self", bound="_Sealed")

# The vendor's access key ids have 20 characters; four of a much shorter one would say too much.
_SHOWN_FROM_LENGTH = 16

# Wider than what the vendor hands out. Anything else cannot go into a header or is a slip of the
# clipboard, and must not cost one of the few failed tries after which the vendor locks a key.
_VISIBLE_ASCII = re.compile(r"[!-~]+")

_OPTIONAL_HEADERS = {
    "security_token": "X-Security-Token",
    "project_id": "X-Project-Id",
    "domain_id": "X-Domain-Id",
}


class _Sealed:
    """A value that cannot change, compares by what its slots hold, and shows nothing of it."""

    __slots__: tuple[str, ...] = ()

    def _seal(self, **fields: object) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def _key(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed; make a new one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed; make a new one")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    def __copy__(self: _Self) -> _Self:
        return self

    def __deepcopy__(self: _Self, memo: object) -> _Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds a secret and cannot be pickled; "
            "hand plain settings to the other process and make the credentials there"
        )


@final
class AuthToken(_Sealed):
    """An IAM token, sent with each request as X-Auth-Token. The vendor's are valid for 24 hours.

    Args:
        token: The token, as the vendor's identity service gives it.

    Raises:
        TypeError: The token is not a str.
        ValueError: The token is empty, or has other characters than visible ASCII.
    """

    __slots__ = ("_token",)

    _token: str

    def __init__(self, token: str) -> None:
        self._seal(_token=checked_text("token", token))

    def headers(self, **_request: object) -> dict[str, str]:
        """Return the headers to add to a request. Internal; takes what `AkSk.headers` takes."""
        return {"X-Auth-Token": self._token}

    def secrets(self) -> tuple[str, ...]:
        """Return what must never be shown. Internal: to take it out of what a server says."""
        return (self._token,)


@final
class AkSk(_Sealed):
    """An access key pair, permanent or temporary. It signs each request; the secret is not sent.

    Source: the vendor's signing guide. Its SDK calls the two scopes, of which one is usual, basic
    (a project) and global (an account).

    Args:
        access_key: The id of the access key (AK).
        secret_key: The secret of the access key (SK).
        security_token: What comes with a temporary key pair, and only with one.
        project_id: The project to act in.
        domain_id: The account to act in.

    Raises:
        TypeError: An argument is not a str.
        ValueError: An argument is empty, or has other characters than visible ASCII.
    """

    __slots__ = ("_access_key", "_optional", "_secret_key")

    _access_key: str
    _secret_key: str
    _optional: tuple[tuple[str, str], ...]

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        *,
        security_token: str | None = None,
        project_id: str | None = None,
        domain_id: str | None = None,
    ) -> None:
        optional = {
            "security_token": security_token,
            "project_id": project_id,
            "domain_id": domain_id,
        }
        self._seal(
            _access_key=checked_text("access_key", access_key),
            _secret_key=checked_text("secret_key", secret_key),
            _optional=tuple(
                (_OPTIONAL_HEADERS[name], checked_text(name, value))
                for name, value in optional.items()
                if value is not None
            ),
        )

    def __repr__(self) -> str:
        shown = self._access_key[-4:] if len(self._access_key) >= _SHOWN_FROM_LENGTH else ""
        return f"AkSk(...{shown})"

    def headers(
        self, *, method: str, host: str, target: str, now: datetime, body: bytes = b""
    ) -> dict[str, str]:
        """Return the headers to add to a request, the signature among them. Internal.

        Args:
            method: The HTTP method.
            host: The Host header as it goes over the wire, with a port that is not the default.
            target: Path and query as they go over the wire.
            now: The time of the signature, aware of its zone; it is good for 15 minutes.
            body: The body.
        """
        added = {DATE_HEADER: now.astimezone(UTC).strftime(DATE_FORMAT), **dict(self._optional)}
        added["Authorization"] = authorization(
            access_key=self._access_key,
            secret_key=self._secret_key,
            method=method,
            target=target,
            headers={"Host": host, **added},
            body_sha256=sha256(body).hexdigest(),
        )
        return added

    def secrets(self) -> tuple[str, ...]:
        """Return what must never be shown. Internal: to take it out of what a server says."""
        token = dict(self._optional).get("X-Security-Token")
        return (self._secret_key, token) if token else (self._secret_key,)


Credentials: TypeAlias = AkSk | AuthToken
KeysProvider: TypeAlias = Callable[[], AkSk]
CredentialsProvider: TypeAlias = Callable[[], Credentials]
AsyncCredentialsProvider: TypeAlias = Callable[[], Credentials | Awaitable[Credentials]]


def checked_credentials(value: object) -> Credentials:
    """Return what was passed as credentials, or came from a callable, if it is credentials.

    Raises:
        TypeError: It is not; the message names its type, never its value.
    """
    if isinstance(value, AkSk | AuthToken):
        return value
    raise TypeError(f"credentials must be AkSk or AuthToken, not {type(value).__name__}")


def checked_text(name: str, value: object) -> str:
    """Return a part of credentials if it can be used as one; no error has its value.

    Raises:
        TypeError: It is not a str.
        ValueError: It is empty, or has other characters than visible ASCII.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if not value.strip():
        raise ValueError(f"{name} is empty")
    if not _VISIBLE_ASCII.fullmatch(value):
        raise ValueError(
            f"{name} has a character that is not visible ASCII, "
            "such as a space or a line break before, within or after it"
        )
    return value
