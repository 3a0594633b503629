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

from coc_steps._huawei.signature import ALGORITHM, DATE_FORMAT, DATE_HEADER, canonical_target

from ._http import Refusal, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from starlette.datastructures import Headers

MAX_CLOCK_SKEW = 15 * 60
"""How far X-Sdk-Date may be from the clock (seconds)."""

# Whoever sends one of these claims something with it, so that it has to be signed.
_SCOPE_HEADERS = ("x-security-token", "x-project-id", "x-domain-id")
_BODY_HEADER = "x-sdk-content-sha256"
_UNSIGNED_BODY = "UNSIGNED-PAYLOAD"
# A word before a space: a secret that stands there alone, without its scheme, is not repeated.
_OTHER_ALGORITHM = re.compile(r"([A-Za-z0-9-]{1,32}) .*", re.DOTALL)
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Access=(?P<access_key>[^,]+), SignedHeaders=(?P<signed>[^,]+), "
    r"Signature=(?P<signature>[0-9a-f]{64})"
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
            raise _malformed(value)
        signed = self.signed_headers(request.headers, parts["signed"].split(";"))
        self.check_date(signed[DATE_HEADER.lower()])
        # An unknown access key is a mismatch like any other.
        claimed = parts["access_key"] + parts["signature"]
        signatures = _signatures(self.keys, request, signed)
        if not any(_same(claimed, self.keys.access_key + each) for each in signatures):
            raise refusal("verify aksk signature fail")

    def signed_headers(self, headers: Headers, names: Sequence[str]) -> dict[str, str]:
        """Return the headers that are said to be signed, if they are there and suffice."""
        needed = {DATE_HEADER.lower(), *(name for name in _SCOPE_HEADERS if name in headers)}
        if not needed.issubset(names):
            raise refusal("a header that has to be signed is not")
        values = {name: headers.getlist(name) for name in names}
        if any(len(value) != 1 for value in values.values()):
            raise refusal("a signed header is missing or repeated")
        return {name: _as_signed(value[0]) for name, value in values.items()}

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


def _malformed(value: str) -> Refusal:
    found = _OTHER_ALGORITHM.fullmatch(value)
    if found and found[1] != ALGORITHM:
        return refusal(f"the algorithm {found[1]} is not known, only {ALGORITHM}")
    return refusal("the Authorization header is malformed")


def _as_signed(value: str) -> str:
    """Return a header's value as text: the vendor's clients sign and send it as UTF-8."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value


def _body_digests(request: Request, signed: Mapping[str, str]) -> Iterator[str]:
    """Return what may stand for the body in the signature."""
    digest = sha256(request.body).hexdigest()
    claimed = signed.get(_BODY_HEADER, digest)
    if claimed not in (digest, _UNSIGNED_BODY):
        raise refusal("X-Sdk-Content-Sha256 is not that of the body")
    # The vendor's Python signer takes the digest of an empty body whatever the header says.
    yield from {digest, claimed}


def _signatures(keys: Keys, request: Request, signed: Mapping[str, str]) -> Iterator[str]:
    """Return the signatures that a request may have.

    What is named is what is signed. Where a name has an underscore, which only the vendor's signer
    for npm names, that signer sorts the lines otherwise than the names.
    """
    start = f"{request.method}\n{canonical_target(request.target)}"
    names = list(signed)
    for body in _body_digests(request, signed):
        for order in (names, sorted(names, key=_as_npm_sorts)):
            lines = "".join(f"{name}:{signed[name].strip()}\n" for name in order)
            canonical = f"{start}\n{lines}\n{';'.join(names)}\n{body}"
            digest = sha256(canonical.encode()).hexdigest()
            to_sign = f"{ALGORITHM}\n{signed[DATE_HEADER.lower()]}\n{digest}"
            yield hmac.digest(keys.secret_key.encode(), to_sign.encode(), sha256).hex()


def _as_npm_sorts(name: str) -> str:
    return name.translate({ord("_"): "\0", ord("-"): "\1"})


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
