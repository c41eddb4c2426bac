"""One attempt: send what was claimed, and record what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import Clock
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import LeaseLost
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import Platform
from campaignbot.publishing.asking import Answer, Ask, Prepare
from campaignbot.publishing.costs import too_dear
from campaignbot.publishing.recording import Record
from campaignbot.publishing.retry import Uniform
from campaignbot.publishing.steps import OnStep, Step
from campaignbot.storage.claims import Claim
from campaignbot.storage.database import Database

_log = structlog.get_logger(__name__)

Renew = Callable[[Account, datetime], bool]
"""Renews an access that was refused in a call begun at that instant; tells whether to try again."""


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
        self._on_step, self._renew = on_step, renew
        self._ask = Ask(database, clock, prepare, on_step)
        self._record = Record(database, clock, platforms, owner, uniform)

    def send(self, claim: Claim) -> str:
        """Publish one claimed publication and record the outcome; return what it was, in a word."""
        log = _log.bind(
            publication=claim.publication.reference,
            account=claim.account.key,
        )
        self._on_step(Step.CLAIMED)
        began = self._clock.now()
        try:
            answer = self._kept_back(claim) or self._ask(claim)
        except LeaseLost:
            log.warning("lease lost, nothing sent")
            return "lease_lost"
        self._on_step(Step.ANSWERED)
        renewed = self._is_renewed(claim, answer.outcome, began)
        what = self._record(claim, answer, renewed=renewed)
        self._on_step(Step.RECORDED)
        log.info("publication tried", outcome=what, said=getattr(answer.outcome, "said", None))
        return what

    def _kept_back(self, claim: Claim) -> Answer | None:
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
        return Answer(outcome, reason, claim.publication.receipt, (), again)

    def _is_renewed(self, claim: Claim, outcome: Outcome, began: datetime) -> bool:
        """Tell whether a refused access was renewed, so that nobody needs to connect it again."""
        if not isinstance(outcome, outcomes.AuthExpired):
            return False
        if outcome.advice is not Advice.CONNECT_AGAIN:
            # The token itself is good, and another one would help nothing.
            return False
        return self._renew(claim.account, began)
