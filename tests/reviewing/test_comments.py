"""A comment below a post: made, moved along with it, never without it."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reviewing.desk import Desk, refused

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content
from campaignbot.domain.publication import Event, State
from campaignbot.domain.walltime import WallTime
from campaignbot.reviewing.comments import CommentDraft
from campaignbot.storage.database import Database

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(sqlite_database: Database, clock: SimulatedClock) -> Desk:
    return Desk(sqlite_database, clock)


def test_a_comment_waits_for_review_and_goes_minutes_after_its_post(desk: Desk) -> None:
    parent = desk.approved()
    made = desk.stored(desk.comment(parent))
    assert (made.state, made.follows_id) == (State.IN_REVIEW, parent.id)
    assert made.account_id == parent.account_id and made.post == parent.post
    assert made.due_at_utc == parent.due_at_utc + timedelta(minutes=2)
    assert made.window_end_utc == parent.window_end_utc + timedelta(minutes=2) + HOUR
    assert made.tracking_code != parent.tracking_code
    assert made.reference != parent.reference and made.content.link is None
    assert [p.id for p in desk.reviews.queue()] == [made.id]


def test_a_reviewer_reads_the_limit_of_a_comment(desk: Desk) -> None:
    parent = desk.approved()
    most = desk.reviews.item(desk.comment(parent).id).most
    assert most is not None and most < (desk.reviews.item(parent.id).most or 0)


def test_its_link_is_tracked_by_a_code_of_its_own(desk: Desk) -> None:
    draft = CommentDraft("Lees het hier.", "https://a.example/werk?utm_source=elders&x=1", 10)
    made = desk.comments.add(desk.approved(), desk.editor, draft)
    assert made.content.link is not None
    query = parse_qs(urlsplit(made.content.link).query)
    assert query["utm_id"] == [made.tracking_code] and query["x"] == ["1"]
    assert query["utm_source"] == ["linkedin"] and query["utm_campaign"] == ["voorbeeld"]


def test_below_a_post_that_is_out_it_counts_from_now(desk: Desk) -> None:
    live = desk.live()
    desk.clock.advance(timedelta(days=3))
    made = desk.comment(live)
    assert made.due_at_utc == desk.clock.now() + timedelta(minutes=2)
    assert desk.approve(made).state is State.APPROVED


@pytest.mark.parametrize(
    ("draft", "key"),
    [
        (CommentDraft("  "), "comment.no_text"),
        (CommentDraft("Kom.", after_min=0), "comment.bad_after"),
        (CommentDraft("Kom.", after_min=1441), "comment.bad_after"),
        (CommentDraft("Kom.", "bij de balie"), "comment.bad_link"),
    ],
)
def test_what_cannot_be_a_comment_is_refused(desk: Desk, draft: CommentDraft, key: str) -> None:
    parent = desk.approved()
    assert refused(lambda: desk.comments.add(parent, desk.editor, draft)) == key
    assert desk.reviews.queue() == ()


def test_a_link_that_the_platform_does_not_show_is_refused(desk: Desk) -> None:
    draft = CommentDraft("Kom.", "https://a.example/")
    parent = desk.approved("instagram")
    assert refused(lambda: desk.comments.add(parent, desk.editor, draft)) == "comment.no_link"


def test_no_comment_where_the_program_cannot_place_one(desk: Desk) -> None:
    parent = desk.approved("manual")
    assert refused(lambda: desk.comment(parent)) == "comment.not_here"


def test_no_comment_below_a_comment_or_below_what_is_over(desk: Desk) -> None:
    parent = desk.approved()
    below = desk.comment(parent)
    assert refused(lambda: desk.comment(below, "Nog een.")) == "comment.below_comment"
    ended = desk.reviews.cancel(parent, desk.editor)
    assert refused(lambda: desk.comment(ended, "Nog een.")) == "comment.over"


def test_a_reader_writes_no_comment(desk: Desk) -> None:
    parent = desk.approved()
    act = lambda: desk.comments.add(parent, desk.reader, CommentDraft("Kom."))  # noqa: E731
    assert refused(act) == "policy.role_of_nobody"


def test_a_preview_stores_nothing(desk: Desk) -> None:
    desk.comments.preview(desk.approved(), desk.editor, CommentDraft("Kom."))
    assert desk.reviews.queue() == ()


def test_a_comment_moves_along_with_its_post_and_stays_approved(desk: Desk) -> None:
    parent = desk.approved()
    below = desk.approve(desk.comment(parent))
    later = parent.planned.plus(timedelta(days=1, hours=3))
    moved = desk.reviews.edit(parent, desk.editor, planned=later)
    after = desk.stored(below)
    assert after.due_at_utc - moved.due_at_utc == timedelta(minutes=2)
    assert after.window_end_utc - after.due_at_utc == below.window_end_utc - below.due_at_utc
    assert desk.claimable(below) and not desk.claimable(parent)
    assert after.planned.instant == after.due_at_utc
    line = desk.history(below)[-1]
    assert (line.action, line.actor) == ("reschedule", desk.editor.name)
    assert line.after["due_at"] == after.due_at_utc.isoformat()


def test_other_words_for_the_post_leave_its_comment_where_it_is(desk: Desk) -> None:
    parent = desk.approved()
    below = desk.approve(desk.comment(parent))
    desk.reviews.edit(parent, desk.editor, content=Content("Andere woorden"))
    assert desk.stored(below) == below


def test_what_a_reviewer_asked_for_stays_said_when_a_comment_moves_along(desk: Desk) -> None:
    parent = desk.approved()
    below = desk.reviews.request_changes(desk.comment(parent), desk.approver, "Korter.")
    desk.reviews.edit(parent, desk.editor, planned=parent.planned.plus(HOUR))
    assert desk.stored(below).reason == below.reason


def test_a_comment_that_was_missed_with_its_post_is_reviewed_again(desk: Desk) -> None:
    parent = desk.approved()
    below = desk.approve(desk.comment(parent))
    missed = desk.state(parent, Event.MISS)
    desk.state(below, Event.MISS)
    desk.reviews.edit(missed, desk.editor, planned=parent.planned.plus(timedelta(days=2)))
    after = desk.stored(below)
    assert (after.state, after.approved_hash) == (State.IN_REVIEW, None)


def test_sending_a_missed_post_again_sends_its_comment_again(desk: Desk) -> None:
    parent = desk.approved()
    below = desk.approve(desk.comment(parent))
    missed = desk.state(parent, Event.MISS)
    desk.state(below, Event.MISS)
    at = parent.planned.plus(timedelta(days=3))
    again = desk.reviews.send_again(missed, desk.approver, at, 6 * HOUR)
    after = desk.stored(below)
    assert desk.claimable(below)
    assert after.due_at_utc - again.due_at_utc == timedelta(minutes=2)
    assert len(desk.reviews.item(below.id).decisions) == 2


def test_what_follows_a_cancelled_or_rejected_post_is_cancelled(desk: Desk) -> None:
    cancelled, rejected = desk.approved(), desk.rows.publication(state=State.IN_REVIEW)
    below = [desk.comment(cancelled), desk.comment(rejected, "En dit?")]
    desk.reviews.cancel(cancelled, desk.editor)
    desk.reviews.reject(rejected, desk.approver, "dubbel")
    for comment in below:
        after = desk.stored(comment)
        assert after.state is State.CANCELLED
        assert after.reason is not None and after.reason.key == "follow_up.without"


# The database lives through all examples; each makes a post of its own.
@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.integers(0, 6 * 60), st.integers(1, 180), st.sampled_from([(2027, 3, 28), (2027, 10, 31)])
)
def test_a_comment_never_overtakes_its_post_in_the_night_that_the_clocks_are_set(
    desk: Desk, minute: int, after: int, day: tuple[int, int, int]
) -> None:
    parent = desk.approved()
    draft = CommentDraft(f"Reactie {parent.reference}", after_min=after)
    below = desk.comments.add(parent, desk.editor, draft)
    night = WallTime(datetime(*day) + timedelta(minutes=minute), "Europe/Amsterdam")
    moved = desk.reviews.edit(parent, desk.editor, planned=night)
    behind = desk.stored(below).due_at_utc - moved.due_at_utc
    assert timedelta(minutes=after) <= behind <= timedelta(minutes=after + 60)
