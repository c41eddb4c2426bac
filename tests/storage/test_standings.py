"""How accounts stand: what each waits for, on both databases."""

from __future__ import annotations

from datetime import timedelta

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
from campaignbot.storage import accounts, budgets, credentials
from campaignbot.storage.database import Database, Tx
from campaignbot.storage.standings import Standing, standings

HOUR = timedelta(hours=1)


@pytest.fixture
def rows(database: Database, clock: SimulatedClock) -> Rows:
    return Rows(database, clock)


def read(database: Database, clock: SimulatedClock) -> dict[str, Standing]:
    with database.read() as tx:
        return {found.account.key: found for found in standings(tx, clock.now())}


def test_an_account_tells_what_it_waits_for_and_no_longer(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    busy, idle = rows.account(), rows.account("x")
    rows.approved(account=busy)
    rows.approved(account=busy, due_in=HOUR)
    now = clock.now()
    held = Hold(
        rows.new_id(), HoldScope.ACCOUNT, busy.id, Message("hold.by_person", {"reason": "r"}),
        "Anna", now, now + HOUR,
    )  # fmt: skip
    with database.write() as tx:
        accounts.place_hold(tx, held)
        accounts.postpone_account(tx, busy.id, now + HOUR)
        budgets.save_budgets(
            tx,
            busy,
            [
                RateBudget(BudgetOwner.ACCOUNT, "posts", 0, now + HOUR),
                RateBudget(BudgetOwner.APP, "calls", 3, now + HOUR),
            ],
        )
    found = read(database, clock)
    assert found[busy.key].waiting == 2 and found[busy.key].holds == (held,)
    assert [b.bucket for b in found[busy.key].used_up] == ["posts"]
    assert found[busy.key].next_free_at_utc == now + HOUR
    assert found[idle.key] == Standing(idle, 0, (), (), None, None)
    clock.advance(HOUR)
    assert found[busy.key].account == busy
    assert read(database, clock)[busy.key] == Standing(busy, 2, (), (), None, None)


def test_the_latest_pause_is_told_while_it_lasts(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account()
    for state, reason in (("paused", "one"), ("active", None), ("paused", "two")):
        with database.write() as tx:
            accounts.set_account_state(
                tx,
                account.id,
                AccountState(state),
                now=clock.now(),
                actor="Anna",
                reason=reason,
            )
    paused = read(database, clock)[account.key].paused
    assert paused is not None and paused.after["reason"] == "two"
    with database.write() as tx:
        accounts.set_account_state(
            tx, account.id, AccountState.ACTIVE, now=clock.now(), actor="Anna"
        )
    assert read(database, clock)[account.key].paused is None


@pytest.mark.parametrize("state", [AccountState.PAUSED, AccountState.NOT_CONNECTED])
def test_an_access_that_ends_does_not_undo_what_a_person_decided(
    database: Database, clock: SimulatedClock, rows: Rows, state: AccountState
) -> None:
    account, now = rows.account(), clock.now()
    with database.write() as tx:
        for wanted in (state, AccountState.TOKEN_EXPIRED):
            accounts.set_account_state(tx, account.id, wanted, now=now, actor="test")
        assert accounts.account_by_id(tx, account.id).state is state


def test_permissions_belong_to_the_secrets_for_which_they_were_told(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account, other, now = rows.account(), rows.account(), clock.now()
    with database.write() as tx:
        for one in (account, other):
            credentials.save_sealed(tx, one.id, b"sealed", None, now=now)
        assert read_permissions(tx, account) is None
        credentials.note_permissions(tx, account.id, b"sealed", frozenset({"write", "read"}))
        credentials.note_permissions(tx, account.id, b"of before", frozenset())
    assert read(database, clock)[account.key].permissions == frozenset({"write", "read"})
    assert read(database, clock)[other.key].permissions is None
    with database.write() as tx:
        credentials.save_sealed(
            tx, account.id, b"anew", None, now=now, permissions=frozenset({"read"})
        )
        assert read_permissions(tx, account) == frozenset({"read"})
        seen, lifetime = credentials.stored_of(tx, account.id), credentials.Lifetime()
        assert seen is not None
        nothing: frozenset[str] = frozenset()
        assert credentials.replace_sealed(
            tx, seen, b"renewed", lifetime, now=now, permissions=nothing
        )
        # Nothing granted is told; not told is another thing.
        assert read_permissions(tx, account) == nothing
        credentials.save_sealed(tx, account.id, b"pasted", None, now=now)
        assert read_permissions(tx, account) is None


def read_permissions(tx: Tx, account: Account) -> frozenset[str] | None:
    found = credentials.stored_of(tx, account.id)
    assert found is not None
    return found.permissions


def test_only_the_secrets_of_one_account_are_deleted(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    first, second = rows.account(), rows.account()
    with database.write() as tx:
        for account in (first, second):
            credentials.save_sealed(tx, account.id, b"sealed", None, now=clock.now())
        credentials.forget_sealed(tx, first.id)
        assert credentials.sealed_of(tx, first.id) is None
        assert credentials.sealed_of(tx, second.id) == (b"sealed", None)
