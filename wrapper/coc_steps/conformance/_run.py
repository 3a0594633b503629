"""One run: reads the tickets, judges them, lets schemathesis loose, and looks at all answers."""

from __future__ import annotations

from collections import Counter
from contextlib import closing, suppress
from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING

from coc_steps._client.settings import resolve_base_url
from coc_steps._huawei.credentials import checked_credentials
from coc_steps._huawei.discovery import default_credentials
from coc_steps._steps.request import check_execution_id

from . import _schema
from ._answers import findings_in
from ._catalogue import catalogue
from ._comparison import ANSWERS
from ._findings import Finding, Findings, broken
from ._probe import Listing, Prober, Unanswered, Window
from ._refusals import bad_credentials, invalid_values, separate_tickets, unknown_tickets
from ._report import Report
from ._rules import Profile, Rules, rules_for
from ._tickets import SAME_ANSWER, Moving, Tickets, wavers
from ._wire import Stopped, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from coc_steps._huawei.credentials import Credentials, CredentialsProvider

    from ._exchange import Exchange

    Progress = Callable[[str, int], None]

SEED = 1
_MAX_EXAMPLES = {Profile.FULL: 40, Profile.LIVE: 15}
_RELATION_EXAMPLES = {Profile.FULL: 25, Profile.LIVE: 5}
_ENOUGH = 0.75
"""The share of the requests that should succeed, and must, before a run may pass."""


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
        max_examples: The most examples of schemathesis's fuzzing (count).
        max_requests: The most requests in all (count); None means 300 in the live profile.
        rate: The most requests in a second; None means 5 in the live profile.
        progress: Told of what is being done, and of the number of requests so far.

    Returns:
        The report. Its `passed` is what a test asserts.

    Raises:
        ConfigurationError: There are no credentials.
        TypeError: An argument has the wrong type.
        ValueError: An argument is wrong, or the full profile is not allowed there.
    """
    address = resolve_base_url(None, base_url)
    rules = rules_for(
        address,
        profile,
        allow_full_remote=allow_full_remote,
        rate=rate,
        max_requests=max_requests,
    )
    skipped = _known(skip)
    tickets = tuple(check_execution_id(name) for name in dict.fromkeys(execution_ids))
    if not tickets:
        raise ValueError("give at least one execution id")
    wire = Wire(
        _provider(credentials),
        rate=rules.rate,
        max_requests=rules.max_requests,
        stop_at_401=not rules.bad_credentials,
        profile=rules.profile,
    )
    report = Report(address, tickets, rules.profile, seed, Findings(skipped), wire.exchanges)
    with closing(Prober(address, wire)) as prober:
        _Run(prober, rules, report, progress).work(max_examples)
    report.requests = wire.count
    return report


class _Run:
    """Fills a report.

    Args:
        prober: Sends the requests.
        rules: What may be sent.
        report: What is filled.
        progress: Told of what is being done, and of the number of requests so far.
    """

    def __init__(self, prober: Prober, rules: Rules, report: Report, progress: Progress) -> None:
        self._prober = prober
        self._wire = prober.wire
        self._rules = rules
        self._report = report
        self._progress = progress
        self._listings: dict[str, Listing] = {}
        self._cases: Counter[bool] = Counter()

    def work(self, max_examples: int | None) -> None:
        """Do all of it, as far as it may go."""
        unjudged = self._report.doubts
        try:
            self._judge_tickets()
            if self._listings:
                self._judge_refusals()
                # The rest repeats much of what has been seen by now.
                unjudged = self._report.notes
                self._run_schemathesis(max_examples)
                self._read_again()
        except Stopped as stop:
            unjudged.append(f"not all was judged: {stop}")
        self._blame(findings_in([*self._wire.exchanges, *self._prober.refused]))
        self._doubt()

    def _judge_tickets(self) -> None:
        count = _RELATION_EXAMPLES[self._rules.profile]
        failed = self._report.findings.has
        tickets = Tickets(self._prober, seed=self._report.seed, count=count, failed=failed)
        for name in self._report.tickets:
            self._say(f"ticket {name}")
            try:
                self._judge_ticket(tickets, name)
            except Moving:
                self._report.doubts.append(f"the ticket {name} kept changing")
            except Unanswered as error:
                said = _said(error.exchange)
                self._report.doubts.append(f"the ticket {name} cannot be read: {error}{said}")
                self._look_for_life(name, error)
        self._blame(tickets.lengths.mismatches())

    def _judge_ticket(self, tickets: Tickets, name: str) -> None:
        listing, mismatch = tickets.listing(name)
        self._listings[name] = listing
        if mismatch:
            self._blame([mismatch])
        if not mismatch or mismatch.check != SAME_ANSWER:
            self._blame(tickets.judge(listing))

    def _look_for_life(self, name: str, error: Unanswered) -> None:
        """Tell a server that fails for some steps of a ticket from one that is out of order."""
        silent = error.exchange is None
        if error.exchange is None or error.exchange.is_crash:
            # A server that says nothing may take its time to do so.
            for offset in range(1 if silent else 3):
                with suppress(Unanswered):
                    self._prober.get(name, Window(limit=1, offset=offset))
        if silent and any(exchange.success is not None for exchange in self._wire.exchanges):
            self._blame([broken(ANSWERS, str(error))])

    def _judge_refusals(self) -> None:
        self._say("refusals")
        listings = list(self._listings.values())
        first = listings[0].execution_id
        checks = [
            separate_tickets(self._prober, listings),
            unknown_tickets(self._prober, listings),
            invalid_values(self._prober, first),
        ]
        if self._rules.bad_credentials:
            checks.append(bad_credentials(self._prober, first, self._wire.credentials()))
        for check in checks:
            try:
                self._blame(check)
            except Unanswered as error:
                self._blame([broken(ANSWERS, str(error))])

    def _run_schemathesis(self, max_examples: int | None) -> None:
        known = {name: listing.ids for name, listing in self._listings.items()}
        for tickets in (known, {}):
            settings = _schema.Pass(
                base_url=self._report.base_url,
                seed=self._report.seed,
                max_examples=max_examples or _MAX_EXAMPLES[self._rules.profile],
                tickets=tickets,
                valid_only=not self._rules.bad_credentials,
            )
            self._say("schemathesis, pinned tickets" if tickets else "schemathesis, generated ids")
            outcome = _schema.run(settings, self._wire, lambda: self._say("schemathesis"))
            self._blame(outcome.findings)
            self._report.doubts += outcome.errors
            if tickets:
                self._cases.update(outcome.accepted)

    def _read_again(self) -> None:
        """See whether the tickets are what they were at the start."""
        self._say("the tickets again")
        for name, listing in self._listings.items():
            try:
                reason = wavers([listing, self._prober.read(name)])
            except Unanswered:
                continue
            if reason:
                self._blame([broken(SAME_ANSWER, reason)])

    def _doubt(self) -> None:
        """Say why nothing can be said, if that is so."""
        answers = self._prober.answers + self._cases
        share = answers[True] / answers.total() if answers.total() else 0.0
        if share < _ENOUGH:
            self._report.doubts.append(
                f"only {answers[True]} of {answers.total()} valid requests were answered with a "
                f"success; below {_ENOUGH:.0%} a run shows nothing"
            )
        refused = [
            exchange
            for exchange in self._wire.exchanges
            if exchange.status == HTTPStatus.UNAUTHORIZED
        ]
        self._report.refused = bool(refused) and (
            not answers[True] or not self._rules.bad_credentials
        )

    def _blame(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._report.findings.add(finding)

    def _say(self, what: str) -> None:
        self._progress(what, self._wire.count)


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
    """Give what a refusal says of itself, in brackets."""
    body = exchange.json if exchange else None
    if not isinstance(body, dict):
        return ""
    parts = [str(body[name]) for name in ("error_code", "error_msg") if body.get(name)]
    return f" ({': '.join(parts)})" if parts else ""
