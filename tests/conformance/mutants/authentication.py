"""Gates that let in whom they should not, or say no in the wrong way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coc_steps._huawei.signature import authorization
from coc_steps.mock import Answer, Gate, Refusal, Service
from starlette.datastructures import Headers

from conformance.servers import Edited

from .registry import breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coc_steps.mock import Request

NEEDED = "Nobody gets steps without valid credentials."
TOKEN = "A token is valid as a whole, or not at all."
SIGNED = "A signature is checked, over all that is signed."
FRESH = "A signature expires after 15 minutes."
ONE_WAY = "A request authenticates in one way, not in two."
BOTH = "Nothing says what a server makes of a request that sends both; clients do not."
STATUS = "Credentials that are not valid are refused with 401."


@breaks(NEEDED)
class NoCredentialsNeeded(Gate):
    def check(self, request: Request) -> None:
        if {"x-auth-token", "authorization"} & {*request.headers}:
            super().check(request)


@breaks(NEEDED)
class GateOpen(Gate):
    def check(self, request: Request) -> None:
        pass


@breaks(TOKEN)
class AnyTokenAccepted(Gate):
    def check_token(self, token: str) -> None:
        pass


@breaks(TOKEN)
class AnyLongTokenAccepted(Gate):
    def check_token(self, token: str) -> None:
        if len(token) != len(self.keys.token):
            super().check_token(token)


@breaks(TOKEN)
class EmptyTokenAccepted(Gate):
    def check_token(self, token: str) -> None:
        if token:
            super().check_token(token)


@breaks(TOKEN)
class BeginningOfTokenSuffices(Gate):
    def check_token(self, token: str) -> None:
        super().check_token(token if len(token) < 64 else token[:64] + self.keys.token[64:])


@breaks(TOKEN)
class EndsOfTokenSuffice(Gate):
    def check_token(self, token: str) -> None:
        middle = self.keys.token[6:-6]
        super().check_token(token if len(token) < 64 else token[:6] + middle + token[-6:])


@breaks(TOKEN)
class TokenInAnyCase(Gate):
    def check_token(self, token: str) -> None:
        if token.lower() != self.keys.token.lower():
            super().check_token(token)


@breaks(SIGNED)
class AnySignatureAccepted(Gate):
    def check_signature(self, request: Request, value: str) -> None:
        pass


@breaks(SIGNED)
class KnownAccessKeySuffices(Gate):
    def check_signature(self, request: Request, value: str) -> None:
        if f"Access={self.keys.access_key}," not in value:
            super().check_signature(request, value)


@breaks(SIGNED)
class EndOfSignatureSuffices(Gate):
    def check_signature(self, request: Request, value: str) -> None:
        try:
            super().check_signature(request, value)
        except Refusal:
            names = value.partition("SignedHeaders=")[2].partition(",")[0].split(";")
            if value[-32:] != self.valid(request, names)[-32:]:
                raise

    def valid(self, request: Request, names: Sequence[str]) -> str:
        """Return the value that the Authorization header should have."""
        return authorization(
            access_key=self.keys.access_key,
            secret_key=self.keys.secret_key,
            method=request.method,
            target=request.target,
            headers=self.signed_headers(request.headers, names),
        )


@breaks(NEEDED)
class AnyBearerAccepted(Gate):
    def check_signature(self, request: Request, value: str) -> None:
        if not value.startswith("Bearer "):
            super().check_signature(request, value)


@breaks(SIGNED)
class QueryNeedNotBeSigned(Gate):
    def check_signature(self, request: Request, value: str) -> None:
        try:
            super().check_signature(replace(request, target=request.path), value)
        except Refusal:
            super().check_signature(request, value)


@breaks(SIGNED, undetectable="The vendor's guide has only X-Sdk-Date signed without fail.")
class ScopeNeedNotBeSigned(Gate):
    def signed_headers(self, headers: Headers, names: Sequence[str]) -> dict[str, str]:
        signed = [(name, value) for name, value in headers.raw if name.decode("latin-1") in names]
        return super().signed_headers(Headers(raw=signed), names)


@breaks(FRESH)
class OldSignatureAccepted(Gate):
    def check_date(self, text: str) -> None:
        if age(text, self.clock()) < 0:
            super().check_date(text)


@breaks(FRESH)
class FutureSignatureAccepted(Gate):
    def check_date(self, text: str) -> None:
        if age(text, self.clock()) > 0:
            super().check_date(text)


def age(text: str, now: float) -> float:
    """Return the seconds since an X-Sdk-Date; a malformed one is new."""
    try:
        return now - datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0


@breaks(ONE_WAY, undetectable=BOTH)
class TokenBeatsSignature(Gate):
    def check(self, request: Request) -> None:
        token = request.headers.get("X-Auth-Token")
        if token is None:
            super().check(request)
        else:
            self.check_token(token)


@breaks(ONE_WAY, undetectable=BOTH)
class SignatureBeatsToken(Gate):
    def check(self, request: Request) -> None:
        signature = request.headers.get("Authorization")
        if signature is None:
            super().check(request)
        else:
            self.check_signature(request, signature)


class Restated(Gate):
    """Refuses with another status."""

    status = 401

    def check(self, request: Request) -> None:
        try:
            super().check(request)
        except Refusal as refusal:
            raise Refusal(self.status, refusal.code, refusal.message) from None


@breaks(STATUS)
class UnauthorizedIs400(Restated):
    status = 400


@breaks(STATUS, undetectable="Nothing says that a 403 is wrong: it refuses, too.")
class UnauthorizedIs403(Restated):
    status = 403


@breaks(STATUS)
class UnauthorizedIs500(Restated):
    status = 500


@breaks(STATUS)
class UnauthorizedIs200(Restated):
    status = 200


@breaks("A malformed Authorization is refused; it does not crash the server.")
class MalformedSignatureCrashes(Gate):
    def check_signature(self, request: Request, value: str) -> None:
        if not value.startswith("SDK-HMAC-SHA256 Access="):
            raise Refusal(500, "APIGW.0601", "Internal error.")
        super().check_signature(request, value)


@breaks(NEEDED)
class TellsStrangersWhichTicketsExist(Service):
    def answer(self, request: Request) -> Answer:
        self.find(self.route(request.path))
        return super().answer(request)


@breaks("A refusal shows no steps.")
class UnauthorizedWithSteps(Edited):
    def edit_refusal(self, answer: Answer, request: Request) -> None:
        steps = self.store.steps(self.route(request.path)) if answer.status == 401 else None
        if steps:
            answer.content["data"] = [self.render_step(steps[0])]


@breaks(NEEDED)
class FilterIsOpenToAll(Service):
    def answer(self, request: Request) -> Answer:
        if request.method != "GET" or "execution_step_id_list=" not in request.query:
            return super().answer(request)
        query = self.parse(request.query)
        steps = self.matching(self.find(self.route(request.path)), query)
        return Answer(200, self.render(self.window(steps, query), len(steps)))


@breaks(SIGNED)
class MethodNeedNotBeSigned(Gate):
    def check_signature(self, request: Request, value: str) -> None:
        try:
            super().check_signature(request, value)
        except Refusal:
            super().check_signature(replace(request, method="POST"), value)
