"""Where credentials come from when none are given.

Source: the vendor's SDK (huaweicloudsdkcore.auth.provider), whose names, file and order are used,
so that its users need to change nothing. No error shows or chains a value: only names and places.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coc_steps.errors import ConfigurationError

from .credentials import (
    AkSk,
    AuthToken,
    Credentials,
    CredentialsProvider,
    KeysProvider,
)
from .profile import (
    SECTIONS,
    IdentityProvider,
    checked,
    expanded,
    names_with,
    read_entry,
    read_profile,
    unquoted,
)
from .refresh import RefreshingProvider

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN_VARIABLE = "COC_AUTH_TOKEN"  # noqa: S105
_FILE_VARIABLE = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
_VARIABLE_PREFIX = "HUAWEICLOUD_SDK_"

# What the vendor's SDK reads itself: all of these, or the source is not configured.
OIDC_VARIABLES = ("HUAWEICLOUD_OIDC_PROVIDER_URN", "HUAWEICLOUD_OIDC_AGENCY_URN")
OIDC_TOKEN_VARIABLES = ("HUAWEICLOUD_OIDC_ID_TOKEN", "HUAWEICLOUD_OIDC_TOKEN_FILE")
POD_VARIABLES = ("HC_CONTAINER_CREDENTIALS_FULL_URI", "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE")

_ENVIRONMENT = "the environment"
_INSTALL = "pip install 'coc-steps[huaweicloud]'"


class Missing(NamedTuple):
    """Neither keys nor an identity provider.

    Attributes:
        problem: Where was looked for them, for people.
    """

    problem: str


def default_credentials() -> Credentials | CredentialsProvider:
    """Find credentials in the environment, in the vendor's profile file or through its SDK.

    The first of these that is there is used:

    1. the variable COC_AUTH_TOKEN;
    2. an OIDC provider: HUAWEICLOUD_OIDC_PROVIDER_URN, HUAWEICLOUD_OIDC_AGENCY_URN and
       HUAWEICLOUD_OIDC_ID_TOKEN or HUAWEICLOUD_OIDC_TOKEN_FILE;
    3. the variables HUAWEICLOUD_SDK_IDP_ID and HUAWEICLOUD_SDK_ID_TOKEN_FILE, an identity provider;
       or HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, with HUAWEICLOUD_SDK_SECURITY_TOKEN; both with
       either HUAWEICLOUD_SDK_PROJECT_ID or HUAWEICLOUD_SDK_DOMAIN_ID when they are set;
    4. the file ~/.huaweicloud/credentials, or the one named by HUAWEICLOUD_SDK_CREDENTIALS_FILE:
       its section [basic] (idp_id and id_token_file, or ak, sk and security_token; project_id),
       then [global] (the same, with domain_id);
    5. the metadata service of a cloud server;
    6. a pod identity: HC_CONTAINER_CREDENTIALS_FULL_URI, HC_CONTAINER_AUTHORIZATION_TOKEN_FILE.

    All but the token and the keys come through `sdk_credentials`, and need its extra. As in the
    vendor's SDK an empty variable counts as one that is not set.

    Returns:
        The credentials; or what `sdk_credentials` returns, for sources that give temporary keys.
        Nothing is sent before a request needs them.

    Raises:
        ConfigurationError: There are none, only half of what a source needs, values that cannot be
            right, a file that cannot be read, or the extra is missing. The message says what was
            looked for and where.
    """
    return find_credentials(os.environ, home_directory())


def sdk_credentials() -> KeysProvider:
    """Return a callable that gives keys from the sources of the vendor's SDK, in its order.

    The order is that of `default_credentials`, without its first place. The first source that is
    configured is used; if it fails, no other one is asked. Only the metadata service, which nobody
    configures, may fail: it takes up to 3 s away from a cloud server, or 6 s behind a proxy.

    Temporary keys are kept until shortly before they expire: for a quarter of the time that they
    have left, but for at most 5 minutes. They are renewed once for all threads and tasks, and each
    time the file with the token is read again. If that fails, the keys at hand are used until they
    expire.

    Pass it to a client as `credentials`. `AsyncClient` waits for it without blocking the event
    loop. It may be used after a fork.

    Returns:
        The callable. It raises ConfigurationError, which names what was tried.

    Raises:
        ConfigurationError: The extra is missing: ``pip install 'coc-steps[huaweicloud]'``.

    Example:
        >>> Client(region="cn-north-4", credentials=sdk_credentials())  # doctest: +SKIP
    """
    return _through_sdk("sdk_credentials()")


def find_credentials(
    environ: Mapping[str, str], home: Path | None
) -> Credentials | CredentialsProvider:
    """Find credentials in these variables, in the profile file, or through the vendor's SDK."""
    if environ.get(_TOKEN_VARIABLE):
        return AuthToken(checked(_TOKEN_VARIABLE, environ[_TOKEN_VARIABLE], _ENVIRONMENT))
    if names_oidc(environ):
        return _through_sdk(f"{_ENVIRONMENT} names an OIDC provider ({OIDC_VARIABLES[0]}), which")
    found = find_keys(environ, home)
    if isinstance(found, AkSk):
        return found
    if isinstance(found, IdentityProvider):
        return _through_sdk(f"{found.where} names an identity provider, which")
    if names_pod(environ):
        return _through_sdk(f"{_ENVIRONMENT} names a pod identity ({POD_VARIABLES[0]}), which")
    return _through_sdk(
        f"no credentials: the variable {_TOKEN_VARIABLE} is not set, {found.problem}"
        f"{_incomplete(environ)}. Set one of these, or pass credentials to the client. "
        "A cloud server's own identity"
    )


def find_keys(environ: Mapping[str, str], home: Path | None) -> AkSk | IdentityProvider | Missing:
    """Find keys or an identity provider in these variables, or else in the profile file."""
    # The vendor sends one scope; where both are set, it is that of the section that comes first.
    project, account = (_variables(names_with(scope)) for scope in SECTIONS.values())
    names = project if environ.get(project["project_id"]) else account
    return read_entry(environ, names, _ENVIRONMENT) or _in_file(environ, home)


def names_oidc(environ: Mapping[str, str]) -> bool:
    """Whether an OIDC provider is configured, and a token for it."""
    token = [name for name in OIDC_TOKEN_VARIABLES if _is_set(environ, name)]
    return bool(token) and all(_is_set(environ, name) for name in OIDC_VARIABLES)


def names_pod(environ: Mapping[str, str]) -> bool:
    """Whether a pod identity is configured."""
    return all(_is_set(environ, name) for name in POD_VARIABLES)


def scope_of(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the project or the account that the variables name, as an argument of `AkSk`."""
    for scope in SECTIONS.values():
        variable = _variables({scope: scope})[scope]
        if environ.get(variable):
            return {scope: checked(variable, environ[variable], _ENVIRONMENT)}
    return {}


def home_directory() -> Path | None:
    """Return the home directory of the user, if there is one."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def _is_set(environ: Mapping[str, str], name: str) -> bool:
    return bool(unquoted(name, environ.get(name, ""), _ENVIRONMENT))


def _incomplete(environ: Mapping[str, str]) -> str:
    names = [*OIDC_VARIABLES, *OIDC_TOKEN_VARIABLES, *POD_VARIABLES]
    found = ", ".join(name for name in names if environ.get(name))
    return f" ({found}: not all that its source needs)" if found else ""


def _variables(names: Mapping[str, str]) -> dict[str, str]:
    return {argument: _VARIABLE_PREFIX + name.upper() for argument, name in names.items()}


def _in_file(environ: Mapping[str, str], home: Path | None) -> AkSk | IdentityProvider | Missing:
    path = _path(environ, home)
    if path is None:
        return _missing(f"neither {_FILE_VARIABLE} nor a home directory says where a file is")
    sections = read_profile(path)
    if sections is None:
        return _missing(f"there is no file {path}")
    for section, scope in SECTIONS.items():
        where = f"section [{section}] of {path}"
        found = read_entry(sections.get(section, {}), names_with(scope), where)
        if found:
            return found
    return _missing(f"{path} has ak and sk neither in section [basic] nor in [global]")


def _path(environ: Mapping[str, str], home: Path | None) -> Path | None:
    named = environ.get(_FILE_VARIABLE)
    if named:
        return expanded(unquoted(_FILE_VARIABLE, named, _ENVIRONMENT))
    return home and home / ".huaweicloud" / "credentials"


def _missing(about_file: str) -> Missing:
    return Missing(
        f"the variables {_VARIABLE_PREFIX}AK and {_VARIABLE_PREFIX}SK are not set, and {about_file}"
    )


def _through_sdk(what: str) -> KeysProvider:
    """Return a provider that asks the vendor's SDK; if that is missing, say what needs it."""
    try:
        from .sdk import fetch_keys
    except ImportError as error:
        missing = error.name
    else:
        return RefreshingProvider(fetch_keys)
    raise ConfigurationError(
        f"{what} needs the vendor's SDK, whose {missing} cannot be imported: {_INSTALL}"
    )
