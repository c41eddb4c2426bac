"""What users of other schedulers reported, each as a case that ours must survive.

Named after the issue threads of gitroomhq/postiz-app (P), inovector/mixpost (M),
brightbeanxyz/brightbean-studio (B) and coollabsio/shoutrrr (S).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.publishing.fakes import FakeAdapter, Press
from tests.storage.rows import Rows
from tests.workdirs import approve_one, opened, sandboxed, stored

from campaignbot.daemon import Daemon
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import Event, Receipt, State
from campaignbot.domain.walltime import WallTime
from campaignbot.platforms import outcomes
from campaignbot.platforms.errors import LeaseLost
from campaignbot.storage import schema
from campaignbot.storage.database import Database

MINUTE = timedelta(minutes=1)


@pytest.fixture
def rows(database: Database, clock: SimulatedClock) -> Rows:
    rows = Rows(database, clock)
    rows.campaign()
    return rows


# Doubled, or in bursts


def test_no_endless_posting_loop(database: Database, clock: SimulatedClock, rows: Rows) -> None:
    """P#1321."""
    rows.approved()
    adapter = FakeAdapter()
    press = Press(database, clock, adapter)
    for _ in range(200):
        press.tick()
        clock.advance(5 * MINUTE)
    assert len(adapter.sent) == 1


def test_waiting_for_a_platform_is_not_publishing_once_more(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """P PR#1813: publishing and waiting in one step that is tried again as a whole."""
    receipt = Receipt("container", {"id": "7"})
    adapter = FakeAdapter(outcomes.Pending(receipt, 60))
    waiting = rows.approved()
    press = Press(database, clock, adapter)
    for _ in range(4):
        press.tick()
        clock.advance(6 * MINUTE)
    adapter.outcome = outcomes.Published("9")
    press.tick()
    assert adapter.resumed == [None, receipt, receipt, receipt, receipt]
    assert press.now(waiting).state is State.PUBLISHED


def test_after_downtime_eleven_posts_do_not_come_in_four_minutes(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """P PR#1936."""
    account = rows.account()
    for number in range(11):
        rows.approved(account=account, due_in=-number * MINUTE)
    adapter, sent = FakeAdapter(), list[datetime]()
    press = Press(database, clock, adapter)
    for _ in range(70):
        if press.tick().get("published"):
            sent.append(clock.now())
        clock.advance(MINUTE)
    assert len(sent) == 11 and all(b - a >= 5 * MINUTE for a, b in pairwise(sent))


def test_the_same_words_are_refused_a_second_place_on_an_account(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """P#1779: no detection of duplicates."""
    account = rows.account()
    rows.publication(state=State.IN_REVIEW, account=account, text="Kom werken in Waterrijk.")
    with pytest.raises(UserError):
        rows.publication(state=State.IN_REVIEW, account=account, text="kom  werken in waterrijk.")


@pytest.mark.parametrize(
    "adapter",
    [
        FakeAdapter(error_after=TimeoutError("read timed out")),
        FakeAdapter(error_after=RuntimeError("something nobody thought of")),
        FakeAdapter(outcomes.Unknown("502")),
    ],
    ids=["timeout", "unmarked error", "unknown"],
)
def test_what_may_have_been_sent_is_never_simply_sent_again(
    database: Database, clock: SimulatedClock, rows: Rows, adapter: FakeAdapter
) -> None:
    """B engine, P workflow: any unmarked error tried again, up to five times."""
    lost = rows.approved()
    press = Press(database, clock, adapter)
    adapter.sent.clear()
    press.tick()
    for _ in range(3):
        press.tick()
        clock.advance(timedelta(seconds=20))
    assert len(adapter.sent) == 1 and adapter.looked >= 1
    assert press.now(lost).state is State.UNCERTAIN


# Missed, or stuck without a word


def test_a_worker_whose_database_went_away_says_so_and_comes_back(tmp_path: Path) -> None:
    """P#2035: 38 hours silent while the container says that it is healthy."""
    with sandboxed(tmp_path) as sandbox:
        with opened(tmp_path) as application:
            waiting = approve_one(application, "x", "Na een storing toch geplaatst.")
            said: list[str] = []
            daemon = Daemon(application, tell_problem=lambda p: said.append(p.what.key))
            file = tmp_path / "data" / "campaignbot.db"
            application.database.close()
            away = file.with_name("away.db")
            file.rename(away)
            file.mkdir()
            for _ in range(3):
                daemon.tick()
            assert daemon.round.ticks == 0 and said == ["storage.cannot_open"], "said, and once"
            file.rmdir()
            away.rename(file)
            daemon.tick()
            assert stored(application, waiting).state is State.PUBLISHED
        assert len(sandbox.world.posts) == 1


def test_a_scheduled_post_goes_by_the_same_way_as_one_that_is_due_now(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """P#1259: scheduled posts were missed while "post now" worked."""
    now, later = rows.approved(), rows.approved(due_in=timedelta(days=2))
    press = Press(database, clock, FakeAdapter())
    press.tick()
    assert press.now(now).state is State.PUBLISHED
    clock.advance(timedelta(days=2))
    press.tick()
    assert press.now(later).state is State.PUBLISHED


def test_posts_of_the_same_instant_all_go(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """P#439."""
    account = rows.account()
    same = [rows.approved(account=account) for _ in range(4)] + [rows.approved() for _ in range(4)]
    press = Press(database, clock, FakeAdapter())
    for _ in range(4):
        press.tick()
        clock.advance(5 * MINUTE)
    assert {press.now(one).state for one in same} == {State.PUBLISHED}


def test_nothing_stays_at_publishing_for_ever(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """M#150, B: a worker that is killed leaves its posts at "publishing"."""
    stuck = rows.approved()
    Press(database, clock, FakeAdapter(error_before=LeaseLost()), owner="dead").tick()
    press = Press(database, clock, FakeAdapter(), owner="next")
    assert press.now(stuck).state is State.PUBLISHING
    clock.advance(11 * MINUTE)
    press.tick()
    assert press.now(stuck).state is State.PUBLISHED


@pytest.mark.parametrize(
    ("version", "key"), [("9999", "storage.newer"), ("0001", "storage.retired")]
)
def test_a_database_of_another_version_is_refused_and_left_as_it_is(
    database: Database, version: str, key: str
) -> None:
    """P#1169: an update bricks the instance."""
    with database.write() as tx:
        tx.execute(text(f"UPDATE alembic_version SET version_num = '{version}'"))
    with pytest.raises(UserError) as refused:
        schema.upgrade(database)
    assert refused.value.problems[0].what.key == key
    with database.read() as tx:
        assert tx.execute(text("SELECT version_num FROM alembic_version")).scalar() == version


def test_what_backs_off_is_left_alone_until_its_time(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """B: the query for retries ignores its own back-off."""
    adapter = FakeAdapter(outcomes.RateLimited("wacht", clock.now() + timedelta(hours=2)))
    rows.approved()
    press = Press(database, clock, adapter)
    for _ in range(119):
        press.tick()
        clock.advance(MINUTE)
    assert len(adapter.sent) == 1
    clock.advance(MINUTE)
    press.tick()
    assert len(adapter.sent) == 2


# Time


def test_nine_in_the_morning_is_nine_in_the_morning_all_year(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """P#1145: repeated posts drift with daylight saving."""
    monday = WallTime(datetime(2026, 3, 2, 9), "Europe/Amsterdam")
    for week in range(52):
        planned = monday.plus(timedelta(weeks=week))
        assert WallTime.at(planned.instant, "Europe/Amsterdam").local.hour == 9


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Asia/Kolkata", "America/St_Johns"])
def test_what_is_stored_and_read_again_is_not_shifted(
    database: Database, clock: SimulatedClock, rows: Rows, zone: str
) -> None:
    """P#1954: by one hour; S#61: by five and a half."""
    planned = WallTime(datetime(2026, 12, 1, 9, 30), zone)
    drafted = rows.publication(state=State.IN_REVIEW)
    rows.move(drafted, Event.EDIT, planned=planned, due_at_utc=planned.instant)
    read = Press(database, clock, FakeAdapter()).now(drafted)
    assert read.planned == planned
    assert read.due_at_utc == planned.instant
    assert WallTime.at(read.due_at_utc, zone).local == planned.local


def test_a_post_late_in_the_evening_stands_on_its_own_day_in_every_view(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """P#709: week and day view disagree with the month."""
    planned = WallTime(datetime(2026, 12, 31, 23, 45), "Europe/Amsterdam")
    drafted = rows.publication(state=State.IN_REVIEW)
    rows.move(drafted, Event.EDIT, planned=planned, due_at_utc=planned.instant)
    read = Press(database, clock, FakeAdapter()).now(drafted)
    by_instant = WallTime.at(read.due_at_utc, "Europe/Amsterdam").local.date()
    assert read.planned.local.date() == by_instant == datetime(2026, 12, 31).date()


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2028, 2, 29, 12, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2037, 12, 31, 22, 59, tzinfo=UTC),
        datetime(2045, 6, 1, tzinfo=UTC),
    ],
)
def test_a_valid_date_in_the_future_is_taken(
    database: Database, clock: SimulatedClock, rows: Rows, instant: datetime
) -> None:
    """M#200."""
    later = rows.approved(due_in=instant - clock.now())
    clock.move_to(instant)
    press = Press(database, clock, FakeAdapter())
    press.tick()
    assert press.now(later).state is State.PUBLISHED
