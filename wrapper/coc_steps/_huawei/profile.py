"""Reads the profile file of the vendor's SDK, and the same entries in the environment.

No error shows or chains a value.
"""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coc_steps.errors import ConfigurationError

from .credentials import AkSk, checked_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    Sections = Mapping[str, Mapping[str, str]]

# The arguments of AkSk and the fields of IdentityProvider, and the vendor's names for them in the
# file. The variables have the same names after a prefix, in capitals.
_KEYS = {"access_key": "ak", "secret_key": "sk", "security_token": "security_token"}
_PROVIDER = {"idp_id": "idp_id", "token_file": "id_token_file", "iam_endpoint": "iam_endpoint"}
SECTIONS = {"basic": "project_id", "global": "domain_id"}

_QUOTES = ('"', "'")


class IdentityProvider(NamedTuple):
    """An identity provider that the environment or the profile file names.

    Attributes:
        idp_id: The vendor's id of it.
        token_file: The file with its token.
        iam_endpoint: The identity service to ask; None for the vendor's default.
        scope: The project_id or domain_id for the keys, as arguments of `AkSk`.
        where: Where it was found, for people.
    """

    idp_id: str
    token_file: Path
    iam_endpoint: str | None
    scope: dict[str, str]
    where: str


def expanded(path: str) -> Path:
    """Return a path of the environment or the file; a `~` stands for the home directory."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # no such user, or no home directory
        return Path(path)


# Below, errors are raised after the except clause, not in it: what was caught has the text of the
# file, and would stay reachable as the context of the new error.


def read_profile(path: Path) -> Sections | None:
    """Return the sections of the profile file, or None if there is no such file.

    Raises:
        ConfigurationError: The file cannot be read, or is not a valid INI file.
    """
    text = _read(path)
    return None if text is None else _parse(text, path)


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


def _parse(text: str, path: Path) -> Sections:
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


def names_with(scope: str) -> dict[str, str]:
    """Return the vendor's names of the file, by the arguments and fields that take their values."""
    return {**_KEYS, **_PROVIDER, scope: scope}


def read_entry(
    values: Mapping[str, str], names: Mapping[str, str], where: str
) -> AkSk | IdentityProvider | None:
    """Return the keys or the identity provider in a section, or in the environment, if any.

    Args:
        values: What is there.
        names: By the arguments of `AkSk` and the fields of `IdentityProvider`, their names there.
        where: What to call the place in an error.

    Raises:
        ConfigurationError: Half of it is there, or a value that cannot be right.
    """
    given = {argument: name for argument, name in names.items() if values.get(name)}
    if {"idp_id", "token_file"} <= given.keys():
        return _identity_provider(values, given, where)
    if _both("key pair", ("access_key", "secret_key"), given, names, where):
        keys = {key: name for key, name in given.items() if key not in _PROVIDER}
        return AkSk(**{key: checked(name, values[name], where) for key, name in keys.items()})
    _both("identity provider", ("idp_id", "token_file"), given, names, where)
    return None


def _identity_provider(
    values: Mapping[str, str], given: Mapping[str, str], where: str
) -> IdentityProvider:
    read = {key: unquoted(name, values[name], where) for key, name in given.items()}
    return IdentityProvider(
        idp_id=checked(given["idp_id"], read["idp_id"], where),
        token_file=expanded(read["token_file"]),
        iam_endpoint=read.get("iam_endpoint"),
        scope={
            scope: checked(given[scope], read[scope], where)
            for scope in SECTIONS.values()
            if scope in read
        },
        where=where,
    )


def _both(
    what: str,
    halves: tuple[str, str],
    given: Mapping[str, str],
    names: Mapping[str, str],
    where: str,
) -> bool:
    """Whether both halves are given; one alone is an error."""
    absent = [names[half] for half in halves if half not in given]
    if len(absent) == 1:
        raise ConfigurationError(f"half of the {what}: {absent[0]} is missing or empty in {where}")
    return not absent


def checked(name: str, value: str, where: str) -> str:
    """Return a part of credentials if it can be used as one."""
    unquoted(name, value, where)
    try:
        return checked_text(name, value)
    except ValueError as error:
        problem = str(error)
    raise ConfigurationError(f"{problem} (in {where})")


def unquoted(name: str, value: str, where: str) -> str:
    """Return a value if it is not in quotes."""
    if value[:1] in _QUOTES or value[-1:] in _QUOTES:
        raise ConfigurationError(
            f"{name} begins or ends with a quotation mark, which would be sent as a part of it: "
            f"write the value without quotes (in {where})"
        )
    return value
