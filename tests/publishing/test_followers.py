"""First comments and replies: after their parent only, once, and as far behind it as planned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.publishing.fakes import FakeAdapter, Press
from tests.storage.rows import Rows

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import Event, State
from campaignbot.platforms import outcomes
from campaignbot.platforms.protocol import ExternalPost
from campaignbot.storage.database import Database

MINUTE = timedelta(minutes=1)


def test_a_follower_goes_after_its_parent_and_below_it(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account(spacing=timedelta(0))
    parent = rows.approved(account=account)
    follower = rows.approved(account=account, due_in=2 * MINUTE, follows=parent)
    adapter = FakeAdapter(outcomes.Published("55"))
    press = Press(database, clock, adapter)
    press.tick()
    assert press.now(follower).state is State.APPROVED
    clock.advance(2 * MINUTE)
    press.tick()
    press.tick()
    assert adapter.replied_to == [None, "55"]
    assert press.now(follower).state is State.PUBLISHED


@pytest.mark.parametrize(
    "outcome",
    [outcomes.Rejected("nee"), outcomes.Unknown("kwijt"), outcomes.Unavailable("503")],
)
def test_without_its_parent_it_never_goes(
    database: Database, clock: SimulatedClock, rows: Rows, outcome: outcomes.Outcome
) -> None:
    account = rows.account(spacing=timedelta(0))
    parent = rows.approved(account=account)
    follower = rows.approved(account=account, due_in=MINUTE, follows=parent)
    adapter = FakeAdapter(outcome)
    press = Press(database, clock, adapter)
    for _ in range(5):
        press.tick()
        clock.advance(MINUTE)
    assert set(adapter.replied_to) == {None}
    clock.advance(timedelta(hours=7))
    press.tick()
    assert press.now(follower).state is State.MISSED


def test_a_parent_that_was_late_keeps_its_distance(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account(spacing=timedelta(0))
    parent = rows.approved(account=account)
    follower = rows.approved(account=account, due_in=10 * MINUTE, follows=parent)
    clock.advance(30 * MINUTE)
    adapter = FakeAdapter(outcomes.Published("55"))
    press = Press(database, clock, adapter)
    press.tick()
    assert press.now(parent).state is State.PUBLISHED
    clock.advance(9 * MINUTE)
    press.tick()
    assert len(adapter.sent) == 1
    clock.advance(MINUTE)
    press.tick()
    assert press.now(follower).state is State.PUBLISHED


def test_a_follower_whose_answer_was_lost_is_looked_for_below_its_parent(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    asked: list[str | None] = []

    class Looking(FakeAdapter):
        def find_published(self, content, since, receipt, reply_to=None):  # type: ignore[no-untyped-def]
            asked.append(reply_to)
            return ExternalPost("56", None, None, content.text)

    account = rows.account(spacing=timedelta(0))
    parent = rows.approved(account=account)
    follower = rows.approved(account=account, follows=parent)
    adapter = Looking(outcomes.Published("55"))
    press = Press(database, clock, adapter)
    rows.move(parent, Event.CLAIM)
    rows.move(press.now(parent), Event.PUBLISH, external_id="55", published_at_utc=clock.now())
    adapter.outcome = outcomes.Unknown("kwijt")
    press.tick()
    press.tick()
    assert asked == ["55"] and len(adapter.sent) == 1
    assert press.now(follower).external_id == "56"
