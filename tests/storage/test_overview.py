"""An overview lists the latest and the next, and no more of them than it shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.storage.rows import Rows

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import Event, Publication
from campaignbot.storage.database import Database
from campaignbot.storage.overview import overview
from campaignbot.storage.publications import latest_published

DAY = timedelta(days=1)


@pytest.fixture
def rows(database: Database, clock: SimulatedClock) -> Rows:
    return Rows(database, clock)


def published(rows: Rows, clock: SimulatedClock, number: int) -> list[Publication]:
    """Publish some posts, one an hour, of which each was due before the one that went first."""
    account, out = rows.account(), []
    for place in range(number):
        one = rows.approved(account=account, due_in=-place * DAY)
        claimed = rows.move(one, Event.CLAIM)
        out.append(rows.move(claimed, Event.PUBLISH, published_at_utc=clock.now()))
        clock.advance(timedelta(hours=1))
    return out


def test_the_last_to_go_out_are_listed_first(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    out = published(rows, clock, 4)
    rows.approved()
    with database.read() as tx:
        listed = latest_published(tx, 3)
    assert [one.reference for one in listed] == [one.reference for one in reversed(out[1:])]


def test_an_overview_lists_thirty_of_each_however_many_there_are(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    out = published(rows, clock, 32)
    account = rows.account()
    waiting = [rows.approved(account=account, due_in=place * DAY) for place in range(32)]
    with database.read() as tx:
        shown = overview(tx, clock.now())
    assert [one.id for one in shown.out] == [one.id for one in reversed(out[2:])]
    assert [one.id for one in shown.due] == [one.id for one in waiting[:30]]
