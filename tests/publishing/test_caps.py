"""What an account may cost in a month: posts beyond it wait, are told, and go on when they may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.publishing.fakes import FakeAdapter, Press
from tests.storage.rows import Rows

from campaignbot.domain.accounts import Account, BudgetOwner, RateBudget
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.money import Money
from campaignbot.domain.publication import Publication, State
from campaignbot.domain.spending import month_of
from campaignbot.i18n import Translator
from campaignbot.platforms import outcomes
from campaignbot.storage import accounts, budgets, statistics
from campaignbot.storage.database import Database

HOUR = timedelta(hours=1)
LINKED = "Nummer {n}: lees meer op werkenbijwaterrijk.nl"


def dollars(amount: str) -> Money:
    return Money.of(amount, "USD")


def spent(database: Database, account: Account, at: datetime) -> Money:
    month = month_of(at, account.zone)
    with database.read() as tx:
        return statistics.spent(tx, account.id, "USD", month.begins_at_utc, month.ends_at_utc).total


def raise_cap(database: Database, account: Account, amount: str) -> None:
    with database.write() as tx:
        accounts.save_account(tx, replace(account, monthly_cap=dollars(amount)))


def due(
    rows: Rows, account: Account, *texts: str, window: timedelta = 6 * HOUR
) -> list[Publication]:
    return [
        rows.approved(
            account=account, text=text, due_in=timedelta(seconds=n - len(texts)), window=window
        )
        for n, text in enumerate(texts)
    ]


def pass_time(clock: SimulatedClock, press: Press, of: timedelta) -> None:
    end = clock.now() + of
    while clock.now() < end:
        press.tick()
        clock.advance(timedelta(minutes=10))
    press.tick()


def test_publishing_stops_before_the_cap_is_passed_and_says_why(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account("x", monthly_cap=dollars("0.50"))
    posts = due(rows, account, *(LINKED.format(n=n) for n in range(3)))
    adapter = FakeAdapter()
    press = Press(database, clock, adapter)
    pass_time(clock, press, HOUR)
    assert len(adapter.sent) == 2 and spent(database, account, clock.now()) == dollars("0.40")
    waits = press.now(posts[2])
    assert waits.state is State.RETRY_WAITING and waits.reason is not None
    said = Translator("en", "Europe/Amsterdam").text(waits.reason)
    assert all(part in said for part in ("0.50", "0.40", "0.20", account.key))


def test_what_costs_little_still_goes_while_what_is_dear_waits(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account("x", monthly_cap=dollars("0.10"))
    dear, cheap = due(rows, account, LINKED, "Zonder adres.")
    press = Press(database, clock, FakeAdapter())
    pass_time(clock, press, HOUR)
    assert press.now(dear).state is State.RETRY_WAITING
    assert press.now(cheap).state is State.PUBLISHED


def test_it_goes_on_when_the_cap_is_raised(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account("x", monthly_cap=dollars("0.10"))
    [post] = due(rows, account, LINKED)
    press = Press(database, clock, FakeAdapter())
    pass_time(clock, press, HOUR)
    raise_cap(database, account, "0.20")
    pass_time(clock, press, HOUR)
    assert press.now(post).state is State.PUBLISHED and press.now(post).reason is None


def test_it_goes_on_with_the_new_month_where_its_window_reaches_that_far(
    database: Database, rows: Rows, clock: SimulatedClock
) -> None:
    # 23:30 on the last day of the month in Amsterdam.
    clock.move_to(datetime(2026, 11, 30, 22, 30, tzinfo=UTC))
    account = rows.account("x", monthly_cap=dollars("0.20"))
    first, second = due(rows, account, LINKED, "Nog een: werkenbijwaterrijk.nl", window=12 * HOUR)
    press = Press(database, clock, FakeAdapter())
    press.tick()
    clock.advance(timedelta(minutes=10))
    press.tick()
    assert press.now(first).state is State.PUBLISHED
    assert press.now(second).state is State.RETRY_WAITING
    # What is tried again waits for the end of the quiet hours.
    pass_time(clock, press, 8 * HOUR)
    assert press.now(second).state is State.PUBLISHED
    assert spent(database, account, datetime(2026, 11, 30, tzinfo=UTC)) == dollars("0.20")


def test_what_waits_until_its_window_is_over_is_missed_with_the_reason(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account("x", monthly_cap=dollars("0.10"))
    [post] = due(rows, account, LINKED, window=2 * HOUR)
    press = Press(database, clock, FakeAdapter())
    pass_time(clock, press, 3 * HOUR)
    missed = press.now(post)
    assert missed.state is State.MISSED
    assert missed.reason is not None and missed.reason.key == "publishing.missed_for_cap"


def test_a_post_that_may_be_out_counts_as_if_it_were(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account("x", monthly_cap=dollars("0.25"))
    unsure, waits = due(rows, account, LINKED, "Nog een: werkenbijwaterrijk.nl")
    adapter = FakeAdapter(outcome=outcomes.Unknown("no answer"))
    press = Press(database, clock, adapter)
    press.tick()
    assert press.now(unsure).state is State.UNCERTAIN
    clock.advance(timedelta(minutes=5))
    # Read-back does not find it yet; the platform may have charged for it.
    press.publisher.look_at(account.id)
    assert len(adapter.sent) == 1 and press.now(waits).state is State.RETRY_WAITING


def test_what_is_kept_back_uses_nothing_of_a_limit_that_accounts_share(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    poor = rows.account("x", app="team", monthly_cap=dollars("0.10"))
    other = rows.account("x", app="team")
    limit = RateBudget(BudgetOwner.APP, "create", 1, clock.now() + 24 * HOUR)
    with database.write() as tx:
        budgets.save_budgets(tx, poor, [limit])
    [dear] = due(rows, poor, LINKED)
    press = Press(database, clock, FakeAdapter())
    pass_time(clock, press, 2 * HOUR)
    [theirs] = due(rows, other, "Zonder adres.")
    press.tick()
    assert press.now(dear).state is State.RETRY_WAITING
    assert press.now(theirs).state is State.PUBLISHED


@pytest.mark.parametrize("platform", ["linkedin", "x"])
def test_without_a_cap_everything_goes(
    database: Database, clock: SimulatedClock, rows: Rows, platform: str
) -> None:
    account = rows.account(platform)
    posts = due(rows, account, *(LINKED.format(n=n) for n in range(3)))
    press = Press(database, clock, FakeAdapter())
    pass_time(clock, press, HOUR)
    assert {press.now(post).state for post in posts} == {State.PUBLISHED}


def test_measured_and_estimated_costs_of_a_month_are_told_apart(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account, now = rows.account("x"), clock.now()
    month = month_of(now, account.zone)
    with database.write() as tx:
        for amount, estimated, at in (
            ("0.20", True, now),
            ("0.30", False, now),
            ("9", True, month.begins_at_utc - timedelta(seconds=1)),
            ("9", True, month.ends_at_utc),
        ):
            statistics.add_cost(
                tx,
                dollars(amount),
                account_id=account.id,
                publication_id=None,
                now=at,
                estimated=estimated,
            )
        found = statistics.spent(tx, account.id, "USD", month.begins_at_utc, month.ends_at_utc)
    assert (found.estimated, found.measured) == (dollars("0.20"), dollars("0.30"))
    assert found.total == dollars("0.50")


def test_a_month_begins_at_midnight_on_the_wall() -> None:
    december = month_of(datetime(2026, 12, 31, 22, 59, tzinfo=UTC), "Europe/Amsterdam")
    assert december.begins_at_utc == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert december.ends_at_utc == datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    summer = month_of(datetime(2026, 7, 15, tzinfo=UTC), "Europe/Amsterdam")
    assert summer.begins_at_utc == datetime(2026, 6, 30, 22, 0, tzinfo=UTC)
