"""Numbers: when they are read, how they add up, and that one account's failure is its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.rows import ZONE, Rows

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot.domain.money import Money
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.domain.rollups import GroupTotals, Rollup, Tally
from campaignbot.measuring.collect import CollectReport, collect, reading_due
from campaignbot.measuring.rollup import rollup
from campaignbot.platforms.errors import AuthError, PermissionMissing, PlatformUnavailable
from campaignbot.platforms.protocol import Adapter
from campaignbot.platforms.registry import load_platform
from campaignbot.storage import accounts, schema, statistics
from campaignbot.storage.database import Database, sqlite_url

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
H, D = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "last_at_age", "due"),
    [
        (30 * H / 60, None, False),
        (1 * H, None, True),
        (2 * H, 1 * H, False),
        (3 * H, 1 * H, True),
        (12 * H, 6 * H, True),
        (2 * D, 25 * H, True),
        (2 * D + H, 2 * D, False),
        (3 * D, 2 * D, True),
        (4 * D - H, 3 * D, False),
        (4 * D, 3 * D, True),
        (14 * D, 13 * D, True),
        (20 * D, 17 * D, False),
        (24 * D, 17 * D, True),
        (30 * D, None, True),
        (66 * D, 50 * D, True),
        (68 * D, None, False),
    ],
)
def test_a_post_is_read_often_at_first_and_seldom_later(
    age: timedelta, last_at_age: timedelta | None, due: bool
) -> None:
    last = START + last_at_age if last_at_age is not None else None
    assert reading_due(START, last, START + age) is due


@given(st.integers(1, 60 * 24), st.integers(0, 48))
def test_a_post_that_was_just_read_is_not_due(hours: int, minutes: int) -> None:
    now = START + timedelta(hours=hours, minutes=minutes)
    assert not reading_due(START, now, now)


@dataclass
class Told:
    """An adapter that tells numbers out of its hand, or fails."""

    posts: Mapping[str, Metrics] = field(default_factory=dict)
    account: Metrics = field(default_factory=lambda: Metrics(START, {Metric.FOLLOWERS: 100}))
    fails: bool = False
    asked: list[list[str]] = field(default_factory=list)

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        self.asked.append(list(external_ids))
        if self.fails:
            raise PlatformUnavailable("503 geen antwoord")
        return {i: self.posts[i] for i in external_ids if i in self.posts}

    def fetch_account_metrics(self) -> Metrics:
        return self.account


class Measured:
    """A database with live posts, and adapters that tell of them."""

    def __init__(self, database: Database, clock: SimulatedClock) -> None:
        self.database, self.clock, self.rows = database, clock, Rows(database, clock)
        self.adapters: dict[UUID, Told] = {}

    def live(self, account: Account, external_id: str) -> Publication:
        new = self.rows.publication(state=State.PUBLISHING, account=account)
        return self.rows.move(
            new, Event.PUBLISH, external_id=external_id, published_at_utc=self.clock.now()
        )

    def collect(self) -> CollectReport:
        platforms = {name: load_platform(name) for name in ("linkedin", "manual", "x")}

        def opened(account: Account) -> Adapter:
            adapter: Adapter = self.adapters[account.id]  # type: ignore[assignment]  # reads only
            return adapter

        return collect(self.database, self.clock, platforms, opened)

    def totals(self, publication: Publication) -> Mapping[Metric, int | Missing]:
        with self.database.read() as tx:
            found = statistics.totals_at(tx, [publication.id], self.clock.now())
        return found.get(publication.id, {})


@pytest.fixture
def measured(sqlite_database: Database, clock: SimulatedClock) -> Measured:
    return Measured(sqlite_database, clock)


def test_an_account_that_fails_leaves_the_others_alone(measured: Measured) -> None:
    good, bad = measured.rows.account(), measured.rows.account()
    post, other = measured.live(good, "urn:1"), measured.live(bad, "urn:2")
    measured.clock.advance(2 * H)
    now = measured.clock.now()
    measured.adapters[bad.id] = Told(fails=True)
    measured.adapters[good.id] = Told(
        {"urn:1": Metrics(now, {Metric.CLICKS: 7}, {Metric.SAVES: Missing.NOT_OFFERED})}
    )
    report = measured.collect()
    assert report.failed == {bad.key: "503 geen antwoord"}
    assert (report.posts, report.numbers) == (1, 1)
    assert measured.totals(post) == {Metric.CLICKS: 7, Metric.SAVES: Missing.NOT_OFFERED}
    assert measured.totals(other) == {}


def test_reading_numbers_is_charged_where_the_platform_asks_for_it(measured: Measured) -> None:
    paid, free = measured.rows.account("x"), measured.rows.account()
    for number in range(3):
        measured.live(paid, f"9{number}")
    measured.live(free, "urn:1")
    measured.clock.advance(2 * H)
    now = measured.clock.now()
    for account, ids in ((paid, ["90", "91"]), (free, ["urn:1"])):
        numbers = {i: Metrics(now, {Metric.CLICKS: 7}) for i in ids}
        measured.adapters[account.id] = Told(numbers)
    measured.collect()
    with measured.database.read() as tx:
        spent = [statistics.spent(tx, a.id, "USD", now - H, now + H).total for a in (paid, free)]
    # Of the third the platform knew nothing, and told nothing.
    assert spent == [Money.of("0.002", "USD"), Money(0, "USD")]


def test_an_account_whose_token_ended_is_held_before_a_post_finds_out(measured: Measured) -> None:
    account = measured.rows.account()
    measured.live(account, "urn:1")
    measured.clock.advance(2 * H)

    class Ended(Told):
        def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
            raise AuthError("verlopen")

    measured.adapters[account.id] = Ended()
    assert measured.collect().failed == {account.key: "verlopen"}
    with measured.database.read() as tx:
        assert accounts.account_by_id(tx, account.id).state is AccountState.TOKEN_EXPIRED


@dataclass
class Forbidden(Told):
    """Tells of the account, and of its posts no number."""

    allowed: bool = False

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        told = super().fetch_metrics(external_ids)
        if not self.allowed:
            raise PermissionMissing("Requires read_insights")
        return told


@pytest.fixture
def on_both(database: Database, clock: SimulatedClock) -> Measured:
    return Measured(database, clock)


def test_numbers_without_permission_are_said_to_be_so(on_both: Measured) -> None:
    account = on_both.rows.account()
    post = on_both.live(account, "urn:1")
    told = on_both.adapters[account.id] = Forbidden()
    for _ in range(3):
        on_both.clock.advance(50 * H / 60)
        report = on_both.collect()
    assert len(told.asked) == 1, "asked again at the usual times only"
    reasons = on_both.totals(post)
    assert reasons == dict.fromkeys(load_platform("linkedin").metrics, Missing.NO_PERMISSION)
    assert report.failed == {}
    with on_both.database.read() as tx:
        found = accounts.account_by_id(tx, account.id)
        assert statistics.account_total_at(tx, account.id, Metric.FOLLOWERS, START + 3 * H) == 100
    assert found.state is AccountState.ACTIVE and found.unmeasured is not None
    assert found.unmeasured.params["said"] == "Requires read_insights"
    group = rolled(on_both, START, START + D).total
    assert group.total(Metric.CLICKS) is None and group.not_allowed == 1


def test_numbers_that_may_be_read_again_are(on_both: Measured) -> None:
    account = on_both.rows.account()
    post = on_both.live(account, "urn:1")
    told = Forbidden()
    on_both.adapters[account.id] = told
    on_both.clock.advance(H)
    assert on_both.collect().failed == {account.key: "Requires read_insights"}
    told.allowed = True
    on_both.clock.advance(2 * H)
    told.posts = {"urn:1": Metrics(on_both.clock.now(), {Metric.CLICKS: 3})}
    on_both.collect()
    assert on_both.totals(post)[Metric.CLICKS] == 3
    with on_both.database.read() as tx:
        assert accounts.account_by_id(tx, account.id).unmeasured is None


def test_what_was_just_read_is_not_read_again(measured: Measured) -> None:
    account = measured.rows.account()
    measured.live(account, "urn:1")
    measured.clock.advance(H)
    told = Told({"urn:1": Metrics(measured.clock.now(), {Metric.CLICKS: 1})})
    measured.adapters[account.id] = told
    measured.collect()
    measured.clock.advance(H)
    measured.collect()
    assert told.asked == [["urn:1"]]


def test_a_post_that_the_platform_does_not_know_is_named(measured: Measured) -> None:
    account = measured.rows.account()
    post = measured.live(account, "urn:1")
    measured.clock.advance(H)
    measured.adapters[account.id] = Told()
    assert measured.collect().gone == [post.reference]


def test_accounts_without_numbers_or_without_token_are_not_asked(measured: Measured) -> None:
    manual, expired = measured.rows.account("manual"), measured.rows.account()
    measured.live(manual, "1")
    measured.live(expired, "2")
    with measured.database.write() as tx:
        accounts.set_account_state(
            tx, expired.id, AccountState.TOKEN_EXPIRED, now=START, actor="system"
        )
    measured.clock.advance(H)
    assert measured.collect() == CollectReport()


def test_the_followers_of_an_account_are_read_once_a_day(measured: Measured) -> None:
    account = measured.rows.account()
    measured.live(account, "urn:1")
    measured.clock.advance(H)
    now = measured.clock.now()
    measured.adapters[account.id] = Told(account=Metrics(now, {Metric.FOLLOWERS: 100}))
    measured.collect()
    with measured.database.read() as tx:
        assert statistics.account_total_at(tx, account.id, Metric.FOLLOWERS, now) == 100
        assert statistics.last_account_snapshot(tx, account.id) == now


def rolled(measured: Measured, start: datetime, end: datetime) -> Rollup:
    with measured.database.read() as tx:
        return rollup(tx, measured.rows.campaign().id, start, end, ZONE)


def snapshot(measured: Measured, publication: Publication, metrics: Metrics) -> None:
    with measured.database.write() as tx:
        statistics.add_snapshot(tx, metrics, publication_id=publication.id)


def test_a_period_is_the_total_at_its_end_less_that_at_its_start(measured: Measured) -> None:
    post = measured.live(measured.rows.account(), "urn:1")
    for day, clicks in ((1, 10), (8, 25), (9, 30)):
        snapshot(measured, post, Metrics(START + day * D, {Metric.CLICKS: clicks}))
    week = rolled(measured, START + 2 * D, START + 8 * D + H)
    assert week.total.total(Metric.CLICKS) == 15


def test_a_total_that_was_corrected_downwards_counts_as_nothing(measured: Measured) -> None:
    post = measured.live(measured.rows.account(), "urn:1")
    for day, clicks in ((1, 10), (8, 8)):
        snapshot(measured, post, Metrics(START + day * D, {Metric.CLICKS: clicks}))
    assert rolled(measured, START + 2 * D, START + 9 * D).total.total(Metric.CLICKS) == 0


def test_a_number_that_is_missing_is_not_zero(measured: Measured) -> None:
    account = measured.rows.account()
    told, silent = measured.live(account, "urn:1"), measured.live(account, "urn:2")
    snapshot(measured, told, Metrics(START + H, {Metric.CLICKS: 4}))
    snapshot(
        measured, silent,
        Metrics(START + H, {}, {Metric.CLICKS: Missing.TOO_YOUNG, Metric.SAVES: Missing.SILENT}),
    )  # fmt: skip
    total = rolled(measured, START, START + D).total
    assert total.metrics[Metric.CLICKS] == Tally(4, 1, 2)
    assert total.total(Metric.SAVES) is None and total.total(Metric.REACH) is None
    assert total.engagement == 4


def test_applications_come_with_the_post_that_brought_them(measured: Measured) -> None:
    post = measured.live(measured.rows.account(), "urn:1")
    found = [
        statistics.Application("A-1", post.tracking_code, "new", START.date()),
        statistics.Application("A-2", None, "new", START.date()),
        statistics.Application("A-3", post.tracking_code, "new", (START + 9 * D).date()),
    ]
    with measured.database.write() as tx:
        assert statistics.add_applications(tx, found) == 3
    assert rolled(measured, START, START + 7 * D).total.applications == 1


def test_a_post_published_after_the_period_is_not_in_it(measured: Measured) -> None:
    measured.live(measured.rows.account(), "urn:1")
    assert rolled(measured, START - 7 * D, START).total.posts == 0


numbers = st.dictionaries(
    st.sampled_from([Metric.CLICKS, Metric.REACH, Metric.SHARES]),
    st.integers(0, 10_000) | st.sampled_from(Missing),
)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), numbers), min_size=1, max_size=5))
def test_the_groups_of_every_kind_add_up_to_the_total(
    told: list[tuple[int, dict[Metric, int | Missing]]],
) -> None:
    with TemporaryDirectory() as folder:
        database = Database(sqlite_url(Path(folder) / "campaignbot.db"))
        schema.upgrade(database)
        measured = Measured(database, SimulatedClock(START))
        channels = [measured.rows.account(), measured.rows.account()]
        for number, (channel, metrics) in enumerate(told):
            post = measured.live(channels[channel], f"urn:{number}")
            snapshot(
                measured,
                post,
                Metrics(
                    START + H,
                    {m: v for m, v in metrics.items() if isinstance(v, int)},
                    {m: v for m, v in metrics.items() if isinstance(v, Missing)},
                ),
            )
        summed = rolled(measured, START, START + D)
        database.close()
    for groups in (summed.by_phase, summed.by_channel, summed.by_persona, summed.by_angle):
        _assert_sum(tuple(groups.values()), summed.total)
    _assert_sum(tuple(post.totals for post in summed.posts), summed.total)
    clicks = [m.get(Metric.CLICKS) for _, m in told]
    expected = sum(number for number in clicks if isinstance(number, int))
    known = any(isinstance(number, int) for number in clicks)
    assert summed.total.total(Metric.CLICKS) == (expected if known else None)


def _assert_sum(groups: Sequence[GroupTotals], total: GroupTotals) -> None:
    assert sum(group.posts for group in groups) == total.posts
    for metric, tally in total.metrics.items():
        parts = [group.metrics[metric] for group in groups if metric in group.metrics]
        assert sum(part.total for part in parts) == tally.total
        assert sum(part.known for part in parts) == tally.known
