"""One look at all that is due: recover, read back, miss, hand over, publish."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.findings import Finding
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Event, Publication, Receipt, State
from campaignbot.platforms import outcomes
from campaignbot.platforms.errors import LeaseLost, PlatformError, outcome_of
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import Adapter, Platform
from campaignbot.publishing.costs import note_cost
from campaignbot.publishing.hand_over import HandOver, hand_over_due
from campaignbot.publishing.read_back import ReadBack
from campaignbot.publishing.retry import Uniform, retry_at
from campaignbot.publishing.steps import OnStep, Step, pass_by
from campaignbot.storage import accounts, claims, publications
from campaignbot.storage.database import Database, Tx

_log = structlog.get_logger(__name__)

OpenAdapter = Callable[[Account], Adapter]
Blocking = Callable[[Publication], Sequence[Finding]]
"""Returns the errors that nobody has waived, as of now."""


@dataclass(frozen=True, slots=True)
class PublishingPolicy:
    """How publishing behaves: lease of a claim, and least time between two posts of an account."""

    lease: timedelta = timedelta(minutes=10)
    spacing: timedelta = timedelta(minutes=5)


@dataclass
class TickReport:
    """What one look did, counted by what became of the publications."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, what: str) -> None:
        self.counts[what] += 1


class Publisher:
    """Publishes for all accounts of one database; any number of these may run side by side.

    The rows are the schedule: `tick` may be called at any rate, late, twice or from several
    machines. `owner` names this process in leases and in the audit trail.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        open_adapter: OpenAdapter,
        hand_over: HandOver,
        *,
        owner: str,
        policy: PublishingPolicy | None = None,
        blocking: Blocking = lambda _publication: (),
        uniform: Uniform = random.random,
        on_step: OnStep = pass_by,
    ) -> None:
        self._blocking = blocking
        self._database, self._clock, self._platforms = database, clock, platforms
        self._open_adapter, self._hand_over, self._owner = open_adapter, hand_over, owner
        self._policy = policy or PublishingPolicy()
        self._uniform, self._on_step = uniform, on_step
        self._read_back = ReadBack(database, clock, platforms, open_adapter, owner)
        self._stopping = False

    def stop(self) -> None:
        """Let a running `tick` end after the publication in hand; nothing is left half done."""
        self._stopping = True

    def tick(self) -> TickReport:
        """Do all that is due now, and return what became of it."""
        report = TickReport()
        self._recover(report)
        self._read_back.look(report.add)
        self._miss(report)
        by_hand = [p.name for p in self._platforms.values() if p.hands_over]
        hand_over_due(
            self._database, self._clock, by_hand, self._hand_over, self._owner, report.add
        )
        while not self._stopping:
            claimed = self._claim(by_hand)
            if claimed is None:
                break
            self._on_step(Step.CLAIMED)
            report.add(self._publish(claimed))
        return report

    def _claim(self, by_hand: list[str]) -> claims.Claim | None:
        with self._database.write() as tx:
            return claims.claim_next(
                tx,
                now=self._clock.now(),
                owner=self._owner,
                lease=self._policy.lease,
                spacing=self._policy.spacing,
                skip_platforms=by_hand,
            )

    def _recover(self, report: TickReport) -> None:
        """Settle what dead workers left: released if nothing was sent, else uncertain."""
        with self._database.read() as tx:
            abandoned = claims.abandoned_attempts(tx, self._clock.now())
        for attempt in abandoned:
            with self._database.write() as tx:
                now = self._clock.now()
                if not claims.end_attempt(tx, attempt, now=now, outcome="abandoned", error=None):
                    continue
                left = publications.publication_by_id(tx, attempt.publication_id)
                if left.state is not State.PUBLISHING:
                    continue
                if attempt.request_sent_at_utc is None:
                    event, change = Event.RELEASE, publications.Change(reason=None)
                else:
                    event, change = (
                        Event.LOSE_SIGHT,
                        publications.Change(
                            uncertain_since_utc=attempt.request_sent_at_utc,
                            uncertain_checks=0,
                            reason=Message("publishing.worker_died"),
                        ),
                    )
                moved = publications.move(tx, left, event, now=now, actor=self._actor, **change)
            _log.warning("attempt abandoned", publication=left.reference, state=moved.state)
            report.add("recovered")

    def _miss(self, report: TickReport) -> None:
        """Say of every publication whose window is over that it was missed."""
        with self._database.read() as tx:
            late = claims.past_their_window(tx, self._clock.now())
        for publication in late:
            # A person who cancels or moves it at the same time goes first.
            with suppress(publications.StaleVersion), self._database.write() as tx:
                publications.move(
                    tx,
                    publication,
                    Event.MISS,
                    now=self._clock.now(),
                    actor=self._actor,
                    reason=Message("publishing.missed", {"until": publication.window_end_utc}),
                )
                _log.warning("publication missed", publication=publication.reference)
                report.add("missed")

    def _publish(self, claim: claims.Claim) -> str:
        log = _log.bind(
            publication=claim.publication.reference,
            account=claim.account.key,
            attempt=claim.attempt.number,
        )
        sent, reason = False, None

        def before_create(receipt: Receipt | None) -> None:
            nonlocal sent
            self._on_step(Step.BEFORE_CREATE)
            with self._database.write() as tx:
                ours = claims.mark_request_sent(
                    tx, claim.attempt, now=self._clock.now(), receipt=receipt
                )
            if not ours:
                raise LeaseLost
            sent = True
            self._on_step(Step.REQUEST_MARKED)

        try:
            # What was in order when it was approved may not be now: a consent has ended.
            if left := self._blocking(claim.publication):
                raise UserError(Problem(left[0].what))
            adapter = self._open_adapter(claim.account)
            outcome = adapter.publish(
                claim.publication.content,
                resume=claim.publication.receipt,
                before_create=before_create,
            )
        except LeaseLost:
            log.warning("lease lost, nothing sent")
            return "lease_lost"
        except UserError as error:
            # Something of ours is missing (a picture, an address): nothing was sent.
            reason = error.problems[0].what
            outcome = outcomes.Rejected(reason.key)
        except PlatformError as error:
            outcome = outcome_of(error, create_was_sent=sent)
        except Exception as error:
            # A defect in an adapter must neither stop the others nor hide a post that went out.
            # The text of an unforeseen error may hold a secret: only its kind is kept.
            said = type(error).__name__
            log.error("adapter failed", error=said)
            outcome = outcomes.Unknown(said) if sent else outcomes.Unavailable(said)
        self._on_step(Step.ANSWERED)
        what = self._record(claim, outcome, reason)
        self._on_step(Step.RECORDED)
        log.info("publication tried", outcome=what, said=getattr(outcome, "said", None))
        return what

    def _record(self, claim: claims.Claim, outcome: Outcome, reason: Message | None) -> str:
        """Store what became of the attempt, unless another worker has settled it meanwhile.

        A `reason` of our own goes before the one that follows from the outcome.
        """
        name = type(outcome).__name__
        with self._database.write() as tx:
            now = self._clock.now()
            said = getattr(outcome, "said", None)
            if not claims.end_attempt(tx, claim.attempt, now=now, outcome=name, error=said):
                return "superseded"
            current = publications.publication_by_id(tx, claim.publication.id)
            event, change = self._consequence(tx, claim, outcome)
            if reason is not None:
                change["reason"] = reason
            publications.move(tx, current, event, now=now, actor=self._actor, **change)
            if isinstance(outcome, outcomes.Published):
                note_cost(tx, claim.publication, self._platforms[claim.account.platform], now)
        return name.lower()

    def _consequence(
        self, tx: Tx, claim: claims.Claim, outcome: Outcome
    ) -> tuple[Event, publications.Change]:
        now, label = self._clock.now(), self._platforms[claim.account.platform].label
        again = retry_at(outcome, claim.attempt.number, now, self._uniform)
        match outcome:
            case outcomes.Published(external_id, permalink):
                return Event.PUBLISH, {
                    "external_id": external_id,
                    "permalink": permalink,
                    "published_at_utc": now,
                    "receipt": None,
                    "reason": None,
                }
            case outcomes.Pending(receipt=receipt):
                return Event.RETRY_LATER, {"retry_at_utc": again, "receipt": receipt}
            case outcomes.Rejected(said) | outcomes.Duplicate(said):
                return Event.FAIL, {
                    "reason": Message("publishing.rejected", {"platform": label, "said": said}),
                    "receipt": None,
                }
            case outcomes.Unknown(said):
                return Event.LOSE_SIGHT, {
                    "uncertain_since_utc": now,
                    "uncertain_checks": 0,
                    "reason": Message("publishing.unknown", {"platform": label, "said": said}),
                }
            case outcomes.AuthExpired(said):
                accounts.set_account_state(
                    tx,
                    claim.account.id,
                    AccountState.TOKEN_EXPIRED,
                    now=now,
                    actor=self._actor,
                )
                key = "publishing.auth_expired"
            case outcomes.RateLimited(said):
                # The limit is the account's, so its other publications wait as well.
                accounts.postpone_account(tx, claim.account.id, again or now)
                key = "publishing.rate_limited"
            case outcomes.Unavailable(said):
                key = "publishing.unavailable"
        return Event.RETRY_LATER, {
            "retry_at_utc": again,
            "reason": Message(key, {"platform": label, "said": said}),
        }

    @property
    def _actor(self) -> str:
        return f"system:{self._owner}"
