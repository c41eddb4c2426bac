"""What stands on an account is told apart: ours, ours twice, not ours, and ours that is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from tests.publishing.fakes import FakeAdapter
from tests.reviewing.desk import PLATFORMS, Desk, refused

from campaignbot.domain.accounts import AccountState
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.platforms.errors import AuthError, PlatformError, PlatformUnavailable
from campaignbot.platforms.protocol import ExternalPost
from campaignbot.platforms.registry import load_platform
from campaignbot.reviewing.live_posts import Reach
from campaignbot.reviewing.recent import Recent, RecentPosts
from campaignbot.storage import accounts, statistics
from campaignbot.storage.database import Database

_H = timedelta(hours=1)
_MONTH = timedelta(days=30)
_PLATFORMS = PLATFORMS | {"x": load_platform("x")}


@dataclass
class Silent(FakeAdapter):
    """Tells half of its list, then nothing."""

    error: Exception | None = None

    def recent_posts(self, since):  # type: ignore[no-untyped-def]
        yield from self.listed
        if self.error is not None:
            raise self.error


class Window:
    """Looks at the account of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.renewed = desk, 0
        self.account = desk.rows.account()

    def live(self, external_id: str | None = "77", text: str | None = None) -> Publication:
        approved = self.desk.rows.approved(account=self.account, text=text)
        return self.desk.publish(approved, external_id)

    def show(self, *posts: ExternalPost) -> None:
        self.desk.adapter.listed = posts

    def post(self, text: str, external_id: str = "1", age: timedelta = _H) -> ExternalPost:
        return ExternalPost(external_id, None, self.desk.clock.now() - age, text)

    def of(self, live: Publication, external_id: str | None = None) -> ExternalPost:
        shown = PLATFORMS["linkedin"].compose(live.content)
        return self.post(shown, external_id or live.external_id or "?")

    def look(self) -> Recent:
        desk = self.desk
        with desk.database.read() as tx:
            account = accounts.account_by_id(tx, self.account.id)
        reach = Reach(
            desk.clock,
            _PLATFORMS,
            lambda _account: desk.adapter,
            lambda _account, _since: self._renew(),
        )
        return RecentPosts(desk.database, reach)(account, desk.clock.now() - _MONTH)

    def _renew(self) -> bool:
        self.renewed += 1
        return self.renewed == 1


@pytest.fixture
def window(sqlite_database: Database, clock: SimulatedClock) -> Window:
    return Window(Desk(sqlite_database, clock))


def test_ours_are_known_by_id_though_their_text_was_changed_there(window: Window) -> None:
    live = window.live()
    window.show(window.post("Iemand schreef hier iets anders.", "77"), window.post("Fijn weekend."))
    ours, other = window.look().posts
    assert (ours.ours and ours.ours.id, other.ours) == (live.id, None)


def test_ours_are_known_by_what_they_say_where_the_platform_has_another_id(window: Window) -> None:
    live = window.live()
    window.show(window.of(live, "urn:li:ugcPost:9"))
    (found,) = window.look().posts
    assert found.ours is not None and found.ours.id == live.id


def test_newest_come_first_and_those_without_a_time_last(window: Window) -> None:
    undated = ExternalPost("3", None, None, "Ooit.")
    window.show(undated, window.post("Oud.", "1", 9 * _H), window.post("Nieuw.", "2"))
    assert [one.post.text for one in window.look().posts] == ["Nieuw.", "Oud.", "Ooit."]


def test_a_post_that_stands_there_twice_is_told(window: Window) -> None:
    live = window.live()
    window.show(window.of(live), window.of(live, "78"))
    assert window.look().doubled == (live.reference,)


def test_ours_that_the_platform_does_not_show_is_told_once_it_had_time_to(window: Window) -> None:
    live = window.live()
    assert window.look().absent == (), "it may not show up in its list yet"
    window.desk.clock.advance(timedelta(seconds=PLATFORMS["linkedin"].settling_s + 1))
    assert [p.id for p in window.look().absent] == [live.id]
    window.show(window.of(live))
    assert window.look().absent == ()


def test_what_cannot_be_listed_is_not_missed(window: Window) -> None:
    desk = window.desk
    parent = window.live()
    window.live(None)
    gone = window.live("80")
    desk.take_down(gone, desk.editor, "fout")
    desk.publish(desk.approve(desk.comment(parent)), "78")
    window.show(window.of(parent))
    desk.clock.advance(_H)
    assert window.look().absent == ()


def test_one_that_was_taken_down_and_still_stands_is_told_with_its_state(window: Window) -> None:
    desk = window.desk
    live = window.live()
    desk.take_down(live, desk.editor, "fout")
    window.show(window.of(live))
    (found,) = window.look().posts
    assert found.ours is not None and found.ours.state is State.REMOVED


def test_of_two_that_read_alike_the_one_that_went_out_is_named(window: Window) -> None:
    desk = window.desk
    first = desk.rows.approved(account=window.account, text="Kom kijken.")
    cancelled = desk.rows.move(first, Event.CANCEL)
    live = window.live(text="Kom kijken.")
    assert cancelled.content == live.content
    window.show(window.of(live, "another"))
    (found,) = window.look().posts
    assert found.ours is not None and found.ours.id == live.id


def test_looking_is_charged_where_the_platform_asks_for_it(window: Window) -> None:
    window.account = account = window.desk.rows.account("x")
    window.show(window.post("Een.", "1"), window.post("Twee.", "2"))
    price = _PLATFORMS["x"].read_price
    assert price is not None
    assert window.look().cost == price * 2
    now = window.desk.clock.now()
    with window.desk.database.read() as tx:
        spent = statistics.spent(tx, account.id, price.currency, now - _H, now + _H)
    assert spent.estimated == price * 2
    window.show()
    assert window.look().cost is None


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (AuthError("token revoked"), "recent.no_access"),
        (PlatformUnavailable("503"), "recent.unavailable"),
        (RuntimeError("token=abc"), "recent.refused"),
    ],
)
def test_half_a_list_is_none(window: Window, error: Exception, key: str) -> None:
    window.renewed = 1
    window.desk.adapter = Silent(listed=(window.post("Een."),), error=error)
    assert refused(window.look) == key


def test_an_access_that_can_be_renewed_is_asked_again(window: Window) -> None:
    window.desk.adapter = Silent(error=AuthError("expired"))
    assert refused(window.look) == "recent.no_access"
    assert window.renewed == 1


def test_a_paused_account_is_not_read(window: Window) -> None:
    desk = window.desk
    with desk.database.write() as tx:
        accounts.set_account_state(
            tx, window.account.id, AccountState.PAUSED, now=desk.clock.now(), actor="Mira"
        )
    window.desk.adapter = Silent(error=PlatformError("was asked"))
    assert refused(window.look) == "recent.paused"
