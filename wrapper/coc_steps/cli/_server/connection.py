"""A client for one command, bounded in time and in requests a second."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from coc_steps import Client, CocError, ConfigurationError, default_credentials
from coc_steps.cli._failures import CredentialsFailure, Failure, TimeoutFailure, failure
from coc_steps.cli._options import address, as_usage

from .rate import Pace, paced

if TYPE_CHECKING:
    from collections.abc import Generator


class Connection:
    """A client that ends whatever it is asked for when the time is up.

    Attributes:
        client: The client.
        expired: Whether the time is up.
    """

    def __init__(self, client: Client, pace: Pace | None, timeout: float | None) -> None:
        self.client = client
        self._pace = pace
        self._timeout = timeout
        self.expired = False

    def failure(self, error: Exception, done: str = "") -> Failure:
        """Return the failure that an error is: the time is up, or what the error says.

        Args:
            error: The error.
            done: What was done before it.
        """
        if self.expired:
            done = done or "no answer yet"
            return TimeoutFailure(f"timed out after {self._timeout:g} s: {done}")
        if isinstance(error, CocError):
            return failure(error, done=done)
        raise error

    def expire(self) -> None:
        """End what is going on, since the time is up."""
        self.expired = True
        self.close()

    def close(self) -> None:
        """End what is going on."""
        if self._pace is not None:
            self._pace.cancel()
        self.client.close()


@contextmanager
def connect(
    base_url: str | None,
    region: str | None,
    *,
    timeout: float | None = None,
    rate: float | None = None,
) -> Generator[Connection]:
    """Connect to a server; credentials come from the environment or the profile file.

    Args:
        base_url: The address, if there is one.
        region: The region, if there is one.
        timeout: How long all of it may take (seconds); None for no limit.
        rate: The most requests in a second; None for no limit.

    Raises:
        click.UsageError: The address is missing or wrong, or the surroundings cannot work.
        CredentialsFailure: There are no credentials.
    """
    pace = None if rate is None else Pace(rate)
    connection = Connection(_client(base_url, region, pace), pace, timeout)
    timer = threading.Timer(min(timeout or 0, threading.TIMEOUT_MAX), connection.expire)
    timer.daemon = True
    if timeout is not None:
        timer.start()
    try:
        yield connection
    finally:
        timer.cancel()
        connection.close()


def _client(base_url: str | None, region: str | None, pace: Pace | None) -> Client:
    url = address(base_url, region)
    try:
        credentials = default_credentials()
    except ConfigurationError as error:
        raise CredentialsFailure(str(error)) from error
    with as_usage(ConfigurationError):
        return Client(base_url=url, credentials=paced(credentials, pace) if pace else credentials)
