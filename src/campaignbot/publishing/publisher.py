"""One look at all that is due: tidy up, read back, hand over, publish."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from threading import Lock
from uuid import UUID

from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import Clock
from campaignbot.platforms.protocol import Adapter, Platform
from campaignbot.publishing.asking import Prepare, Prepared
from campaignbot.publishing.attempt_log import tried
from campaignbot.publishing.hand_over import HandOver, hand_over_due
from campaignbot.publishing.quiet import QuietHours
from campaignbot.publishing.read_back import ReadBack
from campaignbot.publishing.retry import Uniform
from campaignbot.publishing.sending import Renew, Sender, never
from campaignbot.publishing.steps import OnStep, pass_by
from campaignbot.publishing.tidying import Tidier
from campaignbot.storage import claims
from campaignbot.storage.database import Database

# How long to wait for an account under way before looking whether others have become due.
_LOOK_AGAIN_S = 0.5
_GATHER_S = 0.02

OpenAdapter = Callable[[Account], Adapter]


@dataclass(frozen=True, slots=True)
class PublishingPolicy:
    """How publishing behaves.

    `lease` of a claim; least `spacing` between two posts of an account; `quiet` hours; how many
    accounts in `parallel`.
    """

    lease: timedelta = timedelta(minutes=10)
    spacing: timedelta = timedelta(minutes=5)
    quiet: QuietHours = field(default_factory=QuietHours)
    parallel: int = 1


@dataclass
class TickReport:
    """What one look did, counted by what became of the publications."""

    counts: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1


class Publisher:
    """Publishes for all accounts of one database; any number of these may run side by side.

    The rows are the schedule: `tick` may be called at any rate, late, twice or from several
    machines. `owner` names this process in leases and in the audit trail. Accounts are published
    to side by side, so that one platform that hangs holds up no other; each account one at a time.
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
        prepare: Prepare | None = None,
        uniform: Uniform = random.random,
        on_step: OnStep = pass_by,
        renew: Renew = never,
    ) -> None:
        self._database, self._clock, self._hand_over = database, clock, hand_over
        self._owner, self._on_step = owner, on_step
        self._policy = policy or PublishingPolicy()
        self._by_hand = [p.name for p in platforms.values() if p.hands_over]
        self._tidier = Tidier(database, clock, owner, self._policy.lease, self._policy.spacing)
        self._read_back = ReadBack(
            database, clock, platforms, open_adapter, owner, on_step, renew, uniform
        )
        prepare = prepare or (lambda _, account: Prepared((), partial(open_adapter, account)))
        self._sender = Sender(database, clock, platforms, prepare, owner, uniform, on_step, renew)
        self._stopping = False

    def stop(self) -> None:
        """Let a running `tick` end after the publications in hand; nothing is left half done."""
        self._stopping = True

    def tick(self) -> TickReport:
        """Do all that is due now, and return what became of it."""
        report = TickReport()
        self._tidier.tidy(report.add)
        looks = [
            (account_id, self._looking(account_id, report))
            for account_id in self._read_back.accounts_to_look_at()
        ]
        # One more than the accounts: a mail server that hangs must not hold up the posts.
        with ThreadPoolExecutor(self._policy.parallel + 1, "publishing") as pool:
            under_way: dict[Future[None], UUID | None] = {
                pool.submit(self._handing_over(report)): None
            }
            while not self._stopping or under_way:
                while looks and self._free(under_way) and not self._stopping:
                    account_id, look = looks.pop(0)
                    under_way[pool.submit(look)] = account_id
                for claim in self._claim(under_way):
                    under_way[pool.submit(self._sending(claim, report))] = claim.account.id
                if not under_way:
                    break
                self._settle(under_way)
        return report

    def look_at(self, account_id: UUID) -> TickReport:
        """Do what is due for one account, one after the other, and return what became of it."""
        report = TickReport()
        self._looking(account_id, report)()
        while not self._stopping:
            claimed = self._database.together(
                lambda tx: claims.claim_due(
                    tx, self._rules(), now=self._clock.now(), account_id=account_id
                )
            )
            if not claimed:
                break
            self._sending(claimed[0], report)()
        return report

    def tidy(self, report: TickReport) -> None:
        """Settle what time has decided, and make the packs of channels that people serve."""
        self._tidier.tidy(report.add)
        self._handing_over(report)()

    def _free(self, under_way: Mapping[Future[None], UUID | None]) -> int:
        """Return how many more accounts may be published to at the same time."""
        return self._policy.parallel - sum(account is not None for account in under_way.values())

    def _claim(self, under_way: Mapping[Future[None], UUID | None]) -> tuple[claims.Claim, ...]:
        most = self._free(under_way)
        if most <= 0 or self._stopping:
            return ()
        return self._database.together(
            lambda tx: claims.claim_due(
                tx,
                self._rules(),
                now=self._clock.now(),
                most=most,
                skip_accounts=tuple(a for a in under_way.values() if a is not None),
            )
        )

    def _rules(self) -> claims.ClaimRules:
        now = self._clock.now()
        return claims.ClaimRules(
            owner=self._owner,
            lease=self._policy.lease,
            spacing=self._policy.spacing,
            skip_platforms=self._by_hand,
            wait=lambda planned: self._policy.quiet.wait(planned, now),
        )

    def _sending(self, claim: claims.Claim, report: TickReport) -> Callable[[], None]:
        def send() -> None:
            with tried(claim.publication, claim.attempt.number):
                report.add(self._sender.send(claim))

        return send

    def _looking(self, account_id: UUID, report: TickReport) -> Callable[[], None]:
        return lambda: self._read_back.look(report.add, account_id)

    def _handing_over(self, report: TickReport) -> Callable[[], None]:
        return lambda: hand_over_due(
            self._database,
            self._clock,
            self._by_hand,
            self._hand_over,
            self._owner,
            report.add,
            self._on_step,
        )

    @staticmethod
    def _settle(under_way: dict[Future[None], UUID | None]) -> None:
        """Wait until something is done or others may be due; an error of ours is raised."""
        wait(under_way, timeout=_LOOK_AGAIN_S, return_when=FIRST_COMPLETED)
        # What ends just after it is replaced in the same transaction: one claim, one commit.
        done, _ = wait(under_way, timeout=_GATHER_S)
        for future in done:
            del under_way[future]
            future.result()
