"""One run: reads the tickets, judges them, asks for what must be refused, and for odd things."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing, suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from coc_steps._http.surroundings import checked_url
from coc_steps._huawei.credentials import checked_credentials
from coc_steps._huawei.discovery import default_credentials
from coc_steps._steps.request import check_execution_id, check_seconds
from coc_steps.errors import TransportError

from ._catalogue import (
    ANSWERS,
    CREDENTIALS,
    REJECTION,
    SAME_ANSWER,
    SEPARATE_TICKETS,
    UNKNOWN_TICKETS,
    catalogue,
)
from ._checks.answers import Answers
from ._checks.comparison import Share
from ._checks.listing import RELATIONS
from ._checks.rejection import bad_credentials, invalid_values, separate_tickets, unknown_tickets
from ._checks.request import Acceptance, is_valid
from ._checks.settle import Moving, Tickets, wavers
from ._fuzzing.description import packaged
from ._fuzzing.generation import leaving_no_trace, requests_for
from ._policy import TIMEOUT, Policy, Profile, policy_for
from ._report.findings import Finding, Findings, broken
from ._report.kind import Kind
from ._report.model import Report
from ._session.exchange import printable
from ._session.probe import PAGE_SIZE, Listing, Prober, Window, page_too_large
from ._session.session import Session, Stopped, Unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from coc_steps._huawei.credentials import Credentials, CredentialsProvider

    from ._session.exchange import Exchange

    Progress = Callable[[str, int], None]

SEED = 1
_ENOUGH = 0.75
"""The share of the requests that should succeed, and must, before a run may pass."""
_MOST_UNSERVED = 0.05
"""The share of the requests that may meet nothing but outages, before a run shows nothing."""


class _Extent(NamedTuple):
    """How much of a kind is asked for.

    Attributes:
        examples: How many requests are made by chance, of valid and of invalid ones (count).
        windows: How many windows are made by chance, for each relation (count).
        reserve: How many requests the tickets leave to the rest (count).
    """

    examples: int
    windows: int
    reserve: int


_EXTENTS = {Profile.FULL: _Extent(40, 25, 400), Profile.LIVE: _Extent(15, 5, 90)}


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
        timeout: How long the server may be silent (seconds); less where it is fast.
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
        try:
            _Run(session, answers, report, max_examples, progress).work()
        finally:
            report.seconds = time.monotonic() - begun
    return report


class _Run:
    """Fills a report.

    Args:
        session: Sends the requests.
        report: What is filled.
        max_examples: How many requests are made by chance; None takes the profile's.
        progress: Told of what is being done, and of the number of requests so far.
    """

    def __init__(
        self,
        session: Session,
        answers: Answers,
        report: Report,
        max_examples: int | None,
        progress: Progress,
    ) -> None:
        extent = _EXTENTS[report.profile]
        self._extent = extent._replace(examples=max_examples or extent.examples)
        self._session, self._report, self._progress = session, report, progress
        self._answers = answers
        self._prober = Prober(report.base_url, session)
        self._acceptance = Acceptance(self._prober)
        self._listings: dict[str, Listing] = {}
        self._left_out: Counter[str] = Counter()

    def work(self) -> None:
        """Do all of it, as far as it may go.

        Raises:
            Interrupted: Of Ctrl-C.
        """
        report = self._report
        try:
            with leaving_no_trace():
                self._judge()
        except KeyboardInterrupt:
            report.doubts.append("not all was judged: it was interrupted")
            raise Interrupted(report) from None
        except Exception as error:  # noqa: BLE001 - whatever a server sends: it is no wrong usage
            said = printable(self._session.mask(f"{type(error).__name__}: {error}"))
            report.doubts.append(f"the check itself failed; please report it: {said}")
        finally:
            self._answers.finish()
            self._doubt()
            report.requests = self._session.count

    def _judge(self) -> None:
        unjudged = self._report.doubts
        try:
            self._judge_tickets()
            if self._listings:
                self._judge_refusals()
                # The rest repeats much of what has been seen by now.
                unjudged = self._report.notes
                self._read_again()
                self._fuzz()
                self._read_again()
        except Stopped as stop:
            unjudged.append(f"not all was judged: {stop}")

    def _judge_tickets(self) -> None:
        tickets = Tickets(self._prober, self._report, self._acceptance)
        for turn, name in enumerate(self._report.tickets):
            self._say(f"ticket {name}")
            try:
                self._judge_ticket(tickets, name, turn)
            except Moving:
                self._report.doubts.append(f"the ticket {name} kept changing")
            except Unanswered as error:
                said = _said(error.exchange)
                self._report.doubts.append(f"the ticket {name} cannot be read: {error}{said}")
                self._look_for_life(name, error)
        self._blame(tickets.lengths.mismatches())

    def _judge_ticket(self, tickets: Tickets, name: str, turn: int) -> None:
        before = self._session.count
        listing, mismatch = tickets.listing(name)
        self._listings[name] = listing
        self._acceptance.step_ids[name] = frozenset(listing.ids)
        if mismatch:
            self._blame([mismatch])
        if mismatch and mismatch.check == SAME_ANSWER:
            return
        cost = self._session.count - before
        share = Share(
            seed=self._report.seed,
            examples=self._extent.windows,
            windows=self._windows(turn, cost),
            turn=turn,
            left_out=self._left_out,
            judged=self._report.judged,
        )
        if share.windows:
            self._blame(tickets.judge(listing, share))
        else:
            self._left_out[f"all relations of the ticket {name}"] += 1

    def _windows(self, turn: int, cost: int) -> int:
        """Return how many windows each relation of a ticket may ask for.

        Those to come are taken to cost as much to read as this one.
        """
        to_come = len(self._report.tickets) - turn - 1
        left = self._session.left - self._extent.reserve - to_come * cost
        return max(0, left // (to_come + 1) // len(RELATIONS))

    def _look_for_life(self, name: str, error: Unanswered) -> None:
        """Tell a server that fails for some steps of a ticket from one that is out of order."""
        silent = error.exchange is None
        if error.exchange is None or error.exchange.is_crash:
            # A server that says nothing may take its time to do so.
            for offset in range(1 if silent else 3):
                with suppress(Unanswered):
                    silent &= self._prober.get(name, Window(1, offset)).success is None
        if error.exchange is None and not silent:
            self._blame([broken(ANSWERS, str(error), execution_id=name)])

    def _judge_refusals(self) -> None:
        self._say("refusals")
        listings = list(self._listings.values())
        first = listings[0].execution_id
        checks: dict[str, Iterator[Finding]] = {
            SEPARATE_TICKETS: separate_tickets(self._prober, listings),
            UNKNOWN_TICKETS: unknown_tickets(self._prober, listings),
            REJECTION: invalid_values(self._prober, first),
        }
        if self._session.policy.bad_credentials:
            credentials = self._session.credentials()
            checks[CREDENTIALS] = bad_credentials(self._prober, first, credentials)
        for name, check in checks.items():
            self._report.judged[name] += name != SEPARATE_TICKETS or len(listings) > 1
            try:
                with self._report.timing(name):
                    self._blame(check)
            except Unanswered as error:
                self._blame([broken(ANSWERS, str(error), kind=Kind.EXPECTATION, place=name)])

    def _fuzz(self) -> None:
        """Send what schemathesis makes, with the tickets and with ids that it makes, too."""
        known = {name: listing.ids for name, listing in self._listings.items()}
        for tickets in (known, {}):
            what = "generated requests" if tickets else "generated ids"
            made = requests_for(
                packaged(),
                self._report.base_url,
                tickets,
                seed=self._report.seed,
                count=self._extent.examples,
                other_methods=self._session.policy.bad_credentials,
            )
            for method, url in made:
                self._say(what)
                self._send(method, url)

    def _send(self, method: str, url: str) -> None:
        try:
            exchange = self._session.send(url, method=method)
        except Unanswered as error:
            self._blame([broken(ANSWERS, str(error), kind=Kind.EXPECTATION, place=method)])
            return
        if is_valid(exchange, self._listings) and not page_too_large(exchange):
            self._prober.answers[exchange.success is not None] += 1
        self._blame(self._acceptance.findings(exchange))

    def _read_again(self) -> None:
        """See whether the tickets are what they were at the start."""
        self._say("the tickets again")
        for name, listing in self._listings.items():
            if len(listing.steps) // PAGE_SIZE + 1 > self._session.left:
                self._left_out[f"another reading of the ticket {name}"] += 1
                continue
            try:
                self._prober.read(name)
            except Unanswered:
                continue
            if reason := wavers(self._prober.history[name]):
                self._blame([broken(SAME_ANSWER, reason, execution_id=name)])

    def _doubt(self) -> None:
        """Say why nothing can be said, if that is so."""
        report, answers = self._report, self._prober.answers
        share = answers[True] / answers.total() if answers.total() else 0.0
        if share < _ENOUGH:
            report.doubts.append(
                f"only {answers[True]} of {answers.total()} valid requests were answered with a "
                f"success; below {_ENOUGH:.0%} a run shows nothing"
            )
        outages = {what: count for what, count in self._session.outages.items() if count > 0}
        if outages:
            counted = ", ".join(f"{count} times {what}" for what, count in sorted(outages.items()))
            many = self._session.unserved > _MOST_UNSERVED * self._session.count
            (report.doubts if many else report.notes).append(
                f"answered by something in front of the service, or while it was busy: {counted}"
            )
        if self._left_out:
            counted = ", ".join(f"{count} of {what}" for what, count in self._left_out.items())
            report.notes.append(
                f"left out for the limit of {self._session.policy.max_requests} requests: {counted}"
            )
        report.refused = self._session.refused and (
            not answers[True] or not self._session.policy.bad_credentials
        )

    def _blame(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._report.findings.add(finding)

    def _say(self, what: str) -> None:
        self._progress(what, self._session.count)


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


def _said(exchange: Exchange | None) -> str:
    """Return what a refusal says of itself, in brackets."""
    body = exchange.json if exchange else None
    if not isinstance(body, dict):
        return ""
    parts = [str(body[name]) for name in ("error_code", "error_msg") if body.get(name)]
    return f" ({': '.join(parts)})" if parts else ""
