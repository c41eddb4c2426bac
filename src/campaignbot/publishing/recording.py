"""Recording what became of an attempt: where its publication and its account go from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.clock import Clock
from campaignbot.domain.messages import Message, Param
from campaignbot.domain.publication import Event
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import Platform
from campaignbot.publishing.asking import Answer
from campaignbot.publishing.cuts import cut_short
from campaignbot.publishing.retry import Uniform, retry_at
from campaignbot.storage import accounts, attempts, budgets, claims, publications, statistics
from campaignbot.storage.claims import Claim
from campaignbot.storage.database import Database, Tx


class Record:
    """Stores what became of an attempt, in one transaction."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        owner: str,
        uniform: Uniform,
    ) -> None:
        self._database, self._clock, self._platforms = database, clock, platforms
        self._actor, self._uniform = f"system:{owner}", uniform

    def __call__(self, claim: Claim, answer: Answer, *, renewed: bool) -> str:
        """Store it, unless another worker has settled the attempt meanwhile; return it in a word.

        `renewed` says that a refused access was renewed: nobody needs to connect the account again.
        """
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
                advice = getattr(outcome, "advice", Advice.CHECK_MANUALLY)
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
            case outcomes.AuthExpired(said, advice) as refusal:
                key = self._refused(tx, claim.account, label, refusal, renewed)
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

    def _refused(
        self, tx: Tx, account: Account, label: str, refusal: outcomes.AuthExpired, renewed: bool
    ) -> str:
        """Hold the account until a person connects it again, unless it was renewed meanwhile."""
        if renewed:
            return "publishing.auth_renewed"
        now = self._clock.now()
        if refusal.advice.for_permission:
            key = "publishing.lacks_permission"
            why = _reason(key, label, refusal.said, refusal.advice, since=now)
            accounts.note_lacking(tx, account.id, why, now=now, actor=self._actor)
            return key
        state = AccountState.TOKEN_EXPIRED
        accounts.set_account_state(tx, account.id, state, now=now, actor=self._actor)
        return "publishing.auth_expired"


def _tries(tx: Tx, claim: Claim) -> int:
    """Return the number of this attempt, without those that waited for the platform to be done."""
    if claim.publication.receipt is None:
        return claim.attempt.number
    return claim.attempt.number - attempts.waits_before(tx, claim.attempt)


def _reason(key: str, label: str, said: str, advice: Advice, **more: Param) -> Message:
    return Message(key, {"platform": label, "said": said, "advice": str(advice), **more})


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
