"""Claiming: one worker, one account, one publication, and only what was approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from tests.storage.rows import Rows

from campaignbot.domain.accounts import AccountState, Hold, HoldScope
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.messages import Message
from campaignbot.domain.metrics import Metric, Metrics
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.storage import accounts, attempts, claims, publications, statistics
from campaignbot.storage.database import Database

LEASE = timedelta(minutes=5)
SPACING = timedelta(minutes=2)


@pytest.fixture
def rows(database: Database, clock: SimulatedClock) -> Rows:
    return Rows(database, clock)


def claim(database: Database, clock: SimulatedClock, owner: str = "w1") -> claims.Claim | None:
    with database.write() as tx:
        rules = claims.ClaimRules(owner, LEASE, SPACING)
        return next(iter(claims.claim_due(tx, rules, now=clock.now())), None)


def test_a_due_approved_publication_is_claimed_once(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()
    first, second = claim(database, clock), claim(database, clock, "w2")
    assert first is not None and first.publication.id == waiting.id
    assert first.publication.state is State.PUBLISHING
    assert second is None


def test_nothing_is_claimed_before_its_time_or_after_its_window(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    rows.approved(due_in=timedelta(hours=1))
    assert claim(database, clock) is None
    clock.advance(timedelta(hours=1))
    late = clock.now() + timedelta(hours=6)
    clock.move_to(late)
    assert claim(database, clock) is None


def test_content_that_differs_from_what_was_approved_is_never_claimed(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    rows.approved(approved_hash="0" * 64)
    assert claim(database, clock) is None


@pytest.mark.parametrize("state", [s for s in State if s not in {State.APPROVED}])
def test_no_state_but_approved_is_claimed(
    database: Database, clock: SimulatedClock, rows: Rows, state: State
) -> None:
    rows.publication(state=state)
    assert claim(database, clock) is None


@pytest.mark.parametrize("scope", list(HoldScope))
def test_a_hold_of_any_scope_keeps_it_back_until_lifted(
    database: Database, clock: SimulatedClock, rows: Rows, scope: HoldScope
) -> None:
    waiting = rows.approved()
    covered = {
        HoldScope.ALL: None,
        HoldScope.ACCOUNT: waiting.account_id,
        HoldScope.CAMPAIGN: waiting.post.campaign_id,
        HoldScope.VACANCY: waiting.post.vacancy_id,
        HoldScope.CLOSED_VACANCY: waiting.post.vacancy_id,
        HoldScope.PUBLICATION: waiting.id,
    }[scope]
    hold = Hold(rows.new_id(), scope, covered, Message("hold.stopped"), "Mira", clock.now())
    with database.write() as tx:
        accounts.place_hold(tx, hold)
    assert claim(database, clock) is None
    with database.write() as tx:
        accounts.lift_holds(tx, scope, covered, now=clock.now(), actor="Mira")
    assert claim(database, clock) is not None


@pytest.mark.parametrize(
    ("scope", "goes_on"), [(HoldScope.CLOSED_VACANCY, True), (HoldScope.VACANCY, False)]
)
def test_only_a_vacancy_that_closed_lets_posts_go_on_that_make_sense_without_it(
    database: Database, clock: SimulatedClock, rows: Rows, scope: HoldScope, goes_on: bool
) -> None:
    employer = rows.publication(state=State.IN_REVIEW, needs_open_vacancy=False)
    digest = employer.content_hash
    rows.move(employer, Event.APPROVE, approved_hash=digest)
    rows.approved()
    vacancy_id = rows.vacancy().id
    reason = Message("hold.vacancy_closed", {"ref": "VB-1"})
    hold = Hold(rows.new_id(), scope, vacancy_id, reason, "system", clock.now())
    with database.write() as tx:
        accounts.place_hold(tx, hold)
    first, second = claim(database, clock), claim(database, clock)
    claimed = [c.publication.id for c in (first, second) if c is not None]
    assert claimed == ([employer.id] if goes_on else [])


def test_an_account_publishes_one_at_a_time_and_spaced(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account()
    rows.approved(account=account, text="een")
    rows.approved(account=account, text="twee")
    first = claim(database, clock)
    assert first is not None
    clock.advance(SPACING)
    assert claim(database, clock) is None, "the first is still being published"
    rows.move(first.publication, Event.PUBLISH)
    assert claim(database, clock) is not None


def test_an_account_that_is_not_active_is_left_alone(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()
    with database.write() as tx:
        accounts.set_account_state(
            tx, waiting.account_id, AccountState.TOKEN_EXPIRED, now=clock.now(), actor="system"
        )
    assert claim(database, clock) is None


def test_a_retry_waits_for_its_own_instant(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    rows.approved()
    claimed = claim(database, clock)
    assert claimed is not None
    again_at = clock.now() + timedelta(minutes=10)
    rows.move(claimed.publication, Event.RETRY_LATER, retry_at_utc=again_at)
    clock.advance(timedelta(minutes=9))
    assert claim(database, clock) is None
    clock.advance(timedelta(minutes=1))
    again = claim(database, clock)
    assert again is not None and again.attempt.number == 2


def test_many_workers_at_once_claim_each_publication_once(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    wanted = {rows.approved(text=f"bericht {n}").id for n in range(6)}
    barrier, claimed = Barrier(4), list[Publication]()

    def work(name: str) -> None:
        barrier.wait()
        for _ in range(6):
            got = claim(database, clock, name)
            if got is not None:
                claimed.append(got.publication)

    threads = [Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(p.id for p in claimed) == sorted(wanted)


def test_request_sent_is_marked_once_and_only_within_the_lease(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    rows.approved()
    claimed = claim(database, clock)
    assert claimed is not None
    with database.write() as tx:
        assert attempts.mark_request_sent(tx, claimed.attempt, now=clock.now(), receipt=None)
        assert not attempts.mark_request_sent(tx, claimed.attempt, now=clock.now(), receipt=None)
    late = replace(claimed.attempt, number=claimed.attempt.number)
    clock.advance(LEASE)
    with database.write() as tx:
        assert not attempts.mark_request_sent(tx, late, now=clock.now(), receipt=None)
        assert [a.number for a in attempts.abandoned_attempts(tx, clock.now())] == [1]


def test_a_stale_copy_cannot_move_a_publication(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()
    rows.move(waiting, Event.CANCEL)
    with pytest.raises(publications.StaleVersion):
        rows.move(waiting, Event.CLAIM)


def test_a_row_that_refers_to_the_account_does_not_keep_its_posts_waiting(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """On PostgreSQL such a row locks the account's key until its transaction is over."""
    waiting = rows.approved()
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    told = Metrics(clock.now(), {Metric.FOLLOWERS: 100})
    with database.write() as measuring:
        statistics.add_snapshot(measuring, told, account_id=waiting.account_id)
        claimed = claim(database, clock)
    assert claimed is not None and claimed.publication.id == waiting.id
