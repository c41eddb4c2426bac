"""A clock that is set, rules that change, a machine that slept: nothing doubled, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from tests.publishing.fakes import FakeAdapter, Press
from tests.storage.rows import Rows

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import State
from campaignbot.domain.walltime import WallTime
from campaignbot.platforms import outcomes
from campaignbot.platforms.errors import LeaseLost
from campaignbot.publishing import stopping
from campaignbot.storage import audit, publications, waiting
from campaignbot.storage.database import Database
from campaignbot.storage.tables import publication

YEAR = timedelta(days=365)


def test_a_clock_that_ran_a_year_ahead_blocks_no_account_afterwards(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account()
    adapter = FakeAdapter()
    press = Press(database, clock, adapter)
    press.tick()
    clock.advance(YEAR)
    rows.approved(account=account)
    press.tick()
    clock.advance(-YEAR)
    after = rows.approved(account=account)
    assert press.tick()["clock_set_back"] == 1
    clock.advance(timedelta(minutes=5))
    press.tick()
    assert press.now(after).state is State.PUBLISHED
    assert len(adapter.sent) == 2


def test_a_wait_reckoned_on_a_clock_that_ran_ahead_ends_with_it(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting_one = rows.approved()
    adapter = FakeAdapter(outcomes.Unavailable("503"))
    press = Press(database, clock, adapter)
    press.tick()
    clock.advance(timedelta(hours=4))
    press.tick()
    clock.advance(-timedelta(hours=4))
    adapter.outcome = outcomes.Published("9")
    press.tick()
    clock.advance(timedelta(minutes=5))
    press.tick()
    assert press.now(waiting_one).state is State.PUBLISHED


def test_an_attempt_begun_on_a_false_clock_is_settled_when_it_is_right_again(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    clock.advance(YEAR)
    waiting_one = rows.approved(window=2 * YEAR)
    Press(database, clock, FakeAdapter(error_before=LeaseLost()), owner="dead").tick()
    clock.advance(-YEAR)
    next_one = Press(database, clock, FakeAdapter(), owner="next")
    assert next_one.tick()["recovered"] == 1
    assert next_one.now(waiting_one).state is State.APPROVED


def test_a_clock_set_back_an_hour_sends_nothing_twice(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    posts = [rows.approved(due_in=n * timedelta(minutes=10)) for n in range(6)]
    adapter = FakeAdapter()
    press = Press(database, clock, adapter)
    for _ in range(2):
        for _ in range(70):
            press.tick()
            clock.advance(timedelta(minutes=1))
        clock.advance(-timedelta(minutes=60))
    assert len(adapter.sent) == len(posts)
    assert {press.now(p).state for p in posts} == {State.PUBLISHED}


def test_a_laptop_that_slept_catches_up_within_windows_and_tells_what_it_missed(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    gone = rows.approved(due_in=timedelta(minutes=1), window=timedelta(hours=1))
    still = rows.approved(due_in=timedelta(minutes=2), window=timedelta(hours=8))
    press = Press(database, clock, FakeAdapter())
    press.tick()
    clock.advance(timedelta(hours=4))
    assert press.tick() == {"missed": 1, "published": 1}
    missed = press.now(gone)
    assert missed.state is State.MISSED and missed.reason is not None
    assert press.now(still).state is State.PUBLISHED


def test_new_rules_of_a_zone_move_what_is_not_sent_yet(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """Stored under rules of an hour earlier, as if summer time had been kept for good."""
    later = rows.approved(due_in=timedelta(days=3))
    sent = rows.approved(due_in=timedelta(days=-3))
    hour = timedelta(hours=1)
    with database.write() as tx:
        for one in (later, sent):
            tx.execute(
                update(publication)
                .where(publication.c.id == one.id)
                .values(
                    due_at_utc=one.due_at_utc - hour,
                    window_end_utc=one.window_end_utc - hour,
                    next_at_utc=one.due_at_utc - hour,
                )
            )
    with database.write() as tx:
        assert waiting.follow_zone_rules(tx, now=clock.now(), actor="system:test") == 1
    with database.read() as tx:
        moved = publications.publication_by_id(tx, later.id)
        assert moved.due_at_utc == moved.planned.instant == later.due_at_utc
        assert moved.window_end_utc == later.window_end_utc
        assert moved.state is State.APPROVED, "the approval was for the time on the wall"
        assert publications.publication_by_id(tx, sent.id).due_at_utc == sent.due_at_utc - hour
        assert audit.history(tx, later.id)[-1].action == "follow_zone_rules"


@pytest.mark.parametrize("day", [datetime(2027, 3, 27), datetime(2026, 10, 24)])
def test_nine_in_the_morning_stays_nine_across_the_change_of_summer_time(
    database: Database, clock: SimulatedClock, rows: Rows, day: datetime
) -> None:
    for offset in range(3):
        planned = WallTime(day.replace(hour=9), "Europe/Amsterdam").plus(timedelta(days=offset))
        back = WallTime.at(planned.instant.astimezone(UTC), "Europe/Amsterdam")
        assert (back.local.hour, back.local.minute) == (9, 0)


def test_a_refused_duplicate_proves_that_the_lost_attempt_went_through(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    adapter = FakeAdapter(outcomes.Unknown("kwijt"))
    lost = rows.approved()
    press = Press(database, clock, adapter)
    press.tick()
    press.tick()
    clock.advance(timedelta(minutes=6))
    adapter.outcome = outcomes.Duplicate("staat er al", "urn:99")
    press.tick()
    clock.advance(timedelta(minutes=1))
    press.tick()
    after = press.now(lost)
    assert (after.state, after.external_id) == (State.PUBLISHED, "urn:99")


def test_a_duplicate_of_somebody_else_is_refused_with_the_reason(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    first = rows.approved()
    press = Press(database, clock, FakeAdapter(outcomes.Duplicate("staat er al", "urn:99")))
    press.tick()
    after = press.now(first)
    assert (after.state, after.external_id) == (State.FAILED, None)
    assert after.reason is not None


def test_a_refused_duplicate_without_an_id_is_looked_for(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    adapter = FakeAdapter(outcomes.Unknown("kwijt"))
    lost = rows.approved()
    press = Press(database, clock, adapter)
    press.tick()
    press.tick()
    clock.advance(timedelta(minutes=6))
    adapter.outcome = outcomes.Duplicate("staat er al")
    press.tick()
    clock.advance(timedelta(minutes=1))
    press.tick()
    assert press.now(lost).state is State.UNCERTAIN


def test_a_stop_holds_also_after_the_clock_was_set_back(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    clock.advance(timedelta(hours=1))
    stopping.stop(database, clock, rows.new_id, by="Anna", reason="Even niet.")
    clock.advance(-timedelta(hours=1))
    held = rows.approved()
    press = Press(database, clock, FakeAdapter())
    press.tick()
    assert press.now(held).state is State.APPROVED


def test_a_post_made_while_the_clock_ran_ahead_is_looked_for_where_it_is(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    class Remembering(FakeAdapter):
        since: datetime | None = None

        def find_published(self, content, since, *_, **__):  # type: ignore[no-untyped-def]
            self.since = since

    really = clock.now()
    clock.advance(timedelta(days=2))
    rows.approved()
    adapter = Remembering(outcomes.Unknown("time-out"))
    press = Press(database, clock, adapter)
    press.tick()
    press.tick()
    assert adapter.since is not None and adapter.since <= really
