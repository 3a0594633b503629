"""Asks the vendor's SDK for temporary keys: its sources, in its order, by its public names.

The SDK's own chain asks anew for each try when keys live for less than 40 minutes, once for each
thread, and ends where there is no metadata service. Imported only when such keys are asked for.
"""

from __future__ import annotations

import logging
import os
import re
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from huaweicloudsdkcore.auth.internal import (
    FederalAccessor,
    IamHelper,
    MetadataAccessor,
    PodIdentityAccessor,
)
from huaweicloudsdkcore.auth.provider import OidcStsCredentialProvider
from huaweicloudsdkcore.exceptions.exception_handler import DefaultExceptionHandler
from huaweicloudsdkcore.exceptions.exceptions import ApiValueError, SdkException
from huaweicloudsdkcore.http.http_client import HttpClient
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.utils import time_utils

from coc_steps.errors import ConfigurationError

from .credentials import AkSk
from .discovery import (
    OIDC_TOKEN_VARIABLES,
    OIDC_VARIABLES,
    POD_VARIABLES,
    find_keys,
    home_directory,
    names_oidc,
    names_pod,
    scope_of,
)
from .profile import IdentityProvider, expanded
from .refresh import TemporaryKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from huaweicloudsdkcore.auth.internal import Credential, StsAccessor

_TIMEOUT = (5.0, 10.0)  # to connect, and for each read (seconds)
_CODE = re.compile(r"[\w.]{1,32}", re.ASCII)

_vendors_timestamp = time_utils.get_timestamp_from_str


def _timestamp(text: str, form: str) -> float:
    try:
        return _vendors_timestamp(text, form)
    except ValueError:
        return _vendors_timestamp(text.replace("Z", ".0Z"), form)


# The SDK fails on a time without a fraction of a second, and loses the keys that came with it.
time_utils.get_timestamp_from_str = _timestamp


def fetch_keys() -> TemporaryKeys:
    """Return keys from the first source that is configured.

    Raises:
        ConfigurationError: That source failed, or none is configured; it names what was tried.
    """
    environ, scope = os.environ, scope_of(os.environ)
    if names_oidc(environ):
        return _ask("the OIDC provider", lambda: _oidc(environ), scope)
    found = find_keys(environ, home_directory())
    if isinstance(found, AkSk):
        return TemporaryKeys(found)
    if isinstance(found, IdentityProvider):
        return _from_identity_provider(found)
    try:
        return _ask("the metadata service of a cloud server", MetadataAccessor, scope)
    except ConfigurationError as error:
        metadata = str(error)
    if names_pod(environ):
        return _ask("the pod identity", lambda: _pod(environ), scope)
    raise ConfigurationError(
        f"no credentials: {' and '.join(OIDC_VARIABLES)} with {' or '.join(OIDC_TOKEN_VARIABLES)} "
        f"are not set, {found.problem}; {metadata}; {' and '.join(POD_VARIABLES)} are not set. "
        "Set one of these or COC_AUTH_TOKEN, or pass credentials to the client."
    )


def _from_identity_provider(found: IdentityProvider) -> TemporaryKeys:
    return _ask(
        f"the identity provider of {found.where}",
        FederalAccessor,
        found.scope,
        idp_id=found.idp_id,
        id_token_file=str(found.token_file),
        iam_endpoint=found.iam_endpoint or IamHelper.get_iam_endpoint(),
    )


def _oidc(environ: Mapping[str, str]) -> StsAccessor:
    # Its own objects read the token once, and do not expand the path.
    token_file = environ.get(OIDC_TOKEN_VARIABLES[1])
    path = str(expanded(token_file)) if token_file else None
    return OidcStsCredentialProvider("basic", id_token_file=path).get_credentials().sts_accessor


def _pod(environ: Mapping[str, str]) -> StsAccessor:
    address, token_file = (environ[name] for name in POD_VARIABLES)
    return PodIdentityAccessor(address, str(expanded(token_file)))


def _ask(
    source: str, accessor: Callable[[], StsAccessor], scope: dict[str, str], **options: str
) -> TemporaryKeys:
    """Return the keys that a source gives. No error keeps what was sent to it, or its answer."""
    config = HttpConfig(timeout=_TIMEOUT)
    logger = logging.getLogger("coc_steps")
    try:
        with closing(HttpClient(config, None, DefaultExceptionHandler(), logger)) as http:
            credential = accessor().get_credential(http_client=http, **options)
        return _as_ours(credential, scope)
    except Exception as error:  # noqa: BLE001 - the SDK raises what it likes
        problem = _problem(error)
    raise ConfigurationError(f"{source} gave no keys: {problem}")


def _as_ours(credential: Credential, scope: dict[str, str]) -> TemporaryKeys:
    """Return keys of the SDK's as ours.

    Raises:
        ConfigurationError: They are not what keys look like; it says in what.
    """
    token = credential.security_token
    # The SDK reads a time in UTC as if it were one of the machine's zone.
    expires_at = datetime.fromtimestamp(credential.expire_at).replace(tzinfo=UTC)
    try:
        keys = AkSk(credential.access, credential.secret, security_token=token, **scope)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(str(error)) from None
    return TemporaryKeys(keys, expires_at.timestamp())


def _problem(error: Exception) -> str:
    """Return what went wrong, in words in which no server and no file has a part."""
    for one in (error, error.__context__):
        response = getattr(one, "response", None)
        status = getattr(one, "status_code", getattr(response, "status_code", None))
        if status is not None:
            code = str(getattr(one, "error_code", status))
            known = code != str(status) and _CODE.fullmatch(code)
            return f"HTTP status {status}{f', {code}' if known else ''}"
    if isinstance(error, ConfigurationError):
        return str(error)
    if type(error) in (SdkException, ApiValueError) and error.__context__ is None:
        return str(error).removeprefix("SdkException - ")
    return type(error).__name__
