"""Each occurrence is kept once, and each delivery is taken by one worker, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from tests.storage.rows import Rows

from campaignbot.domain.alerts import Alert, AlertKind
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.messages import Message
from campaignbot.domain.metrics import Metric, Metrics
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.storage import alerts, statistics
from campaignbot.storage.database import Database
from campaignbot.storage.watched import Watched, read_watched

HOUR = timedelta(hours=1)
WAYS = ("mail:mira@waterrijk.example", "notify:json:0123")


def alert(number: int = 1, kind: AlertKind = AlertKind.FAILED, total: int | None = None) -> Alert:
    return Alert(
        f"{kind}:WTR-{number:04}:3", kind, f"WTR-{number:04}",
        Message("alert.failed", {"ref": f"WTR-{number:04}"}), Message("publishing.worker_died"),
        "https://x.example/1", total,
    )  # fmt: skip


def test_an_alert_comes_back_as_it_was_and_only_once(
    database: Database, clock: SimulatedClock
) -> None:
    with database.write() as tx:
        assert alerts.raise_alerts(tx, [alert()], WAYS, now=clock.now()) == (alert(),)
        assert alerts.raise_alerts(tx, [alert(), alert(2)], WAYS, now=clock.now()) == (alert(2),)
    with database.read() as tx:
        listed = alerts.latest_alerts(tx, 10)
        assert [raised.alert for raised in listed] == [alert(), alert(2)]
        assert [d.way for d in listed[0].deliveries] == list(WAYS)
        assert alerts.ways_waiting(tx, clock.now()) == set(WAYS)


def test_what_one_worker_took_nobody_else_gets_for_an_hour(
    database: Database, clock: SimulatedClock
) -> None:
    now = clock.now()
    with database.write() as tx:
        alerts.raise_alerts(tx, [alert(), alert(2)], WAYS, now=now)
        taken = alerts.claim_deliveries(tx, WAYS[0], now=now, until=now + HOUR)
    assert [raised.alert.subject for raised in taken] == ["WTR-0001", "WTR-0002"]
    with database.write() as tx:
        assert alerts.claim_deliveries(tx, WAYS[0], now=now, until=now + HOUR) == ()
        later = alerts.claim_deliveries(tx, WAYS[0], now=now + HOUR, until=now + 2 * HOUR)
    assert [raised.deliveries[0].tries for raised in later] == [2, 2], "its taker died"


def test_two_workers_at_the_same_time_share_the_work_and_double_nothing(
    database: Database, clock: SimulatedClock
) -> None:
    now, ready = clock.now(), Barrier(4)

    def work(_number: int) -> list[str]:
        ready.wait(20)
        with database.write() as tx:
            alerts.raise_alerts(tx, [alert(n) for n in range(20)], WAYS[:1], now=now)
        ready.wait(20)
        with database.write() as tx:
            taken = alerts.claim_deliveries(tx, WAYS[0], now=now, until=now + HOUR)
        return [raised.alert.key for raised in taken]

    with ThreadPoolExecutor(4) as pool:
        got = [key for keys in pool.map(work, range(4)) for key in keys]
    assert sorted(got) == sorted(alert(n).key for n in range(20))


def test_a_failure_on_one_way_is_kept_and_the_other_way_is_done(
    database: Database, clock: SimulatedClock
) -> None:
    now, why = clock.now(), Message("mail.unreachable", {"host": "mail"})
    with database.write() as tx:
        alerts.raise_alerts(tx, [alert()], WAYS, now=now)
        for way in WAYS:
            alerts.claim_deliveries(tx, way, now=now, until=now + HOUR)
        alerts.note_not_sent(tx, [alert().key], WAYS[0], why, now + timedelta(minutes=1))
        alerts.note_sent(tx, [alert().key], WAYS[1], now=now)
    with database.read() as tx:
        (failed,) = alerts.not_sent(tx, WAYS)
        assert {d.way: d.problem for d in failed.deliveries} == {WAYS[0]: why, WAYS[1]: None}
        assert alerts.not_sent(tx, WAYS[1:]) == (), "a way that is gone worries nobody"
        assert alerts.ways_waiting(tx, now + HOUR) == {WAYS[0]}


def commented(
    database: Database, clock: SimulatedClock, rows: Rows
) -> tuple[Publication, Callable[[int], None]]:
    """Return a published post, and what reads a number of comments on it."""
    published = rows.move(
        rows.move(rows.approved(), Event.CLAIM), Event.PUBLISH,
        published_at_utc=clock.now(), permalink="https://linkedin.example/1",
    )  # fmt: skip

    def read(total: int) -> None:
        with database.write() as tx:
            statistics.add_snapshot(
                tx, Metrics(clock.now(), {Metric.COMMENTS: total}), publication_id=published.id
            )

    return published, read


@pytest.fixture
def rows(database: Database, clock: SimulatedClock) -> Rows:
    return Rows(database, clock)


def watched(database: Database, clock: SimulatedClock) -> Watched:
    now = clock.now()
    with database.read() as tx:
        return read_watched(
            tx, now, due_since=now - timedelta(days=7), comments_since=now - timedelta(days=30)
        )


def test_comments_are_counted_against_the_least_since_they_were_told(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    published, read = commented(database, clock, rows)
    read(0)
    assert watched(database, clock).comments == ()
    clock.advance(HOUR)
    read(5)
    (seen,) = watched(database, clock).comments
    assert (seen.reference, seen.total, seen.lowest_since_told) == (published.reference, 5, None)
    assert seen.permalink == "https://linkedin.example/1"
    told = Alert(
        "comments:1", AlertKind.COMMENTS, published.reference, Message("alert.comments"), total=5
    )
    with database.write() as tx:
        alerts.raise_alerts(tx, [told], (), now=clock.now())
    for total in (3, 4):
        clock.advance(HOUR)
        read(total)
    (seen,) = watched(database, clock).comments
    assert (seen.total, seen.lowest_since_told) == (4, 3)
    told_of = watched(database, clock).comments_told[published.reference]
    assert (told_of.times, told_of.total) == (1, 5)


def test_late_is_what_nothing_keeps_from_going_out(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    rows.approved()
    assert watched(database, clock).late == 0, "just due"
    clock.advance(timedelta(minutes=2))
    assert watched(database, clock).late == 1
    rows.publication(state=State.IN_REVIEW)
    assert watched(database, clock).late == 1, "nobody approved it"


def test_uncertain_posts_that_no_machine_looks_for_are_named(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    from campaignbot.storage import publications

    unsure = rows.move(
        rows.move(rows.approved(), Event.CLAIM), Event.LOSE_SIGHT,
        uncertain_since_utc=clock.now(),
    )  # fmt: skip
    assert watched(database, clock).unasked == frozenset()
    with database.write() as tx:
        publications.note_read_back(tx, unsure, 0, None)
    assert watched(database, clock).unasked == {unsure.id}
