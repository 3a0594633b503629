"""What people call: a whole run, and one request of it again."""

from __future__ import annotations

import time
from contextlib import closing
from difflib import get_close_matches
from typing import TYPE_CHECKING

from coc_steps._http.surroundings import checked_url
from coc_steps._huawei.credentials import checked_credentials
from coc_steps._huawei.discovery import default_credentials
from coc_steps._steps.request import check_execution_id, check_seconds
from coc_steps.errors import TransportError

from ._catalogue import catalogue
from ._checks.answers import Answers
from ._fuzzing.description import packaged
from ._judge import Judge
from ._policy import TIMEOUT, Policy, Profile, policy_for
from ._report.model import Findings, Report
from ._session.session import Session, Unanswered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coc_steps._huawei.credentials import Credentials, CredentialsProvider

    from ._judge import Progress
    from ._session.exchange import Exchange

SEED = 1


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, with what was found until then.

    Attributes:
        report: The report, which is not conclusive.
    """

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def conform(
    base_url: str,
    execution_ids: Iterable[str],
    *,
    credentials: Credentials | CredentialsProvider | None = None,
    profile: Profile | None = None,
    allow_full_remote: bool = False,
    skip: Iterable[str] = (),
    seed: int = SEED,
    max_examples: int | None = None,
    max_requests: int | None = None,
    max_seconds: float | None = None,
    timeout: float = TIMEOUT,
    rate: float | None = None,
    progress: Progress = lambda _phase, _requests: None,
) -> Report:
    """Check whether a server keeps the contract of the endpoint.

    Args:
        base_url: The server. Away from the loopback the run is a live one unless `profile` and
            `allow_full_remote` say otherwise.
        execution_ids: Tickets that the server has; several, of different lengths, show more.
        credentials: What the requests are authenticated with, or a callable that gives it before
            each; None looks where `default_credentials` does.
        profile: What may be sent; None takes full on the loopback and live elsewhere.
        allow_full_remote: Whether the full profile may leave this machine.
        skip: The names of the checks whose findings are not wanted; `catalogue` has all names.
        seed: The same seed sends the same requests to the same tickets.
        max_examples: How many requests are made by chance, of valid and of invalid ones, with the
            tickets and with ids by chance (count); None means 40, and 15 in the live profile.
        max_requests: The most requests in all (count); None means 5,000, and 300 if live.
        max_seconds: How long it may take (seconds); None means no limit.
        timeout: How long the server may be silent (seconds).
        rate: The most requests in a second; None means 5 in the live profile.
        progress: Told of what is being done, and of the number of requests so far.

    Returns:
        The report. Its `passed` is what a test asserts.

    Raises:
        ConfigurationError: There are no credentials.
        TypeError: An argument has the wrong type.
        ValueError: An argument is wrong, or the full profile is not allowed there.
        Interrupted: Of Ctrl-C; it has the report of what was found until then.
    """
    address = checked_url("base_url", base_url)
    policy = policy_for(
        address,
        profile,
        allow_full_remote=allow_full_remote,
        rate=rate,
        max_requests=max_requests,
        max_seconds=max_seconds,
        timeout=check_seconds("timeout", timeout, positive=True),
    )
    skipped = _known(skip)
    tickets = tuple(check_execution_id(name) for name in dict.fromkeys(execution_ids))
    if not tickets:
        raise ValueError("give at least one execution id")
    report = Report(address, tickets, policy.profile, seed, Findings(skipped))
    answers = Answers(report, packaged())
    begun = time.monotonic()
    with closing(Session(address, _provider(credentials), policy, see=answers.see)) as session:
        judge = Judge(session, report, max_examples, progress)
        try:
            judge.work()
        except KeyboardInterrupt:
            report.doubts.append("not all was judged: it was interrupted")
            raise Interrupted(report) from None
        except Exception as error:  # noqa: BLE001 - whatever a server sends: it is no wrong usage
            said = session.mask(f"{type(error).__name__}: {error}")
            report.doubts.append(f"the check itself failed; please report it: {said}")
        finally:
            answers.finish()
            judge.conclude()
            report.seconds = time.monotonic() - begun
    return report


def replay(
    url: str,
    *,
    method: str = "GET",
    credentials: Credentials | CredentialsProvider | None = None,
) -> Exchange:
    """Send one request with credentials, as a finding names it.

    Args:
        url: The whole address.
        method: The HTTP method.
        credentials: As of `conform`.

    Raises:
        ConfigurationError: There are no credentials.
        TransportError: Nothing arrived.
        ValueError: The address is wrong.
    """
    checked_url("url", url.partition("?")[0])
    policy = Policy(Profile.FULL, bad_credentials=True)
    with closing(Session(url, _provider(credentials), policy)) as session:
        try:
            return session.send(url, method=method)
        except Unanswered as error:
            raise TransportError(str(error)) from error


def _provider(credentials: Credentials | CredentialsProvider | None) -> CredentialsProvider:
    found = default_credentials() if credentials is None else credentials
    if not callable(found):
        checked = checked_credentials(found)
        return lambda: checked
    provider = found
    if credentials is None:
        provider()  # which fails before anything is sent, if there are none
    return lambda: checked_credentials(provider())


def _known(skip: Iterable[str]) -> tuple[str, ...]:
    names = tuple(skip)
    known = [entry.name for entry in catalogue()]
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise ValueError(f"skip names no check: {name!r}{hint}")
    return names
