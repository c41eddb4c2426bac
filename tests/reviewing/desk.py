"""A desk with follow-ups: reviews, comments and taking down over one real database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Unpack
from uuid import uuid4

import pytest
from tests.publishing.fakes import FakeAdapter
from tests.storage.rows import Rows

from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.people import Actor, HowKnown, Person, Role
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.drafting.drafts import tracked_link
from campaignbot.platforms.registry import load_platform
from campaignbot.reviewing.comments import CommentDraft, Comments
from campaignbot.reviewing.live_posts import Reach
from campaignbot.reviewing.placing import Placing
from campaignbot.reviewing.reviews import Reviews
from campaignbot.reviewing.taking_down import TakeDown
from campaignbot.storage import audit, publications
from campaignbot.storage import reviews as people
from campaignbot.storage.database import Database, Tx

PLATFORMS = {
    "linkedin": replace(load_platform("linkedin"), can_reply=True),
    "instagram": replace(load_platform("instagram"), can_reply=True),
    "manual": load_platform("manual"),
}


class Desk:
    """Everything that people do with posts, on platforms that take comments."""

    def __init__(self, database: Database, clock: SimulatedClock) -> None:
        self.database, self.clock, self.adapter = database, clock, FakeAdapter()
        self.rows = Rows(database, clock)
        # Each row is written in a transaction of its own: first the campaign, then the vacancy.
        self.rows.campaign()
        self.rows.vacancy()
        self.reviews = Reviews(database, clock, PLATFORMS, lambda _p, _a: (), uuid4)
        self.placing = Placing(database, clock, PLATFORMS)
        self.comments = Comments(database, clock, PLATFORMS, uuid4, tracked_link, "VB")
        self.take_down = TakeDown(database, Reach(clock, PLATFORMS, lambda _account: self.adapter))
        with database.write() as tx:
            self.approver, self.editor, self.reader = (
                acting(tx, f"Proef {role}", role)
                for role in (Role.APPROVER, Role.EDITOR, Role.READER)
            )

    def stored(self, publication: Publication) -> Publication:
        with self.database.read() as tx:
            return publications.publication_by_id(tx, publication.id)

    def history(self, publication: Publication) -> tuple[AuditEvent, ...]:
        with self.database.read() as tx:
            return audit.history(tx, publication.id)

    def approved(
        self, platform: str = "linkedin", due_in: timedelta = timedelta(days=2)
    ) -> Publication:
        return self.rows.approved(account=self.rows.account(platform), due_in=due_in)

    def live(self, platform: str = "linkedin", external_id: str | None = "77") -> Publication:
        return self.publish(self.approved(platform, timedelta(0)), external_id)

    def publish(self, approved: Publication, external_id: str | None = "77") -> Publication:
        sending = self.rows.move(approved, Event.CLAIM)
        return self.rows.move(
            sending,
            Event.PUBLISH,
            external_id=external_id,
            permalink=f"https://a.example/{approved.reference}",
            published_at_utc=self.clock.now(),
        )

    def comment(self, parent: Publication, text: str = "Vragen? Stel ze hier.") -> Publication:
        return self.comments.add(parent, self.editor, CommentDraft(text))

    def approve(self, waiting: Publication) -> Publication:
        return self.reviews.approve(waiting, self.approver)

    def state(
        self, publication: Publication, event: Event, **change: Unpack[publications.Change]
    ) -> Publication:
        return self.rows.move(self.stored(publication), event, **change)

    def claimable(self, publication: Publication) -> bool:
        """Tell whether it would go out as it stands: approved, with exactly this content."""
        now = self.stored(publication)
        digest = now.content_hash
        return now.state is State.APPROVED and now.approved_hash == digest


def acting(tx: Tx, name: str, role: Role) -> Actor:
    """Return somebody of the team, stored, who said who they are."""
    stored = people.save_person(tx, Person(uuid4(), name, role, "nl"))
    return Actor(stored, HowKnown.OPTION)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(UserError) as caught:
        act()
    return caught.value.problems[0].what.key
