"""Reads the profile file of the vendor's SDK. No error shows or chains what the file says."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import TYPE_CHECKING

from coc_steps.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    Sections = Mapping[str, Mapping[str, str]]


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
