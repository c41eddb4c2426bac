"""Holds end by themselves or are lifted, and are called by the names that people use."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.storage.rows import Rows

from campaignbot.domain.accounts import Hold, HoldScope
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import State
from campaignbot.publishing import stopping
from campaignbot.storage.database import Database

HOUR = timedelta(hours=1)


def stop(database: Database, clock: SimulatedClock, hours: int | None) -> Hold:
    until = None if hours is None else clock.now() + hours * HOUR
    return stopping.stop(database, clock, Rows.new_id, by="Mira", reason="storm", until_utc=until)


def test_a_hold_ends_by_itself(database: Database, clock: SimulatedClock) -> None:
    stop(database, clock, 2)
    clock.advance(2 * HOUR - timedelta(seconds=1))
    assert len(stopping.holds_in_force(database, clock)) == 1
    clock.advance(timedelta(seconds=1))
    assert stopping.holds_in_force(database, clock) == ()


def test_an_end_that_has_passed_is_refused(
    sqlite_database: Database, clock: SimulatedClock
) -> None:
    with pytest.raises(UserError, match=r"stop\.past"):
        stop(sqlite_database, clock, 0)
    assert stopping.holds_in_force(sqlite_database, clock) == ()


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (None, None, True),
        (None, 3, True),
        (3, 2, True),
        (3, 3, True),
        (2, 3, False),
        (2, None, False),
    ],
)
def test_stopping_again_never_shortens_what_is_stopped(
    sqlite_database: Database,
    clock: SimulatedClock,
    first: int | None,
    second: int | None,
    kept: bool,
) -> None:
    before, after = stop(sqlite_database, clock, first), stop(sqlite_database, clock, second)
    assert (before.id == after.id) is kept
    ends = [held.hold.until_utc for held in stopping.holds_in_force(sqlite_database, clock)]
    assert (None in ends) is (None in {first, second})
    stopping.resume(sqlite_database, clock, by="Mira")
    assert stopping.holds_in_force(sqlite_database, clock) == ()


def test_what_can_be_held_has_the_names_that_people_use(
    database: Database, clock: SimulatedClock
) -> None:
    rows = Rows(database, clock)
    rows.campaign()
    rows.vacancy()
    publication = rows.publication(state=State.APPROVED)
    named = {what.scope: what for what in stopping.holdable(database, publication)}
    assert {scope: what.name for scope, what in named.items()} == {
        HoldScope.ALL: "",
        HoldScope.CAMPAIGN: "voorbeeld",
        HoldScope.VACANCY: "VB-1",
        HoldScope.ACCOUNT: "linkedin-1",
        HoldScope.PUBLICATION: publication.reference,
    }
    assert [w.scope for w in stopping.holdable(database, None)] == [HoldScope.ALL]
    for scope in (HoldScope.VACANCY, HoldScope.ALL):
        stopping.stop(
            database, clock, rows.new_id, by="Mira", reason="r",
            scope=scope, scope_id=named[scope].scope_id,
        )  # fmt: skip
        clock.advance(HOUR)
    names = [(h.hold.scope, h.name) for h in stopping.holds_in_force(database, clock)]
    assert names == [(HoldScope.ALL, ""), (HoldScope.VACANCY, "VB-1")], "the widest first"
