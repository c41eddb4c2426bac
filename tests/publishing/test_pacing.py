"""Spacing, budgets, quiet hours and side by side: when a publication that is due may go."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from threading import Event as Signal
from uuid import UUID

import pytest
from tests.publishing.fakes import FakeAdapter, Press
from tests.storage.rows import Rows

from campaignbot.domain.accounts import Account, BudgetOwner, RateBudget
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content
from campaignbot.domain.publication import Publication, Receipt, State
from campaignbot.platforms import outcomes
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import Progress
from campaignbot.platforms.registry import load_platform
from campaignbot.publishing.publisher import Publisher, PublishingPolicy
from campaignbot.storage import accounts, budgets, publications
from campaignbot.storage.database import Database

HOUR = timedelta(hours=1)


def states(database: Database, *of: Publication) -> list[State]:
    with database.read() as tx:
        return [publications.publication_by_id(tx, one.id).state for one in of]


def test_after_a_night_off_nothing_bursts(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account()
    late = [rows.approved(account=account, due_in=-n * timedelta(minutes=1)) for n in range(11)]
    adapter = FakeAdapter()
    press = Press(database, clock, adapter)
    sent_at = []
    for _ in range(240):
        before = len(adapter.sent)
        press.tick()
        if len(adapter.sent) > before:
            assert len(adapter.sent) == before + 1
            sent_at.append(clock.now())
        clock.advance(timedelta(minutes=1))
    assert set(states(database, *late)) == {State.PUBLISHED}
    gaps = {b - a for a, b in pairwise(sent_at)}
    assert min(gaps) >= timedelta(minutes=5)


def test_an_account_may_have_a_spacing_of_its_own(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    calm = rows.account(spacing=timedelta(minutes=45))
    first = rows.approved(account=calm, due_in=-timedelta(minutes=1))
    second = rows.approved(account=calm)
    press = Press(database, clock, FakeAdapter())
    press.tick()
    clock.advance(timedelta(minutes=44))
    press.tick()
    assert states(database, first, second) == [State.PUBLISHED, State.APPROVED]
    clock.advance(timedelta(minutes=1))
    press.tick()
    assert states(database, second) == [State.PUBLISHED]


def test_two_posts_of_one_instant_both_go(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account()
    pair = [rows.approved(account=account), rows.approved(account=account)]
    press = Press(database, clock, FakeAdapter())
    for _ in range(2):
        press.tick()
        clock.advance(timedelta(minutes=5))
    assert states(database, *pair) == [State.PUBLISHED, State.PUBLISHED]


PENDING = outcomes.Pending(Receipt("upload", {"id": "7"}), 20)


def test_an_upload_that_had_to_wait_goes_on_at_its_instant(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()
    adapter = FakeAdapter(PENDING)
    press = Press(database, clock, adapter)
    press.tick()
    clock.advance(timedelta(seconds=19))
    press.tick()
    assert len(adapter.resumed) == 1
    clock.advance(timedelta(seconds=1))
    adapter.outcome = outcomes.Published("9")
    press.tick()
    assert states(database, waiting) == [State.PUBLISHED]
    assert adapter.resumed == [None, PENDING.receipt]


def test_what_went_out_beside_an_upload_that_waits_keeps_its_distance(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    account = rows.account()
    film = rows.approved(account=account, text="film", due_in=-timedelta(minutes=1))
    plain = rows.approved(account=account, text="plat")
    sent: list[str] = []

    class Works(FakeAdapter):
        def publish(self, content, *, resume, **given):  # type: ignore[no-untyped-def]
            if content.text == film.content.text and resume is None:
                return PENDING
            sent.append(content.text)
            return super().publish(content, resume=resume, **given)

    press = Press(database, clock, Works())
    press.tick()
    assert states(database, film, plain) == [State.RETRY_WAITING, State.PUBLISHED]
    clock.advance(timedelta(minutes=4, seconds=59))
    press.tick()
    assert sent == [plain.content.text], "due, and too close to the other post"
    clock.advance(timedelta(seconds=1))
    after = rows.approved(account=account, text="erna")
    press.tick()
    assert states(database, film, after) == [State.PUBLISHED, State.APPROVED]
    clock.advance(timedelta(minutes=5))
    press.tick()
    assert states(database, after) == [State.PUBLISHED]


def test_an_upload_that_had_to_wait_lifts_no_other_wait_of_its_account(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()

    def limited(_progress: Progress) -> Outcome:
        with database.write() as tx:
            accounts.postpone_account(tx, waiting.account_id, clock.now() + HOUR)
        return PENDING

    adapter = FakeAdapter(first=limited)
    press = Press(database, clock, adapter)
    press.tick()
    clock.advance(HOUR - timedelta(seconds=1))
    press.tick()
    assert len(adapter.resumed) == 1


def test_waiting_for_the_platform_makes_no_later_failure_wait_longer(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    waiting = rows.approved()
    adapter = FakeAdapter(PENDING)
    press = Press(database, clock, adapter)
    for _ in range(6):
        press.tick()
        clock.advance(timedelta(seconds=20))
    adapter.outcome = outcomes.Unavailable("503")
    press.tick()
    # Half of the 30 s that a first failure waits at most.
    assert press.now(waiting).retry_at_utc == clock.now() + timedelta(seconds=15)


def test_what_is_tried_again_at_night_waits_for_the_morning(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    clock.advance(timedelta(hours=11, minutes=50))
    late = rows.approved(window=timedelta(hours=16))
    adapter = FakeAdapter(outcomes.Unavailable("503"))
    press = Press(database, clock, adapter)
    press.tick()
    clock.advance(timedelta(minutes=15))
    adapter.outcome = outcomes.Published("9")
    press.tick()
    assert len(adapter.resumed) == 1, "21:05 in Amsterdam is night"
    clock.advance(timedelta(hours=9, minutes=54))
    press.tick()
    assert len(adapter.resumed) == 1, "06:59 still is"
    clock.advance(timedelta(minutes=1))
    press.tick()
    assert states(database, late) == [State.PUBLISHED]


def _exhausted(owner: BudgetOwner, clock: SimulatedClock, left: int = 0) -> RateBudget:
    return RateBudget(owner, "create", left, clock.now() + HOUR)


@pytest.mark.parametrize(
    ("owner", "other_waits"), [(BudgetOwner.ACCOUNT, False), (BudgetOwner.APP, True)]
)
def test_a_budget_that_is_used_up_holds_its_account_or_all_of_its_app(
    database: Database, clock: SimulatedClock, rows: Rows, owner: BudgetOwner, other_waits: bool
) -> None:
    first, other = rows.account("x", app="team"), rows.account("x", app="team")
    elsewhere = rows.account("x", app="another")
    adapter = FakeAdapter(told=(_exhausted(owner, clock),))
    press = Press(database, clock, adapter)
    rows.approved(account=first)
    press.tick()
    adapter.told = ()
    clock.advance(timedelta(minutes=10))
    mine, theirs, far = (rows.approved(account=a) for a in (first, other, elsewhere))
    press.tick()
    waits = State.APPROVED if other_waits else State.PUBLISHED
    assert states(database, mine, theirs, far) == [State.APPROVED, waits, State.PUBLISHED]
    clock.advance(HOUR)
    press.tick()
    assert states(database, mine, theirs) == [State.PUBLISHED, State.PUBLISHED]


def test_a_budget_outlives_the_process_and_counts_down_by_itself(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    """What the platform told last is counted on when it tells nothing, also after a restart."""
    one, two, three = (rows.account("x", app="team") for _ in range(3))
    with database.write() as tx:
        budgets.save_budgets(tx, one, [_exhausted(BudgetOwner.APP, clock, left=2)])
    waiting = [rows.approved(account=account) for account in (one, two, three)]
    Press(database, clock, FakeAdapter()).tick()
    Press(database, clock, FakeAdapter(), owner="restarted").tick()
    assert sorted(states(database, *waiting)) == [
        State.APPROVED,
        State.PUBLISHED,
        State.PUBLISHED,
    ]
    with database.read() as tx:
        assert [b.remaining for b in budgets.budgets_of(tx, three)] == [0]


def test_a_platform_that_hangs_holds_up_no_other_account(
    database: Database, clock: SimulatedClock, rows: Rows
) -> None:
    hanging, quick = rows.account("linkedin"), rows.account("x")
    stuck = rows.approved(account=hanging, due_in=-timedelta(minutes=1))
    free = [rows.approved(account=quick)]
    reached, opened, done = Signal(), Signal(), Signal()

    def hang(_progress: Progress) -> None:
        reached.set()
        assert opened.wait(30)

    class Quick(FakeAdapter):
        def publish(self, content: Content, **kwargs: object) -> Outcome:
            # Only once the other is under way: it must not have been waited for.
            assert reached.wait(30)
            outcome = super().publish(content, **kwargs)  # type: ignore[arg-type]
            done.set()
            return outcome

    adapters: dict[UUID, FakeAdapter] = {hanging.id: FakeAdapter(first=hang), quick.id: Quick()}

    def open_adapter(account: Account) -> FakeAdapter:
        return adapters[account.id]

    publisher = Publisher(
        database,
        clock,
        {name: load_platform(name) for name in ("linkedin", "x")},
        open_adapter,
        lambda _p, _a: pytest.fail("nothing is handed over here"),
        owner="many",
        policy=PublishingPolicy(parallel=2),
        on_step=lambda _step: opened.set() if done.is_set() else None,
    )
    report = publisher.tick()
    assert report.counts == {"published": 2}
    assert states(database, stuck, *free) == [State.PUBLISHED, State.PUBLISHED]
