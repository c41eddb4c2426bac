"""What must hold whatever happens, checked against what people did and what platforms show."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from tests.recovery.platform_model import PlatformModel, Times

from campaignbot.domain.accounts import Account, AccountState, HoldScope
from campaignbot.domain.content import Content, content_hash
from campaignbot.domain.people import Verdict
from campaignbot.domain.publication import TRANSITIONS, Event, Publication, State
from campaignbot.domain.walltime import WallTime
from campaignbot.storage import accounts, budgets, publications, reviews
from campaignbot.storage.database import Database
from campaignbot.storage.tables import attempt, event

_STANDS = {State.PUBLISHED, State.REMOVED, State.UNCERTAIN, State.PUBLISHING}
_MOVES = {str(each) for each in Event}


class Laws:
    """Knows what people asked for, from their own acts, and holds the database to it."""

    def __init__(self, database: Database, times: Times, spacing: timedelta) -> None:
        self._database, self._times, self._spacing = database, times, spacing
        self.platform = PlatformModel(times, self.created)
        self.words: dict[str, UUID] = {}
        self.approved: dict[UUID, str] = {}
        self.holds: set[tuple[HoldScope, UUID | None]] = set()
        self._claims: dict[UUID, datetime] = {}
        self._attempts: set[tuple[UUID, int]] = set()
        self._seen_events = 0
        self._most = 0
        self._broken: list[str] = []

    def clock_was_set(self) -> None:
        """Forget when claims were made: two readings of a clock that was set do not compare."""
        self._claims.clear()

    def claimed(self, owner: str) -> None:
        """Check the claim that a worker has just made."""
        now = self._times.machine.now()
        with self._database.read() as tx:
            begun = {
                (row.publication_id, row.number)
                for row in tx.execute(select(attempt).where(attempt.c.owner == owner))
            }
            # An attempt whose lease was lost stays open until somebody tidies up: only one is new.
            ((publication_id, _),) = begun - self._attempts
            self._attempts |= begun
            publication = publications.publication_by_id(tx, publication_id)
            account = accounts.account_by_id(tx, publication.account_id)
            overdrawn = [
                told
                for told in budgets.budgets_of(tx, account)
                if told.remaining < 0 and told.resets_at_utc > now
            ]
        self.may_go(publication, now)
        assert account.state is AccountState.ACTIVE, "claimed for an account that is not active"
        assert not overdrawn, "claimed beyond the budget that the platform told"
        assert not self._too_late_tonight(publication, now), "late, and sent in quiet hours"
        before = self._claims.get(account.id)
        assert before is None or now - before >= self._spacing, "too close after the one before"
        self._claims[account.id] = now

    def may_go(self, publication: Publication, now: datetime) -> None:
        """Check that people allow this content to leave the house at this instant."""
        digest = publication.content_hash
        assert self.approved.get(publication.id) == digest, "not approved as it is"
        assert not self._held(publication), "covered by a hold"
        assert publication.due_at_utc <= now < publication.window_end_utc, "outside its window"

    def created(self, account: Account, content: Content, reply_to: str | None) -> None:
        """Check a post at the moment at which a platform makes it.

        Publishing takes what is raised here for a defect of the adapter and goes on: `check` tells.
        """
        try:
            self._may_stand(account, content, reply_to)
        except AssertionError as error:
            self._broken.append(str(error))
            raise

    def _may_stand(self, account: Account, content: Content, reply_to: str | None) -> None:
        with self._database.read() as tx:
            publication = publications.publication_by_id(tx, self.words[content.text])
            decisions = reviews.decisions_about(tx, publication.id)
            parent = (
                publications.publication_by_id(tx, publication.follows_id)
                if publication.follows_id
                else None
            )
        digest = content_hash(content, account.id)
        assert account.id == publication.account_id, "on another account"
        assert any(
            taken.verdict is Verdict.APPROVED and taken.content_hash == digest
            for taken, _ in decisions
        ), "nobody ever decided on this content"
        assert (parent.external_id if parent else None) == reply_to, "not below its parent"
        if parent is not None:
            assert any(post.id == reply_to for post in self.platform.posts), "before its parent"

    def check(self) -> None:
        """Check all that is stored and all that stands on the platforms."""
        assert not self._broken, self._broken
        with self._database.read() as tx:
            stored = {p.id: p for p in publications.list_publications(tx)}
            happened = tx.execute(
                select(event).where(event.c.id > self._seen_events).order_by(event.c.id)
            ).all()
            manual = {a.id for a in accounts.list_accounts(tx) if a.platform == "manual"}
        assert len(stored) >= self._most, "a publication is gone"
        self._most = len(stored)
        for row in happened:
            self._seen_events = row.id
            if row.object_kind == "publication" and row.action in _MOVES:
                way = State(row.before["state"]), Event(row.action)
                assert TRANSITIONS.get(way) == row.after["state"], f"no such transition: {row}"
        self._check_platforms(stored, manual)

    def _check_platforms(self, stored: dict[UUID, Publication], manual: set[UUID]) -> None:
        made = Counter(self.words[post.content.text] for post in self.platform.posts)
        for publication_id, number in made.items():
            found = stored[publication_id]
            assert number == 1, f"{found.reference} stands there {number} times"
            assert found.state in _STANDS, f"{found.reference} is there, and is {found.state}"
        for published in stored.values():
            if published.state is State.PUBLISHED and published.account_id not in manual:
                assert made[published.id] == 1, f"{published.reference} is published, yet nowhere"
        for post in self.platform.posts:
            found = stored[self.words[post.content.text]]
            if found.external_id is not None:
                assert found.external_id == post.id, "another post than the one that was made"
                assert found.content.text == post.content.text, "other words than those approved"

    def _held(self, publication: Publication) -> bool:
        post = publication.post
        covering = {
            (HoldScope.ALL, None),
            (HoldScope.CAMPAIGN, post.campaign_id),
            (HoldScope.VACANCY, post.vacancy_id),
            (HoldScope.CLOSED_VACANCY, post.vacancy_id if post.needs_open_vacancy else None),
            (HoldScope.ACCOUNT, publication.account_id),
            (HoldScope.PUBLICATION, publication.id),
        }
        return bool(covering & self.holds)

    @staticmethod
    def _too_late_tonight(publication: Publication, now: datetime) -> bool:
        zone = publication.planned.zone
        wall = WallTime.at(now, zone).local
        if time(7) <= wall.time() < time(21):
            return False
        evening = wall.date() if wall.time() >= time(21) else wall.date() - timedelta(days=1)
        return publication.due_at_utc < WallTime(datetime.combine(evening, time(21)), zone).instant
