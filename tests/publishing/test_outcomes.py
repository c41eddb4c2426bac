"""What becomes of a publication after each outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.publishing.fakes import FakeAdapter, Press
from tests.storage.rows import Rows

from campaignbot.domain.accounts import Account, AccountState, RateBudget
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content
from campaignbot.domain.errors import user_error
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Event, Publication, Receipt, State
from campaignbot.platforms import outcomes
from campaignbot.platforms.errors import LeaseLost
from campaignbot.platforms.protocol import ExternalPost
from campaignbot.platforms.registry import load_platform
from campaignbot.publishing import stopping
from campaignbot.publishing.publisher import Publisher
from campaignbot.storage import accounts
from campaignbot.storage.attempts import attempts_of
from campaignbot.storage.database import Database
from campaignbot.storage.waits import waits
from campaignbot.storage.watched import read_watched

SETTLING = timedelta(seconds=120)


@pytest.fixture
def rows(sqlite_database: Database, clock: SimulatedClock) -> Rows:
    rows = Rows(sqlite_database, clock)
    rows.campaign()
    return rows


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (outcomes.Published("9", None), State.PUBLISHED),
        (outcomes.Rejected("te lang"), State.FAILED),
        (outcomes.RateLimited("wacht"), State.RETRY_WAITING),
        (outcomes.AuthExpired("verlopen"), State.RETRY_WAITING),
        (outcomes.Unavailable("503"), State.RETRY_WAITING),
        (outcomes.Pending(Receipt("container", {"id": "7"}), 60), State.RETRY_WAITING),
        (outcomes.Unknown("time-out"), State.UNCERTAIN),
    ],
)
def test_each_outcome_leads_to_its_state(
    sqlite_database: Database,
    clock: SimulatedClock,
    rows: Rows,
    outcome: outcomes.Outcome,
    state: State,
) -> None:
    waiting = rows.approved()
    press = Press(sqlite_database, clock, FakeAdapter(outcome))
    press.tick()
    after = press.now(waiting)
    assert after.state is state
    if state is not State.PUBLISHED and not isinstance(outcome, outcomes.Pending):
        assert after.reason is not None, "a person must be able to read why"


def test_a_post_without_its_end_is_out_and_says_so(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    whole, cut = rows.approved(), rows.approved(due_in=timedelta(minutes=10))
    adapter = FakeAdapter(outcomes.Published("9"))
    press = Press(sqlite_database, clock, adapter)
    press.tick()
    adapter.outcome = outcomes.Published("10", None, "tot hier")
    clock.advance(timedelta(minutes=11))
    press.tick()
    assert press.now(whole).reason is None
    after = press.now(cut)
    assert after.state is State.PUBLISHED and after.reason is not None
    assert (after.reason.key, after.reason.params["shown"]) == ("publishing.cut", "tot hier")


@pytest.mark.parametrize("shown", [None, "Kom "], ids=["whole", "cut"])
def test_a_lost_post_that_is_found_without_its_end_says_so(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows, shown: str | None
) -> None:
    lost = rows.approved()
    text = load_platform("linkedin").compose(lost.content) if shown is None else shown
    found = ExternalPost("77", None, clock.now(), text)
    press = Press(sqlite_database, clock, FakeAdapter(outcomes.Unknown("weg"), found=found))
    press.tick()
    press.tick()
    after = press.now(lost)
    assert after.state is State.PUBLISHED
    assert (after.reason.key if after.reason else None) == (shown and "publishing.cut")


def test_a_pending_publication_is_resumed_from_its_receipt(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    receipt = Receipt("container", {"id": "7"})
    adapter = FakeAdapter(outcomes.Pending(receipt, 60))
    waiting = rows.approved()
    press = Press(sqlite_database, clock, adapter)
    press.tick()
    clock.advance(timedelta(minutes=6))
    adapter.outcome = outcomes.Published("9")
    press.tick()
    assert adapter.resumed == [None, receipt]
    assert press.now(waiting).state is State.PUBLISHED


def test_a_lost_answer_is_looked_up_before_anything_is_sent_again(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    adapter = FakeAdapter(outcomes.Unknown("cut"))
    waiting = rows.approved()
    press = Press(sqlite_database, clock, adapter)
    press.tick()
    adapter.found = ExternalPost("77", "https://x.example/77", clock.now(), "…")
    press.tick()
    after = press.now(waiting)
    assert (after.state, after.external_id) == (State.PUBLISHED, "77")
    assert len(adapter.sent) == 1


def test_absent_once_is_not_enough_absent_twice_is_sent_again(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    adapter = FakeAdapter(outcomes.Unknown("cut"))
    waiting = rows.approved()
    press = Press(sqlite_database, clock, adapter)
    press.tick()
    press.tick()
    assert press.now(waiting).state is State.UNCERTAIN
    press.tick()
    assert adapter.looked == 1, "not before the settling time has passed"
    clock.advance(SETTLING - timedelta(seconds=1))
    press.tick()
    assert (adapter.looked, len(adapter.sent)) == (1, 1)
    adapter.outcome = outcomes.Published("9")
    clock.advance(timedelta(minutes=6))
    press.tick()
    clock.advance(timedelta(minutes=1))
    press.tick()
    assert press.now(waiting).state is State.PUBLISHED
    assert (adapter.looked, len(adapter.sent)) == (2, 2)


def test_after_its_window_a_publication_is_missed_and_never_sent(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    adapter = FakeAdapter()
    waiting = rows.approved()
    press = Press(sqlite_database, clock, adapter)
    clock.advance(timedelta(hours=7))
    press.tick()
    after = press.now(waiting)
    assert after.state is State.MISSED and after.reason is not None
    assert adapter.sent == []


def test_an_unforeseen_error_is_uncertain_after_the_request_and_retried_before_it(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    before, after = rows.approved(), rows.approved()
    press = Press(sqlite_database, clock, FakeAdapter(error_before=RuntimeError("token=geheim")))
    press.tick()
    assert {press.now(before).state, press.now(after).state} == {State.RETRY_WAITING}
    late = rows.approved()
    again = Press(sqlite_database, clock, FakeAdapter(error_after=RuntimeError("token=geheim")))
    again.tick()
    assert again.now(late).state is State.UNCERTAIN
    with sqlite_database.read() as tx:
        tried = attempts_of(tx, late.id)
    assert "geheim" not in str(tried) + str(again.now(late))


def test_a_defect_in_telling_of_limits_hides_no_post_that_went_out(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    class Broken(FakeAdapter):
        def budgets(self) -> Sequence[RateBudget]:
            raise ValueError("x-rate-limit-remaining: geheim")

    waiting, another = rows.approved(), rows.approved(account=rows.account())
    press = Press(sqlite_database, clock, Broken())
    assert press.tick() == {"published": 2}
    assert press.now(waiting).state is press.now(another).state is State.PUBLISHED


def test_a_lost_lease_records_nothing(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    adapter = FakeAdapter(error_before=LeaseLost())
    waiting = rows.approved()
    press = Press(sqlite_database, clock, adapter)
    assert press.tick() == {"lease_lost": 1}
    assert press.now(waiting).state is State.PUBLISHING
    with sqlite_database.read() as tx:
        assert attempts_of(tx, waiting.id)[0].ended_at_utc is None


def test_a_worker_that_comes_back_late_changes_nothing(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """Its lease ended while it talked to the platform; another worker has settled the matter."""
    waiting = rows.approved()
    other_adapter = FakeAdapter(found=ExternalPost("5", None, clock.now(), "…"))
    other = Press(sqlite_database, clock, other_adapter)

    class Slow(FakeAdapter):
        def publish(self, content, *, resume, before_create, reply_to=None, progress=None):  # type: ignore[no-untyped-def]
            before_create(None)
            clock.advance(timedelta(minutes=11))
            other.tick()
            return outcomes.Published("5")

    slow = Press(sqlite_database, clock, Slow())
    assert slow.tick()["superseded"] == 1
    after = slow.now(waiting)
    assert (after.state, after.external_id) == (State.PUBLISHED, "5")
    assert other_adapter.sent == []


def test_an_expired_token_holds_the_account_until_it_is_connected_again(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account()
    first, second = rows.approved(account=account), rows.approved(account=account)
    adapter = FakeAdapter(outcomes.AuthExpired("verlopen"))
    press = Press(sqlite_database, clock, adapter)
    press.tick()
    clock.advance(timedelta(minutes=10))
    press.tick()
    assert len(adapter.sent) == 1
    with sqlite_database.write() as tx:
        assert accounts.account_by_id(tx, account.id).state is AccountState.TOKEN_EXPIRED
        accounts.set_account_state(
            tx, account.id, AccountState.ACTIVE, now=clock.now(), actor="test"
        )
    adapter.outcome = outcomes.Published("9")
    for _ in range(3):
        clock.advance(timedelta(minutes=6))
        adapter.outcome = outcomes.Published(uuid4().hex)
        press.tick()
    assert {press.now(p).state for p in (first, second)} == {State.PUBLISHED}


def test_a_rate_limit_keeps_the_whole_account_waiting(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account()
    rows.approved(account=account)
    rows.approved(account=account)
    until = clock.now() + timedelta(hours=2)
    adapter = FakeAdapter(outcomes.RateLimited("wacht", until))
    press = Press(sqlite_database, clock, adapter)
    press.tick()
    clock.advance(timedelta(hours=1))
    press.tick()
    assert len(adapter.sent) == 1
    clock.advance(timedelta(hours=1))
    press.tick()
    assert len(adapter.sent) == 2


def test_what_is_no_longer_in_order_is_not_sent(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    what, remedy = Message("check.photo.consent_over"), Message("check.photo.consent_over.remedy")
    finding = Finding("photo.consent_over", Severity.ERROR, what, remedy)
    adapter, waiting = FakeAdapter(), rows.approved()
    press = Press(sqlite_database, clock, adapter, blocking=(finding,))
    press.tick()
    after = press.now(waiting)
    assert after.state is State.FAILED and after.reason is not None
    assert after.reason.params == {"what": what, "remedy": remedy}, "people read what helps as well"
    assert adapter.sent == []


def test_stopping_is_one_hold_and_going_on_lifts_it(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    adapter = FakeAdapter()
    rows.approved()
    press = Press(sqlite_database, clock, adapter)
    for reason in ("storm", "nog een keer"):
        stopping.stop(sqlite_database, clock, uuid4, by="Mira", reason=reason)
    press.tick()
    assert adapter.sent == []
    assert len(stopping.resume(sqlite_database, clock, by="Mira")) == 1
    press.tick()
    assert len(adapter.sent) == 1


def test_manual_channels_get_a_pack_and_no_request(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    adapter = FakeAdapter()
    waiting = rows.approved(account=rows.account("manual"))
    press = Press(sqlite_database, clock, adapter)
    assert press.tick() == {"handed_over": 1}
    assert press.now(waiting).state is State.HANDED_OVER
    assert press.packs == [waiting.reference] and adapter.sent == []


def test_a_key_that_does_not_fit_on_this_machine_fails_no_post(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    def no_key(_account: Account) -> FakeAdapter:
        raise user_error("vault.other_key", remedy="vault.other_key.remedy")

    waiting = rows.approved()
    Publisher(
        sqlite_database,
        clock,
        {"linkedin": load_platform("linkedin")},
        no_key,
        lambda _p, _a: pytest.fail("nothing is handed over here"),
        owner="elsewhere",
    ).tick()
    press = Press(sqlite_database, clock, FakeAdapter())
    after = press.now(waiting)
    assert after.state is State.RETRY_WAITING
    assert after.reason is not None
    told = [after.reason.params[part] for part in ("what", "remedy")]
    assert [m.key for m in told if isinstance(m, Message)] == [
        "vault.other_key", "vault.other_key.remedy",
    ]  # fmt: skip


def test_a_cancelled_publication_is_left_alone(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    adapter, waiting = FakeAdapter(), rows.approved()
    rows.move(waiting, Event.CANCEL)
    Press(sqlite_database, clock, adapter).tick()
    assert adapter.sent == []


def test_a_defect_in_reading_back_keeps_nobody_else_from_publishing(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    class Broken(FakeAdapter):
        def find_published(self, content, since, receipt, reply_to=None):  # type: ignore[no-untyped-def]
            raise RuntimeError("token=geheim")

    adapter, lost = Broken(outcomes.Unknown("cut")), rows.approved()
    press = Press(sqlite_database, clock, adapter)
    press.tick()
    fine = rows.approved()
    adapter.outcome = outcomes.Published("9")
    assert press.tick()["read_back_failed"] == 1
    assert press.now(lost).state is State.UNCERTAIN
    assert press.now(fine).state is State.PUBLISHED


def test_a_pack_that_cannot_be_made_keeps_nobody_else_waiting(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    by_hand = rows.approved(account=rows.account("manual"))
    sent = rows.approved()
    press = Press(sqlite_database, clock, FakeAdapter(), pack_error=OSError("disk full"))
    assert press.tick() == {"hand_over_failed": 1, "published": 1}
    assert press.now(by_hand).state is State.APPROVED
    assert press.now(sent).state is State.PUBLISHED


def test_an_account_that_becomes_manual_hands_over_what_was_waiting(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account()
    waiting = rows.approved(account=account)
    press = Press(sqlite_database, clock, FakeAdapter(outcomes.Unavailable("503")))
    press.tick()
    assert press.now(waiting).state is State.RETRY_WAITING
    with sqlite_database.write() as tx:
        accounts.save_account(tx, replace(account, platform="manual"))
    clock.advance(timedelta(hours=1))
    press.tick()
    assert press.now(waiting).state is State.HANDED_OVER


def _look_until_settled(press: Press, clock: SimulatedClock, waiting: Publication) -> Publication:
    """Go on for six hours, a minute at a time, and return it."""
    for _ in range(360):
        clock.advance(timedelta(minutes=1))
        press.tick()
    return press.now(waiting)


def test_a_post_that_is_absent_three_times_waits_for_a_person(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    adapter = FakeAdapter(outcomes.Unknown("503"))
    waiting = rows.approved()
    press = Press(sqlite_database, clock, adapter)
    after = _look_until_settled(press, clock, waiting)
    assert (after.state, len(adapter.sent)) == (State.UNCERTAIN, 3)
    assert after.reason is not None and after.reason.key == "publishing.absent_too_often"
    with sqlite_database.read() as tx:
        seen = read_watched(tx, clock.now(), due_since=waiting.due_at_utc, comments_since=None)
    assert after.id in seen.unasked, "an alert asks a person to look"


def test_what_was_proved_absent_is_not_sent_again_at_once(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    adapter = FakeAdapter(outcomes.Unknown("503"))
    waiting = rows.approved()
    press = Press(sqlite_database, clock, adapter)
    press.tick()
    press.tick()
    clock.advance(timedelta(minutes=6))
    press.tick()
    assert (press.now(waiting).state, len(adapter.sent)) == (State.APPROVED, 1)
    with sqlite_database.read() as tx:
        told = waits(tx, [press.now(waiting)], clock.now())
    assert [wait.reason.key for wait in told.values()] == ["wait.not_found"]
    clock.advance(timedelta(seconds=14))
    press.tick()
    assert len(adapter.sent) == 1
    clock.advance(timedelta(seconds=1))
    press.tick()
    assert len(adapter.sent) == 2


def test_a_duplicate_that_is_not_listed_waits_for_a_person(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    class Contradicting(FakeAdapter):
        def publish(self, content: Content, **how: Any) -> outcomes.Outcome:
            if self.sent:
                self.outcome = outcomes.Duplicate("already there")
            return super().publish(content, **how)

    adapter = Contradicting(outcomes.Unknown("503"))
    waiting = rows.approved()
    after = _look_until_settled(Press(sqlite_database, clock, adapter), clock, waiting)
    assert (after.state, len(adapter.sent)) == (State.UNCERTAIN, 2)
    assert after.reason is not None and after.reason.key == "publishing.refused_yet_absent"


@pytest.mark.parametrize("platform", ["facebook", "instagram", "linkedin", "x"])
@pytest.mark.parametrize("reply", [False, True], ids=["post", "reply"])
def test_a_list_that_lags_and_lost_answers_double_nothing(
    sqlite_database: Database, clock: SimulatedClock, rows: Rows, platform: str, reply: bool
) -> None:
    """Every post arrives, no answer does, and the list shows it 150 seconds later."""
    account = rows.account(platform=platform)
    adapter = Lagging(clock, refuses=load_platform(platform).list_delay.posts_s is None)
    press = Press(sqlite_database, clock, adapter, platforms=(platform,))
    parent = rows.approved(account=account)
    after = _look_until_settled(press, clock, parent)
    assert (after.state, adapter.created) == (State.PUBLISHED, 1)
    if reply:
        adapter.made_at, adapter.created, adapter.refuses = None, 0, False
        follower = rows.approved(account=account, follows=parent)
        after = _look_until_settled(press, clock, follower)
        assert (after.state, adapter.created) == (State.PUBLISHED, 1)


class Lagging(FakeAdapter):
    """A platform whose every answer is lost, and whose list lags 150 seconds."""

    def __init__(self, clock: SimulatedClock, *, refuses: bool) -> None:
        super().__init__(outcomes.Unknown("weg"))
        self._clock, self.refuses = clock, refuses
        self.made_at: datetime | None = None
        self.created = 0

    def publish(self, content: Content, **how: Any) -> outcomes.Outcome:
        super().publish(content, **how)
        if self.refuses and self.created:
            return outcomes.Duplicate("already there")
        self.created += 1
        self.made_at = self.made_at or self._clock.now()
        return self.outcome

    def find_published(self, *_args: Any) -> ExternalPost | None:
        made = self.made_at
        if made is None or self._clock.now() < made + timedelta(seconds=150):
            return None
        return ExternalPost(f"7{self.created}{made.timestamp()}", None, made, "")
