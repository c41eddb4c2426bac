"""Workers that share an app's budget never spend more than there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

from tests.storage.rows import Rows

from campaignbot.domain.accounts import Account, BudgetOwner, RateBudget
from campaignbot.domain.clock import SimulatedClock
from campaignbot.storage import accounts, budgets, claims
from campaignbot.storage.database import Database

RULES = claims.ClaimRules("w", timedelta(minutes=5), timedelta(0))


def _of_one_app(database: Database, rows: Rows, number: int) -> list[Account]:
    owned = [replace(rows.account(), app="ours") for _ in range(number)]
    with database.write() as tx:
        return [accounts.save_account(tx, account) for account in owned]


def _at_once(*works: object) -> list[Exception]:
    barrier, errors = Barrier(len(works)), list[Exception]()

    def run(work: object) -> None:
        barrier.wait()
        try:
            assert callable(work)
            work()
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_four_workers_and_a_budget_of_one_make_one_claim(
    database: Database, clock: SimulatedClock
) -> None:
    rows = Rows(database, clock)
    owned = _of_one_app(database, rows, 4)
    for account in owned:
        rows.approved(account=account)
    left = RateBudget(BudgetOwner.APP, "posts", 1, clock.now() + timedelta(hours=1))
    with database.write() as tx:
        budgets.save_budgets(tx, owned[0], [left])
    claimed: list[claims.Claim] = []

    def claim() -> None:
        with database.write() as tx:
            found = claims.claim_due(tx, RULES, now=clock.now())
        claimed.extend(found)

    assert _at_once(claim, claim, claim, claim) == []
    assert len(claimed) == 1
    with database.read() as tx:
        assert [budget.remaining for budget in budgets.budgets_of(tx, owned[0])] == [0]


def test_workers_may_tell_the_first_budget_of_an_app_at_the_same_time(
    database: Database, clock: SimulatedClock
) -> None:
    owned = _of_one_app(database, Rows(database, clock), 4)
    left = RateBudget(BudgetOwner.APP, "posts", 7, clock.now() + timedelta(hours=1))

    def telling(account: Account) -> object:
        def tell() -> None:
            with database.write() as tx:
                budgets.save_budgets(tx, account, [left])

        return tell

    assert _at_once(*[telling(account) for account in owned]) == []
    with database.read() as tx:
        assert budgets.budgets_of(tx, owned[0]) == (left,)
