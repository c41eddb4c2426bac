"""One attempt: send what was claimed, and record what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from campaignbot.domain.accounts import Account, AccountState, RateBudget
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.findings import Finding
from campaignbot.domain.hosting import MediaUnreachable
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Event, Publication, Receipt
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import LeaseLost, PlatformError, outcome_of
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import Adapter, Platform
from campaignbot.publishing.costs import too_dear
from campaignbot.publishing.cuts import cut_short
from campaignbot.publishing.retry import Uniform, retry_at
from campaignbot.publishing.steps import OnStep, Step
from campaignbot.publishing.uploading import Upload
from campaignbot.storage import accounts, attempts, budgets, claims, publications, statistics
from campaignbot.storage.claims import Claim
from campaignbot.storage.database import Database, StorageError, Tx

_log = structlog.get_logger(__name__)

OpenAdapter = Callable[[Account], Adapter]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found just before sending: the errors that nobody has waived, and the way out.

    `open_adapter` raises AuthError when the account is not connected.
    """

    blocking: Sequence[Finding]
    open_adapter: Callable[[], Adapter]


Prepare = Callable[[Publication, Account], Prepared]
"""Looks at a publication as of now."""

Renew = Callable[[Account, datetime], bool]
"""Renews an access that was refused in a call begun at that instant; tells whether to try again."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back; a `reason` of our own goes before the one that follows from the outcome.

    So does an instant at which to try `again`; where there is one, the platform was not asked.
    """

    outcome: Outcome
    reason: Message | None
    receipt: Receipt | None
    budgets: Sequence[RateBudget]
    again: datetime | None = None


def never(_account: Account, _since: datetime) -> bool:
    """Renew nothing."""
    return False


class Sender:
    """Carries out claims; may be used by several threads, each with a claim of its own."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        prepare: Prepare,
        owner: str,
        uniform: Uniform,
        on_step: OnStep,
        renew: Renew = never,
    ) -> None:
        self._database, self._clock, self._platforms = database, clock, platforms
        self._prepare, self._actor = prepare, f"system:{owner}"
        self._uniform, self._on_step, self._renew = uniform, on_step, renew

    def send(self, claim: Claim) -> str:
        """Publish one claimed publication and record the outcome; return what it was, in a word."""
        log = _log.bind(
            publication=claim.publication.reference,
            account=claim.account.key,
        )
        self._on_step(Step.CLAIMED)
        began = self._clock.now()
        try:
            answer = self._kept_back(claim) or self._answer(claim)
        except LeaseLost:
            log.warning("lease lost, nothing sent")
            return "lease_lost"
        self._on_step(Step.ANSWERED)
        what = self._record(claim, answer, self._is_renewed(claim, answer.outcome, began))
        self._on_step(Step.RECORDED)
        log.info("publication tried", outcome=what, said=getattr(answer.outcome, "said", None))
        return what

    def _answer(self, claim: Claim) -> _Answer:
        """Send, and return what came back; LeaseLost or StorageError when nothing can be said."""
        sent, kept = False, claim.publication.receipt
        adapter: Adapter | None = None
        upload = Upload(self._database, self._clock, claim)

        def before_create(receipt: Receipt | None) -> None:
            nonlocal sent, kept
            self._on_step(Step.BEFORE_CREATE)
            ours = self._database.together(
                lambda tx: attempts.mark_request_sent(
                    tx, claim.attempt, now=self._clock.now(), receipt=receipt
                )
            )
            if not ours:
                raise LeaseLost
            sent, kept = True, receipt or upload.begun or kept
            self._on_step(Step.REQUEST_MARKED)

        reason: Message | None = None
        checked = False
        outcome: Outcome
        try:
            # What was in order when it was approved may not be now: a consent has ended.
            prepared = self._prepare(claim.publication, claim.account)
            if prepared.blocking:
                raise UserError(Problem(prepared.blocking[0].what))
            checked = True
            adapter = prepared.open_adapter()
            outcome = adapter.publish(
                claim.publication.content,
                resume=claim.publication.receipt,
                before_create=before_create,
                reply_to=claim.reply_to,
                progress=upload,
            )
        except (LeaseLost, StorageError):
            # The attempt stays open: when its lease is over, what the database knows decides.
            raise
        except UserError as error:
            reason = None if sent else error.problems[0].what
            outcome = _of_our_own(error, sent=sent, keyless=checked and adapter is None)
        except PlatformError as error:
            outcome = outcome_of(error, create_was_sent=sent)
        except Exception as error:
            # A defect in an adapter must neither stop the others nor hide a post that went out.
            # The text of an unforeseen error may hold a secret: only its kind is kept.
            said = type(error).__name__
            _log.error("adapter failed", publication=claim.publication.reference, error=said)
            outcome = outcomes.Unknown(said) if sent else outcomes.Unavailable(said)
        kept = kept if sent else upload.begun or kept
        return _Answer(outcome, reason, kept, _told_by(adapter))

    def _kept_back(self, claim: Claim) -> _Answer | None:
        """Answer without sending where the account's monthly cap would be passed."""
        if claim.account.monthly_cap is None:
            return None
        platform = self._platforms[claim.account.platform]
        with self._database.read() as tx:
            waits = too_dear(tx, claim.publication, claim.account, platform, self._clock.now())
        if waits is None:
            return None
        reason, again = waits
        outcome = outcomes.Unavailable(reason.key, Advice.PAY)
        return _Answer(outcome, reason, claim.publication.receipt, (), again)

    def _is_renewed(self, claim: Claim, outcome: Outcome, began: datetime) -> bool:
        """Tell whether a refused access was renewed, so that nobody needs to connect it again."""
        if not isinstance(outcome, outcomes.AuthExpired):
            return False
        if outcome.advice is not Advice.CONNECT_AGAIN:
            # The token itself is good, and another one would help nothing.
            return False
        return self._renew(claim.account, began)

    def _record(self, claim: Claim, answer: _Answer, renewed: bool) -> str:
        """Store what became of the attempt, unless another worker has settled it meanwhile."""
        outcome, name = answer.outcome, type(answer.outcome).__name__

        def record(tx: Tx) -> str:
            now = self._clock.now()
            said = getattr(outcome, "said", None)
            budgets.save_budgets(tx, claim.account, answer.budgets)
            if not attempts.end_attempt(tx, claim.attempt, now=now, outcome=name, error=said):
                return "superseded"
            event, change = self._consequence(tx, claim, outcome, renewed)
            if answer.reason is not None:
                change["reason"] = answer.reason
            if answer.again is not None:
                change["retry_at_utc"] = answer.again
                # Others of its app could otherwise not go out, for a post that asked nothing.
                budgets.give_back_to_budgets(tx, claim.account.key, claim.account.app, now)
            # While the attempt was open nobody else could move it: it is as it was claimed, but
            # for the receipt.
            current = replace(claim.publication, receipt=answer.receipt)
            publications.move(tx, current, event, now=now, actor=self._actor, **change)
            if event is Event.PUBLISH:
                price = self._platforms[claim.account.platform].cost(current.content)
                statistics.note_price(tx, current, price, now=now)
            return name.lower()

        return self._database.together(record)

    def _consequence(
        self, tx: Tx, claim: Claim, outcome: Outcome, renewed: bool
    ) -> tuple[Event, publications.Change]:
        now, label = self._clock.now(), self._platforms[claim.account.platform].label
        again = retry_at(outcome, _tries(tx, claim), now, self._uniform)
        match outcome:
            case outcomes.Published(external_id, permalink, ends_at):
                return Event.PUBLISH, _published(
                    external_id, permalink, now, cut_short(label, ends_at)
                )
            case outcomes.Pending(receipt=receipt):
                # Nothing was published, so nothing has to be kept at a distance from it.
                claims.free_account(tx, claim)
                return Event.RETRY_LATER, {
                    "retry_at_utc": again,
                    "receipt": receipt,
                    "reason": None,
                }
            case outcomes.Duplicate(said, existing) if sent_at := attempts.first_request_before(
                tx, claim.attempt
            ):
                # The refusal proves that an earlier attempt of ours, whose answer was lost, went
                # through after all.
                if existing is not None:
                    return Event.PUBLISH, _published(existing, None, sent_at, None)
                return Event.LOSE_SIGHT, {
                    "uncertain_since_utc": sent_at,
                    "uncertain_checks": 0,
                    "reason": Message("publishing.unknown", {"platform": label, "said": said}),
                }
            case outcomes.Rejected(said) | outcomes.Duplicate(said):
                advice = getattr(outcome, "advice", Advice.LOOK_YOURSELF)
                return Event.FAIL, {
                    "reason": _reason("publishing.rejected", label, said, advice),
                    "receipt": None,
                }
            case outcomes.Unknown(said):
                return Event.LOSE_SIGHT, {
                    "uncertain_since_utc": now,
                    "uncertain_checks": 0,
                    "reason": Message("publishing.unknown", {"platform": label, "said": said}),
                }
            case outcomes.AuthExpired(said, advice):
                key = self._refused(tx, claim.account, renewed)
            case outcomes.RateLimited(said, _, advice):
                # The limit is the account's, so its other publications wait as well.
                accounts.postpone_account(tx, claim.account.id, again or now)
                key = "publishing.rate_limited"
            case outcomes.Unavailable(said, advice):
                key = "publishing.unavailable"
        return Event.RETRY_LATER, {
            "retry_at_utc": again,
            "reason": _reason(key, label, said, advice),
        }

    def _refused(self, tx: Tx, account: Account, renewed: bool) -> str:
        """Hold the account until a person connects it again, unless it was renewed meanwhile."""
        if renewed:
            return "publishing.auth_renewed"
        state, now = AccountState.TOKEN_EXPIRED, self._clock.now()
        accounts.set_account_state(tx, account.id, state, now=now, actor=self._actor)
        return "publishing.auth_expired"


def _tries(tx: Tx, claim: Claim) -> int:
    """Return the number of this attempt, without those that waited for the platform to be done."""
    if claim.publication.receipt is None:
        return claim.attempt.number
    return claim.attempt.number - attempts.waits_before(tx, claim.attempt)


def _told_by(adapter: Adapter | None) -> Sequence[RateBudget]:
    """Return what the platform said of its limits; a defect in reading it hides no outcome."""
    if adapter is None:
        return ()
    try:
        return adapter.budgets()
    except Exception as error:
        _log.error("limits not read", error=type(error).__name__)
        return ()


def _of_our_own(error: UserError, *, sent: bool, keyless: bool) -> Outcome:
    """Return the outcome of something of ours that is missing or wrong."""
    key = error.problems[0].what.key
    if sent:
        return outcomes.Unknown(key)
    if keyless:
        # The vault's key is another one on this machine, or gone: no fault of the post.
        return outcomes.Unavailable(key)
    if isinstance(error, MediaUnreachable):
        # A web server may be back in a minute.
        return outcomes.Unavailable(key, Advice.MEDIA_UNREACHABLE)
    # A picture is missing, or a setting: nothing was sent.
    return outcomes.Rejected(key)


def _reason(key: str, label: str, said: str, advice: Advice) -> Message:
    return Message(key, {"platform": label, "said": said, "advice": str(advice)})


def _published(
    external_id: str, permalink: str | None, at: datetime, reason: Message | None
) -> publications.Change:
    return {
        "external_id": external_id,
        "permalink": permalink,
        "published_at_utc": at,
        "receipt": None,
        "reason": reason,
    }
