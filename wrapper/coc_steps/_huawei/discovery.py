"""Where credentials come from when none are given.

Source: the vendor's SDK (huaweicloudsdkcore.auth.provider), whose names and file are used, so that
its users need to change nothing. No error shows or chains a value: only names, places and lines.
"""

from __future__ import annotations

import configparser
import os
from pathlib import Path
from typing import TYPE_CHECKING

from coc_steps.errors import ConfigurationError

from .credentials import AkSk, AuthToken, Credentials, checked_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN_VARIABLE = "COC_AUTH_TOKEN"  # noqa: S105
_FILE_VARIABLE = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
_VARIABLE_PREFIX = "HUAWEICLOUD_SDK_"

# By section of the file: the arguments of AkSk, and the vendor's names for them. The variables have
# the same names after the prefix, in capitals.
_KEYS = {"access_key": "ak", "secret_key": "sk", "security_token": "security_token"}
_SECTIONS = {
    "basic": {**_KEYS, "project_id": "project_id"},
    "global": {**_KEYS, "domain_id": "domain_id"},
}


def default_credentials() -> Credentials:
    """Find credentials in the environment or in the vendor's profile file.

    The first of these that is there is used:

    1. the variable COC_AUTH_TOKEN;
    2. the variables HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, with HUAWEICLOUD_SDK_SECURITY_TOKEN
       and either HUAWEICLOUD_SDK_PROJECT_ID or HUAWEICLOUD_SDK_DOMAIN_ID when they are set;
    3. the file ~/.huaweicloud/credentials, or the one named by HUAWEICLOUD_SDK_CREDENTIALS_FILE:
       its section [basic] (ak, sk, security_token, project_id), then [global] (ak, sk,
       security_token, domain_id).

    As in the vendor's SDK an empty variable of the vendor's counts as one that is not set.

    Returns:
        The credentials.

    Raises:
        ConfigurationError: There are none, only half a key pair, values that cannot be right, or a
            file that cannot be read. The message says what was looked for and where.
    """
    return find_credentials(os.environ, _home())


def find_credentials(environ: Mapping[str, str], home: Path | None) -> Credentials:
    """Find credentials in these variables, or in the profile file that they or the home give."""
    return _from_variables(environ) or _from_file(environ, home)


def _from_variables(environ: Mapping[str, str]) -> Credentials | None:
    if _TOKEN_VARIABLE in environ:
        token = environ[_TOKEN_VARIABLE]
        return AuthToken(_checked(_TOKEN_VARIABLE, token, "the environment"))
    project, account = map(_variables, _SECTIONS.values())
    # The vendor sends one scope; where both are set, it is that of the section that comes first.
    names = project if environ.get(project["project_id"]) else account
    return _key_pair(environ, names, "the environment")


def _variables(names: Mapping[str, str]) -> dict[str, str]:
    return {argument: _VARIABLE_PREFIX + name.upper() for argument, name in names.items()}


def _from_file(environ: Mapping[str, str], home: Path | None) -> Credentials:
    path = _path(environ, home)
    text = _read(path)
    if text is None:
        raise _none_found(f"there is no file {path}")
    sections = _parse(text, path)
    for section, names in _SECTIONS.items():
        found = _key_pair(sections.get(section, {}), names, f"section [{section}] of {path}")
        if found:
            return found
    raise _none_found(f"{path} has ak and sk neither in section [basic] nor in [global]")


def _path(environ: Mapping[str, str], home: Path | None) -> Path:
    named = environ.get(_FILE_VARIABLE)
    if named:
        return Path(named)
    if home is None:
        raise _none_found(f"neither {_FILE_VARIABLE} nor a home directory says where a file is")
    return home / ".huaweicloud" / "credentials"


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:
        return None


# Below, errors are raised after the except clause, not in it: what was caught has the text of the
# file, and would stay reachable as the context of the new error.


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        problem = error.strerror
    except UnicodeDecodeError:
        problem = "it is not UTF-8 text"
    raise ConfigurationError(f"the profile file {path} cannot be read: {problem}")


def _parse(text: str, path: Path) -> Mapping[str, Mapping[str, str]]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        line = _line(error)
    else:
        return {section: parser[section] for section in parser.sections()}
    raise ConfigurationError(f"the profile file {path} is not a valid INI file: see line {line}")


def _line(error: configparser.Error) -> object:
    errors = getattr(error, "errors", None)
    return errors[0][0] if errors else getattr(error, "lineno", None)


def _key_pair(values: Mapping[str, str], names: Mapping[str, str], where: str) -> AkSk | None:
    given = {argument: values[name] for argument, name in names.items() if values.get(name)}
    missing = [names[half] for half in ("access_key", "secret_key") if half not in given]
    if len(missing) > 1:
        return None
    if missing:
        raise ConfigurationError(f"half a key pair: {missing[0]} is missing or empty in {where}")
    return AkSk(**{key: _checked(names[key], value, where) for key, value in given.items()})


def _checked(name: str, value: str, where: str) -> str:
    try:
        return checked_text(name, value)
    except ValueError as error:
        problem = str(error)
    raise ConfigurationError(f"{problem} (in {where})")


def _none_found(about_file: str) -> ConfigurationError:
    return ConfigurationError(
        f"no credentials: the variable {_TOKEN_VARIABLE} is not set, the variables "
        f"{_VARIABLE_PREFIX}AK and {_VARIABLE_PREFIX}SK are not set, and {about_file}. "
        "Set one of these, or pass credentials to the client."
    )
