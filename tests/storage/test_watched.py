"""What a look for trouble reads."""

from __future__ import annotations

from datetime import timedelta

from tests.storage.rows import Rows

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Event, State
from campaignbot.storage import publications
from campaignbot.storage.database import Database
from campaignbot.storage.watched import Watched, read_watched

WEEK = timedelta(days=7)


def test_posts_without_their_end_are_seen_for_a_while(
    database: Database, clock: SimulatedClock
) -> None:
    rows = Rows(database, clock)
    rows.campaign()
    account = rows.account()
    whole, cut = (rows.approved(account=account, text=f"Tekst {n}") for n in range(2))
    reason = Message("publishing.cut", {"platform": "LinkedIn", "shown": "tot hier"})
    for published, told in ((whole, None), (cut, reason)):
        with database.write() as tx:
            taken = publications.move(tx, published, Event.CLAIM, now=clock.now(), actor="test")
            publications.move(tx, taken, Event.PUBLISH, now=clock.now(), actor="test", reason=told)

    def seen() -> Watched:
        with database.read() as tx:
            return read_watched(tx, clock.now(), due_since=clock.now() - WEEK, comments_since=None)

    assert [(p.id, p.state, p.reason) for p in seen().cut] == [(cut.id, State.PUBLISHED, reason)]
    clock.advance(WEEK + timedelta(days=1))
    assert seen().cut == ()
