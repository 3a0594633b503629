"""Who may ask: a token or a signature, never both, and the signature is recomputed."""

from __future__ import annotations

import hmac
import random
import re
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from coc_steps._huawei.signature import ALGORITHM, DATE_FORMAT, DATE_HEADER, authorization

from ._http import Refusal, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.datastructures import Headers

MAX_CLOCK_SKEW = 15 * 60
"""How far X-Sdk-Date may be from the clock (seconds)."""

# Whoever sends one of these claims something with it, so that it has to be signed.
_SCOPE_HEADERS = ("x-security-token", "x-project-id", "x-domain-id")
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Access=[^,]+, SignedHeaders=(?P<signed>[^,]+), Signature=[0-9a-f]{{64}}"
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The credentials that a mock accepts."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)


def make_keys(seed: int) -> Keys:
    """Make credentials of the vendor's lengths; the same seed makes the same ones."""
    rng = random.Random(f"keys {seed}")  # noqa: S311 - they open a mock, and must be repeatable

    def text(alphabet: str, length: int) -> str:
        return "".join(rng.choices(alphabet, k=length))

    return Keys(
        access_key=text(string.ascii_uppercase + string.digits, 20),
        secret_key=text(string.ascii_letters + string.digits, 40),
        token="MII" + text(string.ascii_letters + string.digits, 509),
    )


class Gate:
    """Checks the credentials of requests.

    Args:
        keys: The credentials to accept.
        clock: Gives the time (seconds since 1970) that X-Sdk-Date is compared with.
    """

    def __init__(self, keys: Keys, clock: Callable[[], float]) -> None:
        self.keys = keys
        self.clock = clock

    def check(self, request: Request) -> None:
        """Raise a Refusal unless the request carries one valid credential."""
        tokens = request.headers.getlist("X-Auth-Token")
        signatures = request.headers.getlist("Authorization")
        if len(tokens) + len(signatures) != 1:
            raise refusal("exactly one of X-Auth-Token and Authorization is needed")
        if tokens:
            self.check_token(tokens[0])
        else:
            self.check_signature(request, signatures[0])

    def check_token(self, token: str) -> None:
        """Raise a Refusal unless it is the token of this mock."""
        if not _same(token, self.keys.token):
            raise refusal("the token is not valid", code="APIGW.0307")

    def check_signature(self, request: Request, value: str) -> None:
        """Raise a Refusal unless the value of the Authorization header signs the request."""
        parts = _AUTHORIZATION.fullmatch(value)
        if not parts:
            raise refusal("the Authorization header is malformed")
        signed = self.signed_headers(request.headers, parts["signed"].split(";"))
        self.check_date(signed[DATE_HEADER.lower()])
        expected = authorization(
            access_key=self.keys.access_key,
            secret_key=self.keys.secret_key,
            method=request.method,
            target=request.target,
            headers=signed,
            body_sha256=sha256(request.body).hexdigest(),
        )
        # The whole value, so that an unknown access key is a mismatch like any other.
        if not _same(value, expected):
            raise refusal("verify aksk signature fail")

    def signed_headers(self, headers: Headers, names: Sequence[str]) -> dict[str, str]:
        """Give the headers that are said to be signed, if they are there and suffice."""
        needed = {DATE_HEADER.lower(), *(name for name in _SCOPE_HEADERS if name in headers)}
        if not needed.issubset(names):
            raise refusal("a header that has to be signed is not")
        values = {name: headers.getlist(name) for name in names}
        if any(len(value) != 1 for value in values.values()):
            raise refusal("a signed header is missing or repeated")
        return {name: value[0] for name, value in values.items()}

    def check_date(self, text: str) -> None:
        """Raise a Refusal unless the time is in the vendor's format and close to the clock's."""
        try:
            signed_at = datetime.strptime(text, DATE_FORMAT).replace(tzinfo=UTC).timestamp()
        except ValueError:
            raise refusal("X-Sdk-Date is malformed") from None
        if abs(self.clock() - signed_at) > MAX_CLOCK_SKEW:
            raise refusal("the signature expired")


def refusal(reason: str, *, code: str = "APIGW.0301") -> Refusal:
    """Make a 401 as the gateway makes it."""
    return Refusal(401, code, f"Incorrect IAM authentication information: {reason}")


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
