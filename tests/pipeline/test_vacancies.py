"""A vacancy is read again: its id stays, and no post goes out with a fact that has changed."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from tests.pipeline.desk import Desk

from campaignbot.domain.accounts import HoldScope
from campaignbot.domain.content import text_key
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.storage import accounts, campaigns, publications

CLOSES, LATER, EARLIER = "2026-12-20T23:59", "2026-12-23T23:59", "2026-11-20T23:59"
REFERENCE = "WTR-2026-088"


def stored_ids(desk: Desk) -> set[object]:
    with desk.application.database.read() as tx:
        vacancy = campaigns.vacancy_by_reference(tx, REFERENCE)
        assert vacancy is not None
        linked = {
            v.id for c in campaigns.list_campaigns(tx) for v in campaigns.vacancies_of(tx, c.id)
        }
    return {vacancy.id, *linked, *(p.post.vacancy_id for p in desk.posts())}


def test_a_vacancy_that_was_imported_can_be_planned(empty_desk: Desk) -> None:
    empty_desk.read_again()
    made = empty_desk.plan()
    assert made.publications and len(stored_ids(empty_desk)) == 1


def test_a_fresh_plan_uses_the_facts_as_they_are(desk: Desk) -> None:
    fact_codes = {c for p in desk.posts() for c in desk.codes(p) if c.startswith("fact.")}
    assert fact_codes == set()


def test_posts_in_review_that_use_a_changed_fact_cannot_be_approved(desk: Desk) -> None:
    desk.rewrite(CLOSES, LATER)
    change = desk.read_again()
    stale = desk.posts("last_day")
    assert {p.id for p in change.touched} == {p.id for p in stale} and change.live == ()
    for publication in stale:
        assert any(c.startswith("fact.changed.vacancy.last_day.") for c in desk.codes(publication))
    with pytest.raises(UserError):
        desk.approve(stale[0])
    fresh = next(p for p in desk.posts() if "vacancy.last_day" not in p.post.facts)
    assert desk.approve(fresh).state is State.APPROVED


def test_a_waiver_ends_when_the_fact_changes_once_more(desk: Desk) -> None:
    desk.rewrite(CLOSES, LATER)
    desk.read_again()
    post = desk.posts("last_day")[0]
    reasons = dict.fromkeys(desk.codes(post), "nagekeken")
    person = desk.application.actor()
    approved = desk.application.reviews.approve(post, person, reasons)
    assert desk.codes(approved) == set()
    desk.rewrite(LATER, "2026-12-22T23:59")
    desk.read_again()
    assert desk.state(approved) is State.IN_REVIEW and desk.codes(approved)


def test_a_post_that_was_approved_before_is_stopped_at_publishing_too(desk: Desk) -> None:
    """Whatever way the fact got changed, the last look before sending sees it."""
    approved = desk.approve(desk.posts("last_day")[0])
    desk.rewrite(CLOSES, LATER)
    app = desk.application
    with app.database.write() as tx:
        vacancy = campaigns.vacancy_by_reference(tx, REFERENCE)
        assert vacancy is not None and vacancy.last_day is not None
        moved = type(vacancy)(**{f: getattr(vacancy, f) for f in vacancy.__slots__} | {
            "last_day": vacancy.last_day + timedelta(days=3)
        })  # fmt: skip
        campaigns.save_vacancy(tx, moved, now=desk.clock.now())
        account = accounts.account_by_id(tx, approved.account_id)
    assert [f.code.rsplit(".", 1)[0] for f in app.checks.blocking(approved, account)] == [
        "fact.changed.vacancy.last_day"
    ]


def test_reading_the_same_again_changes_nothing(desk: Desk) -> None:
    change = desk.read_again()
    assert (change.changed, change.touched, change.live) == (frozenset(), (), ())


def test_a_fact_that_is_what_it_was_again_touches_nothing(desk: Desk) -> None:
    desk.rewrite(CLOSES, LATER)
    desk.read_again()
    desk.rewrite(LATER, CLOSES)
    assert desk.read_again().touched == ()
    assert not any(c.startswith("fact.") for p in desk.posts() for c in desk.codes(p))


def test_a_dry_run_tells_and_leaves_all_as_it_is(desk: Desk) -> None:
    approved = desk.approve(desk.posts("last_day")[0])
    desk.rewrite(CLOSES, LATER)
    told = desk.read_again(dry_run=True)
    assert approved.id in {p.id for p in told.touched}
    assert desk.state(approved) is State.APPROVED
    assert told == desk.read_again(dry_run=True)


def test_voiding_and_storing_stand_or_fall_together(desk: Desk) -> None:
    """When one of the posts cannot be voided, the new facts are not stored either."""
    approved = desk.approve(desk.posts("last_day")[0])
    desk.rewrite(CLOSES, LATER)
    with sqlite3.connect(desk.application.workdir / "data" / "campaignbot.db") as other:
        other.execute(
            "CREATE TRIGGER stop BEFORE UPDATE ON publication "
            "BEGIN SELECT RAISE(ABORT, 'the disk fails'); END"
        )
    with pytest.raises(Exception, match="the disk fails"):
        desk.read_again()
    other.execute("DROP TRIGGER stop")
    other.close()
    assert approved.id in {p.id for p in desk.read_again().touched}
    assert desk.state(approved) is State.IN_REVIEW


def published(desk: Desk, publication: Publication) -> Publication:
    now = desk.clock.now()
    with desk.application.database.write() as tx:
        for event in (Event.CLAIM, Event.PUBLISH):
            publication = publications.move(
                tx, publication, event, now=now, actor="test",
                published_at_utc=now, permalink="https://example.com/1",
            )  # fmt: skip
    return publication


def test_a_closed_vacancy_holds_its_posts_and_lets_employer_posts_go_on(desk: Desk) -> None:
    live = published(desk, desk.approve(desk.posts("last_day")[0]))
    desk.rewrite(CLOSES, EARLIER)
    change = desk.read_again()
    assert change.closed and [p.id for p in change.live] == [live.id]
    with desk.application.database.read() as tx:
        (hold,) = accounts.active_holds(tx, desk.clock.now())
    assert (hold.scope, hold.scope_id) == (HoldScope.CLOSED_VACANCY, live.post.vacancy_id)
    about = [p for p in desk.posts() if p.post.needs_open_vacancy and p.id != live.id]
    others = [p for p in desk.posts() if not p.post.needs_open_vacancy]
    assert about and others
    assert all("fact.vacancy_closed" in desk.codes(p) for p in about)
    assert not any("fact.vacancy_closed" in desk.codes(p) for p in others)
    assert all(p.post.angle in {"closed_thanks", "keep_in_touch"} for p in others
               if p.planned.local.date().isoformat() > "2026-12-20")  # fmt: skip


def test_a_vacancy_that_opens_again_lets_its_posts_go_on(desk: Desk) -> None:
    desk.rewrite(CLOSES, EARLIER)
    desk.read_again()
    assert not desk.read_again().closed, "it is closed already"
    desk.rewrite(EARLIER, CLOSES)
    assert desk.read_again().opened
    with desk.application.database.read() as tx:
        assert accounts.active_holds(tx, desk.clock.now()) == ()


def test_a_vacancy_that_closed_before_anybody_planned_it_is_refused(empty_desk: Desk) -> None:
    empty_desk.rewrite(CLOSES, EARLIER)
    with pytest.raises(UserError) as caught:
        empty_desk.read_again()
    assert caught.value.problems[0].what.key == "brief.closing_past"
    with empty_desk.application.database.read() as tx:
        assert campaigns.vacancy_by_reference(tx, REFERENCE) is None


def test_a_second_campaign_on_the_same_vacancy_tells_it_in_other_words(desk: Desk) -> None:
    before = {(p.account_id, text_key(p.content.text)) for p in desk.posts()}
    made = desk.plan("tweede")
    assert len(made.publications) > 10 and len(stored_ids(desk)) == 1
    assert before.isdisjoint((p.account_id, text_key(p.content.text)) for p in made.publications)


def test_planning_from_a_changed_page_voids_what_an_earlier_campaign_says(desk: Desk) -> None:
    approved = desk.approve(desk.posts("last_day")[0])
    desk.rewrite(CLOSES, LATER)
    (change,) = desk.plan("tweede").changes
    assert change.changed == {"last_day"} and approved.id in {p.id for p in change.touched}
    assert desk.state(approved) is State.IN_REVIEW
