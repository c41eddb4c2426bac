"""A post that was missed says what kept it back last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.publishing.fakes import FakeAdapter, Press
from tests.storage.rows import Rows

from campaignbot.domain.accounts import AccountState, HoldScope
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import Publication, State
from campaignbot.i18n import Translator
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.publishing import stopping
from campaignbot.storage import accounts
from campaignbot.storage.database import Database

Keep = Callable[[Database, SimulatedClock, Publication], None]


def into(state: AccountState, reason: str | None = None) -> Keep:
    def keep(database: Database, clock: SimulatedClock, publication: Publication) -> None:
        with database.write() as tx:
            accounts.set_account_state(
                tx, publication.account_id, state, now=clock.now(), actor="Mira", reason=reason
            )

    return keep


def stopped(scope: HoldScope, reason: str) -> Keep:
    def keep(database: Database, clock: SimulatedClock, publication: Publication) -> None:
        of = {
            HoldScope.ACCOUNT: publication.account_id,
            HoldScope.CAMPAIGN: publication.post.campaign_id,
            HoldScope.PUBLICATION: publication.id,
        }
        stopping.stop(
            database, clock, uuid4, by="Mira", reason=reason, scope=scope, scope_id=of.get(scope)
        )

    return keep


def nothing(_database: Database, _clock: SimulatedClock, _publication: Publication) -> None:
    pass


def missed(
    database: Database, clock: SimulatedClock, rows: Rows, adapter: FakeAdapter, keep: Keep
) -> dict[str, str]:
    """Let a post be tried once, keep it back in some way, and return why it was missed."""
    waiting = rows.approved()
    if keep is not nothing:
        keep(database, clock, waiting)
    press = Press(database, clock, adapter)
    press.tick()
    clock.move_to(waiting.window_end_utc + timedelta(seconds=1))
    press.tick()
    after = press.now(waiting)
    assert after.state is State.MISSED and after.reason is not None
    return {language: Translator(language).text(after.reason) for language in ("nl", "en")}


@pytest.mark.parametrize(
    ("outcome", "words", "advised"),
    [
        (outcomes.Unavailable("503 onderhoud"), "503 onderhoud", False),
        (outcomes.RateLimited("te veel"), "te veel", False),
        (outcomes.Unavailable("402", Advice.PAY), "402", True),
        (outcomes.AuthExpired("ingetrokken"), "ingetrokken", True),
        (outcomes.AuthExpired("geen rol", Advice.PAGE_ROLE), "geen rol", True),
    ],
)
def test_it_carries_the_last_words_of_the_platform(
    database: Database,
    clock: SimulatedClock,
    rows: Rows,
    outcome: outcomes.Outcome,
    words: str,
    advised: bool,
) -> None:
    told = missed(database, clock, rows, FakeAdapter(outcome), nothing)
    advice = getattr(outcome, "advice")  # noqa: B009  # every one of these has it
    for language, text in told.items():
        assert words in text
        assert (Translator(language)(advice) in text) is advised


@pytest.mark.parametrize(
    ("keep", "words"),
    [
        (into(AccountState.PAUSED, "crisis in de stad"), "crisis in de stad"),
        (into(AccountState.TOKEN_EXPIRED), "campaignbot account connect"),
        (into(AccountState.NOT_CONNECTED), "campaignbot account connect"),
        (stopped(HoldScope.ALL, "storm"), "storm"),
        (stopped(HoldScope.ACCOUNT, "andere foto"), "andere foto"),
        (stopped(HoldScope.CAMPAIGN, "even wachten"), "even wachten"),
        (stopped(HoldScope.PUBLICATION, "nakijken"), "nakijken"),
    ],
)
def test_it_says_who_or_what_kept_it_back(
    database: Database, clock: SimulatedClock, rows: Rows, keep: Keep, words: str
) -> None:
    adapter = FakeAdapter()
    told = missed(database, clock, rows, adapter, keep)
    assert adapter.sent == []
    assert all(words in text for text in told.values())


def test_a_hold_on_something_else_is_no_reason(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    def elsewhere(database: Database, clock: SimulatedClock, _publication: Publication) -> None:
        stopping.stop(
            database, clock, uuid4, by="Mira", reason="storm", scope=HoldScope.ACCOUNT,
            scope_id=uuid4(),
        )  # fmt: skip

    outcome = outcomes.Unavailable("503")
    told = missed(database, clock, rows, FakeAdapter(outcome), elsewhere)
    assert "storm" not in told["nl"] and "503" in told["nl"]


def test_a_post_for_which_nothing_ran_says_only_that_its_time_passed(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()
    clock.move_to(waiting.window_end_utc + timedelta(seconds=1))
    press = Press(database, clock, FakeAdapter())
    press.tick()
    after = press.now(waiting)
    assert after.reason is not None and after.reason.key == "publishing.missed"
