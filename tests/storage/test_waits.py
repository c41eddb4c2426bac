"""What keeps an approved post from going out at its time is told, and until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from tests.storage.rows import Rows

from campaignbot.domain.accounts import (
    Account,
    AccountState,
    BudgetOwner,
    Hold,
    HoldScope,
    RateBudget,
)
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Publication
from campaignbot.storage import accounts, budgets, publications
from campaignbot.storage.database import Database, Tx
from campaignbot.storage.waits import Wait, waits

HOUR = timedelta(hours=1)
Cause = Callable[[Tx, Account, Publication, datetime], None]


@pytest.fixture
def rows(database: Database, clock: SimulatedClock) -> Rows:
    return Rows(database, clock)


def stored_wait(database: Database, of: Publication, now: datetime) -> Wait | None:
    with database.read() as tx:
        return waits(tx, [of], now).get(of.id)


def spacing(tx: Tx, owner: Account, _one: Publication, until: datetime) -> None:
    accounts.postpone_account(tx, owner.id, until)


def used_up(tx: Tx, owner: Account, _one: Publication, until: datetime) -> None:
    budgets.save_budgets(tx, owner, [RateBudget(BudgetOwner.APP, "calls", 0, until)])


def quiet(tx: Tx, _owner: Account, one: Publication, until: datetime) -> None:
    publications.postpone(tx, one.id, until)


@pytest.mark.parametrize(
    ("cause", "key"),
    [(spacing, "wait.spacing"), (used_up, "wait.used_up"), (quiet, "wait.quiet")],
)
def test_what_ends_by_itself_is_told_with_its_end_until_then(
    database: Database, clock: SimulatedClock, rows: Rows, cause: Cause, key: str
) -> None:
    owner, now = rows.account(), clock.now()
    one, later = rows.approved(account=owner), rows.approved(account=owner, due_in=2 * HOUR)
    assert stored_wait(database, one, now) is None
    with database.write() as tx:
        cause(tx, owner, one, now + HOUR)
    found = stored_wait(database, one, now)
    assert found is not None and (found.reason.key, found.until_utc) == (key, now + HOUR)
    assert stored_wait(database, later, now) is None, "it is over before the time of this one"
    assert stored_wait(database, one, now + HOUR) is None


@pytest.mark.parametrize(
    ("state", "key"),
    [
        (AccountState.PAUSED, "wait.paused"),
        (AccountState.NOT_CONNECTED, "wait.unconnected"),
        (AccountState.TOKEN_EXPIRED, "wait.unconnected"),
    ],
)
def test_what_a_person_has_to_end_comes_before_what_ends_by_itself(
    database: Database, clock: SimulatedClock, rows: Rows, state: AccountState, key: str
) -> None:
    owner, now = rows.account(), clock.now()
    one = rows.approved(account=owner)
    with database.write() as tx:
        spacing(tx, owner, one, now + HOUR)
        accounts.set_account_state(tx, owner.id, state, now=now, actor="Anna", reason="verhuizing")
    found = stored_wait(database, one, now)
    assert found is not None and (found.reason.key, found.until_utc) == (key, None)
    if state is AccountState.PAUSED:
        assert found.reason.params["reason"] == "verhuizing"


def test_a_hold_is_told_for_what_it_covers_alone(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    now, why = clock.now(), Message("hold.by_person", {"reason": "r"})
    one, other = rows.approved(), rows.approved()
    scopes = ((HoldScope.PUBLICATION, one.id), (HoldScope.ACCOUNT, other.account_id))
    with database.write() as tx:
        for scope, scope_id in scopes:
            hold = Hold(rows.new_id(), scope, scope_id, why, "Anna", now, now + HOUR)
            accounts.place_hold(tx, hold)
    assert stored_wait(database, one, now) == Wait(why, now + HOUR)
    assert stored_wait(database, other, now) == Wait(why, now + HOUR)
    with database.write() as tx:
        for scope, scope_id in scopes:
            accounts.lift_holds(tx, scope, scope_id, now=now, actor="Anna")
        accounts.place_hold(tx, Hold(rows.new_id(), HoldScope.ALL, None, why, "Anna", now))
    assert stored_wait(database, one, now) == Wait(why, None, for_all=True)


def test_a_permission_that_lacks_is_told_with_the_account_that_lacks_it(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    owner, now = rows.account(), clock.now()
    one = rows.approved(account=owner)
    why = Message("publishing.lacks_permission", {"platform": "X", "said": "x", "advice": "y"})
    with database.write() as tx:
        accounts.note_lacking(tx, owner.id, why, now=now, actor="system")
    found = stored_wait(database, one, now)
    assert found is not None and found.until_utc is None
    assert found.reason.key == "wait.lacks_permission" and found.reason.params["key"] == owner.key
