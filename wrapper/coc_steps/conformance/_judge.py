"""One run: reads the tickets, judges them, asks for what must be refused, and for odd things."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ._catalogue import Kind
from ._checks.refusals import bad_credentials, invalid_values, separate_tickets, unknown_tickets
from ._checks.relations import RELATIONS
from ._checks.requests import Acceptance
from ._checks.tickets import Moving, Tickets
from ._fuzzing.description import packaged
from ._fuzzing.engine import requests_for
from ._policy import Profile
from ._report.model import Finding, broken
from ._session.probe import Prober, Window
from ._session.session import Session, Stopped, Unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ._report.model import Report
    from ._session.exchange import Exchange

    Progress = Callable[[str, int], None]

_ENOUGH = 0.75
"""The share of the requests that should succeed, and must, before a run may pass."""
_MOST_UNSERVED = 0.05
"""The share of the requests that may meet nothing but outages, before a run shows nothing."""
_EXAMPLES = {Profile.FULL: 40, Profile.LIVE: 15}
"""How many requests are made by chance, of valid and of invalid ones (count)."""
_WINDOWS = {Profile.FULL: 25, Profile.LIVE: 5}
"""How many windows are made by chance, for each relation of a ticket (count)."""


class Judge:
    """Fills a report; what the arguments mean is said at `conform`."""

    def __init__(
        self, session: Session, report: Report, max_examples: int | None, progress: Progress
    ) -> None:
        self._examples = max_examples or _EXAMPLES[report.profile]
        self._session, self._report, self._progress = session, report, progress
        self._prober = Prober(report.base_url, session)
        self._acceptance = Acceptance(self._prober)
        # Half of the requests for the relations, the other half for all the rest.
        most = session.policy.max_requests // (2 * len(report.tickets) * len(RELATIONS))
        windows = _WINDOWS[report.profile]
        self._tickets = Tickets(self._prober, report, self._acceptance, windows, max(1, most))
        self._listings = self._acceptance.listings

    def work(self) -> None:
        """Judge all there is to judge, as far as the limits go."""
        unjudged = self._report.doubts
        try:
            for name in self._report.tickets:
                self._say(f"ticket {name}")
                self._judge_ticket(name)
            self._blame(self._tickets.lengths.mismatches())
            if self._listings:
                self._judge_refusals()
                # The rest repeats much of what has been seen by now.
                unjudged = self._report.notes
                self._read_again()
                self._fuzz()
                self._read_again()
        except Stopped as stop:
            unjudged.append(f"not all was judged: {stop}")

    def conclude(self) -> None:
        """Say why nothing can be said, if that is so."""
        report, session, answers = self._report, self._session, self._report.valid
        report.requests = session.count
        report.refused = session.refused and not (answers[True] and session.policy.bad_credentials)
        share = answers[True] / answers.total() if answers.total() else 0.0
        if share < _ENOUGH:
            report.doubts.append(
                f"only {answers[True]} of {answers.total()} valid requests were answered with a "
                f"success; below {_ENOUGH:.0%} a run shows nothing"
            )
        if session.outages:
            outages = sorted(session.outages.items())
            counted = ", ".join(f"{count} times {what}" for what, count in outages)
            many = session.unserved > _MOST_UNSERVED * session.count
            (report.doubts if many else report.notes).append(
                f"answered by something in front of the service, or while it was busy: {counted}"
            )
        if report.left_out:
            counted = ", ".join(f"{count} of {what}" for what, count in report.left_out.items())
            most = session.policy.max_requests
            report.notes.append(f"left out for the limit of {most} requests: {counted}")

    def _judge_ticket(self, name: str) -> None:
        try:
            self._relate(name)
        except Moving:
            self._report.doubts.append(f"the ticket {name} kept changing")
        except Unanswered as error:
            said = _said(error.exchange)
            self._report.doubts.append(f"the ticket {name} cannot be read: {error}{said}")
            if error.exchange is None:
                self._blame([broken("answers-arrive", str(error), execution_id=name)])
            # A server that answers anything at all is not out of order.
            with suppress(Unanswered):
                self._prober.get(name, Window(limit=1, offset=0))

    def _relate(self, name: str) -> None:
        """Read a ticket, and judge the relations between its answers."""
        listing, mismatch = self._tickets.listing(name)
        self._listings[name] = listing
        if mismatch:
            self._blame([mismatch])
        if not mismatch or mismatch.check != "same-answer":
            self._blame(self._tickets.judge(listing))

    def _judge_refusals(self) -> None:
        self._say("refusals")
        listings = list(self._listings.values())
        first = listings[0].execution_id
        checks: dict[str, Iterable[Finding]] = {
            "unknown-tickets": unknown_tickets(self._prober, listings),
            "negative_data_rejection": invalid_values(self._prober, first),
        }
        if len(listings) > 1:
            checks["separate-tickets"] = separate_tickets(self._prober, listings)
        if self._session.policy.bad_credentials:
            credentials = self._session.credentials()
            checks["credentials-required"] = bad_credentials(self._prober, first, credentials)
        for name, check in checks.items():
            self._report.judged[name] += 1
            try:
                with self._report.timing(name):
                    self._blame(check)
            except Unanswered as error:
                self._blame(
                    [broken("answers-arrive", str(error), kind=Kind.EXPECTATION, place=name)]
                )

    def _fuzz(self) -> None:
        """Send what schemathesis makes, with the tickets and with ids that it makes, too."""
        known = {name: listing.ids for name, listing in self._listings.items()}
        for what, tickets in (("generated requests", known), ("generated ids", {})):
            for method, url in requests_for(
                packaged(),
                self._report.base_url,
                tickets,
                seed=self._report.seed,
                count=self._examples,
                other_methods=self._session.policy.bad_credentials,
            ):
                self._say(what)
                self._send(method, url)

    def _send(self, method: str, url: str) -> None:
        try:
            exchange = self._session.send(url, method=method)
        except Unanswered as error:
            self._blame([broken("answers-arrive", str(error), kind=Kind.EXPECTATION, place=method)])
            return
        self._blame(self._acceptance.findings(exchange))

    def _read_again(self) -> None:
        """See whether the tickets are what they were at the start."""
        self._say("the tickets again")
        for name in self._listings:
            with suppress(Unanswered):
                self._prober.read(name)
                finding = self._tickets.wavering(name)
                self._blame([finding] if finding else [])

    def _blame(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._report.findings.add(finding)

    def _say(self, what: str) -> None:
        self._progress(what, self._session.count)


def _said(exchange: Exchange | None) -> str:
    """Return what a refusal says of itself, in brackets."""
    body = exchange.json if exchange else None
    if not isinstance(body, dict):
        return ""
    parts = [str(body[name]) for name in ("error_code", "error_msg") if body.get(name)]
    return f" ({': '.join(parts)})" if parts else ""
