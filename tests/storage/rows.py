"""Rows for tests: each call stores one thing, different from the ones before."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Unpack
from uuid import UUID, uuid4

from campaignbot.domain.accounts import Account
from campaignbot.domain.brief import Brief, BriefKind
from campaignbot.domain.campaigns import BriefVersion, Campaign
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content
from campaignbot.domain.money import Money
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import Event, Post, Publication, State
from campaignbot.domain.vacancy import Vacancy
from campaignbot.domain.walltime import WallTime
from campaignbot.storage import accounts, campaigns, publications
from campaignbot.storage.database import Database

ZONE = "Europe/Amsterdam"


class Rows:
    """Stores campaigns, accounts and publications of an invented municipality."""

    def __init__(self, database: Database, clock: SimulatedClock) -> None:
        self._database, self._clock, self._numbers = database, clock, count(1)
        self._campaign: Campaign | None = None
        self._vacancy: Vacancy | None = None

    @staticmethod
    def new_id() -> UUID:
        return uuid4()

    def campaign(self) -> Campaign:
        if self._campaign is None:
            now = self._clock.now()
            self._campaign = Campaign(uuid4(), "voorbeeld", "Voorbeeldcampagne", 1, now)
            brief = Brief("Voorbeeldcampagne", BriefKind.VACANCY, "waterrijk", now.date())
            version = BriefVersion(self._campaign.id, 1, brief, (), (), now)
            with self._database.write() as tx:
                campaigns.save_campaign(tx, self._campaign, version)
        return self._campaign

    def vacancy(self) -> Vacancy:
        if self._vacancy is None:
            self._vacancy = Vacancy(uuid4(), "VB-1", "Adviseur", "Gemeente Voorbeeld")
            with self._database.write() as tx:
                campaigns.save_vacancy(tx, self._vacancy, now=self._clock.now())
        return self._vacancy

    def account(
        self,
        platform: str = "linkedin",
        *,
        app: str = "",
        spacing: timedelta | None = None,
        monthly_cap: Money | None = None,
    ) -> Account:
        number = next(self._numbers)
        account = Account(
            uuid4(),
            f"{platform}-{number}",
            platform,
            "Gemeente Voorbeeld",
            str(number),
            ZONE,
            app=app or platform,
            spacing=spacing,
            monthly_cap=monthly_cap,
        )
        with self._database.write() as tx:
            return accounts.save_account(tx, account)

    def approved(
        self,
        *,
        account: Account | None = None,
        text: str | None = None,
        due_in: timedelta = timedelta(0),
        window: timedelta = timedelta(hours=6),
        approved_hash: str | None = None,
        follows: Publication | None = None,
    ) -> Publication:
        """Store a publication and approve it, with the right hash unless another is given."""
        drafted = self.publication(
            state=State.IN_REVIEW,
            account=account,
            text=text,
            due_in=due_in,
            window=window,
            follows=follows,
        )
        digest = approved_hash or drafted.content_hash
        return self.move(drafted, Event.APPROVE, approved_hash=digest)

    def publication(
        self,
        *,
        state: State,
        account: Account | None = None,
        text: str | None = None,
        due_in: timedelta = timedelta(0),
        window: timedelta = timedelta(hours=6),
        follows: Publication | None = None,
        needs_open_vacancy: bool = True,
    ) -> Publication:
        account = account or self.account()
        number = next(self._numbers)
        due = self._clock.now() + due_in
        post = Post(
            uuid4(), self.campaign().id, self.vacancy().id, Phase.AWARENESS, "p", "angle", "nl",
            needs_open_vacancy=needs_open_vacancy,
        )  # fmt: skip
        new = Publication(
            id=uuid4(),
            reference=f"VB-{number:04}",
            post=post,
            account_id=account.id,
            content=Content(text or f"Bericht {number}"),
            tracking_code=f"code{number:04}",
            planned=WallTime.at(due, ZONE),
            due_at_utc=due,
            window_end_utc=due + window,
            state=state,
            follows_id=follows.id if follows else None,
        )
        with self._database.write() as tx:
            publications.add_post(tx, post)
            publications.add_publication(tx, new, now=self._clock.now(), actor="test")
        return new

    def move(
        self, before: Publication, event: Event, **change: Unpack[publications.Change]
    ) -> Publication:
        with self._database.write() as tx:
            return publications.move(
                tx, before, event, now=self._clock.now(), actor="test", **change
            )
