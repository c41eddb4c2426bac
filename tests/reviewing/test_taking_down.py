"""A live post is taken off its platform, or nothing changes and a person reads why."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.publishing.fakes import FakeAdapter
from tests.reviewing.desk import Desk, refused

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import Event, State
from campaignbot.i18n import Translator
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    PermissionMissing,
    PlatformUnavailable,
    RateLimitReached,
)
from campaignbot.storage.database import Database


@dataclass
class Stubborn(FakeAdapter):
    """Removes nothing, or nothing but some posts."""

    error: Exception | None = None
    only: str | None = None

    def delete(self, external_id: str) -> None:
        if self.error is not None and self.only in {None, external_id}:
            raise self.error
        super().delete(external_id)


@pytest.fixture
def desk(sqlite_database: Database, clock: SimulatedClock) -> Desk:
    return Desk(sqlite_database, clock)


def test_a_post_is_taken_down_with_who_and_why(desk: Desk) -> None:
    live = desk.live()
    done = desk.take_down(live, desk.editor, " Er staat een fout salaris in. ")
    assert desk.adapter.deleted == ["77"]
    after = desk.stored(live)
    assert after.state is State.REMOVED and [p.id for p in done.removed] == [live.id]
    assert after.permalink == live.permalink, "what stood where is still known"
    assert after.reason is not None
    told = Translator("nl").text(after.reason)
    assert desk.editor.name in told and "fout salaris" in told
    line = desk.history(live)[-1]
    assert (line.action, line.actor) == ("remove", desk.editor.name)
    assert line.after["why"] == "Er staat een fout salaris in."


def test_taking_down_twice_is_harmless(desk: Desk) -> None:
    live = desk.live()
    removed = desk.take_down(live, desk.editor, "fout").publication
    again = desk.take_down(removed, desk.editor, "fout")
    assert again.removed == () and desk.adapter.deleted == ["77"]
    assert [e.action for e in desk.history(live)].count("remove") == 1


def test_a_crash_before_it_was_noted_is_mended_by_doing_it_again(desk: Desk) -> None:
    live = desk.live()
    desk.adapter.delete("77")
    assert desk.take_down(live, desk.editor, "fout").publication.state is State.REMOVED


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_needed(desk: Desk, reason: str) -> None:
    live = desk.live()
    assert refused(lambda: desk.take_down(live, desk.editor, reason)) == "review.no_reason"
    assert desk.adapter.deleted == []


def test_a_reader_takes_nothing_down(desk: Desk) -> None:
    live = desk.live()
    assert refused(lambda: desk.take_down(live, desk.reader, "fout")) == "policy.role_of_nobody"
    assert refused(lambda: desk.take_down.preview(live, desk.reader)) == "policy.role_of_nobody"
    assert desk.adapter.deleted == []


@pytest.mark.parametrize(
    ("error", "key", "remedy"),
    [
        (AuthError("token revoked"), "take_down.no_access", "account connect"),
        (PermissionMissing("scope"), "take_down.no_access", "account connect"),
        (PlatformUnavailable("503"), "take_down.unavailable", "nog eens"),
        (RateLimitReached("slow down"), "take_down.unavailable", "nog eens"),
        (ContentRefused("not yours"), "take_down.refused", "Verwijder het zelf"),
        (RuntimeError("geheim-token"), "take_down.refused", "Verwijder het zelf"),
    ],
)
def test_when_the_platform_fails_nothing_changes_and_it_is_said(
    desk: Desk, error: Exception, key: str, remedy: str
) -> None:
    live = desk.live()
    below = desk.comment(live)
    desk.adapter = Stubborn(error=error)
    with pytest.raises(UserError) as caught:
        desk.take_down(live, desk.editor, "fout")
    (problem,) = caught.value.problems
    assert problem.what.key == key
    assert problem.remedy is not None and remedy in Translator("nl").text(problem.remedy)
    assert "geheim" not in Translator("nl").text(problem.what)
    assert desk.stored(live) == live and desk.stored(below) == below


def test_what_was_still_to_follow_is_cancelled(desk: Desk) -> None:
    live = desk.live()
    waiting, approved = desk.comment(live, "Een."), desk.approve(desk.comment(live, "Twee."))
    done = desk.take_down(live, desk.editor, "fout")
    assert {p.id for p in done.cancelled} == {waiting.id, approved.id}
    assert {desk.stored(p).state for p in (waiting, approved)} == {State.CANCELLED}


def test_what_was_published_below_it_goes_as_well(desk: Desk) -> None:
    live = desk.live()
    below = desk.publish(desk.approve(desk.comment(live)), "78")
    done = desk.take_down(live, desk.editor, "fout")
    assert desk.adapter.deleted == ["77", "78"]
    assert desk.stored(below).state is State.REMOVED and done.left == ()


def test_a_comment_that_stays_behind_is_told_and_tried_again(desk: Desk) -> None:
    live = desk.live()
    below = desk.publish(desk.approve(desk.comment(live)), "78")
    desk.adapter = Stubborn(error=PlatformUnavailable("503"), only="78")
    done = desk.take_down(live, desk.editor, "fout")
    assert [p.id for p in done.left] == [below.id]
    assert desk.stored(live).state is State.REMOVED
    desk.adapter = FakeAdapter()
    again = desk.take_down(done.publication, desk.editor, "fout")
    assert [p.id for p in again.removed] == [below.id] and again.left == ()


@pytest.mark.parametrize(("platform", "external_id"), [("manual", None), ("linkedin", None)])
def test_what_a_person_placed_is_removed_by_a_person(
    desk: Desk, platform: str, external_id: str | None
) -> None:
    live = desk.live(platform, external_id)
    done = desk.take_down(live, desk.editor, "fout")
    assert desk.adapter.deleted == [] and [p.id for p in done.by_hand] == [live.id]
    after = desk.stored(live)
    assert after.state is State.REMOVED and after.reason is not None
    assert live.permalink is not None and live.permalink in Translator("nl").text(after.reason)


@pytest.mark.parametrize(
    ("state", "key"),
    [
        (State.APPROVED, "take_down.not_live"),
        (State.HANDED_OVER, "take_down.not_live"),
        (State.UNCERTAIN, "take_down.uncertain"),
    ],
)
def test_only_what_is_live_is_taken_down(desk: Desk, state: State, key: str) -> None:
    other = desk.rows.publication(state=state)
    assert refused(lambda: desk.take_down(other, desk.editor, "fout")) == key


def test_a_preview_changes_nothing(desk: Desk) -> None:
    live = desk.live()
    below = desk.comment(live)
    told = desk.take_down.preview(live, desk.editor)
    assert ([p.id for p in told.removed], [p.id for p in told.cancelled]) == ([live.id], [below.id])
    assert desk.stored(live) == live and desk.adapter.deleted == []


def test_its_words_are_free_again_for_a_better_post(desk: Desk) -> None:
    live = desk.live()
    desk.take_down(live, desk.editor, "fout")
    again = desk.rows.publication(
        state=State.IN_REVIEW,
        account=next(iter([desk.reviews.item(live.id).account])),
        text=live.content.text,
    )
    assert again.content.text == live.content.text


class TestSettling:
    """Only a person knows what became of an uncertain post."""

    def test_it_is_there(self, desk: Desk) -> None:
        lost = desk.rows.publication(state=State.UNCERTAIN)
        found = desk.placing.mark_placed(lost, desk.editor, "https://a.example/9")
        assert found.state is State.PUBLISHED and found.uncertain_since_utc is None

    def test_it_is_not_there_and_can_be_sent_again(self, desk: Desk) -> None:
        lost = desk.rows.publication(state=State.UNCERTAIN)
        assert refused(lambda: desk.placing.settle_absent(lost, desk.editor, " ")) == (
            "review.no_reason"
        )
        failed = desk.placing.settle_absent(lost, desk.editor, "Nergens te zien.")
        assert failed.state is State.FAILED
        assert desk.history(lost)[-1].after["why"] == "Nergens te zien."
        at = lost.planned.plus(lost.window_end_utc - lost.due_at_utc)
        again = desk.reviews.send_again(
            failed, desk.approver, at, lost.window_end_utc - lost.due_at_utc
        )
        assert again.state is State.APPROVED

    def test_a_reader_settles_nothing(self, desk: Desk) -> None:
        lost = desk.rows.publication(state=State.UNCERTAIN)
        act = lambda: desk.placing.settle_absent(lost, desk.reader, "weg")  # noqa: E731
        assert refused(act) == "policy.role_of_nobody"

    def test_a_moment_that_is_over_is_no_moment_to_send_it_again(self, desk: Desk) -> None:
        missed = desk.rows.publication(state=State.MISSED)
        window = missed.window_end_utc - missed.due_at_utc
        desk.clock.advance(window)
        act = lambda: desk.reviews.send_again(missed, desk.approver, missed.planned, window)  # noqa: E731
        assert refused(act) == "review.window_over"

    def test_noting_the_same_address_twice_changes_nothing(self, desk: Desk) -> None:
        handed = desk.rows.publication(state=State.HANDED_OVER)
        placed = desk.placing.mark_placed(handed, desk.editor, "https://a.example/1")
        assert desk.placing.mark_placed(placed, desk.editor, "https://a.example/1") == placed
        assert Event.PUBLISH in [e.action for e in desk.history(handed)]
