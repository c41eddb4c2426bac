"""One approver or several: when a post is approved, and what voids an approval before that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.reviewing.desk import PLATFORMS, Desk, acting, refused

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.people import Role
from campaignbot.domain.phases import Phase
from campaignbot.domain.policy import Policy, ReviewRule
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.reviewing.reviews import Reviews
from campaignbot.storage import reviews
from campaignbot.storage.database import Database
from campaignbot.storage.publications import StaleVersion

TWO = ReviewRule(2)
ANOTHER = ReviewRule(not_the_last_editor=True)


class Office(Desk):
    """A desk with two approvers, Anna and Bram."""

    def __init__(self, database: Database, clock: SimulatedClock) -> None:
        super().__init__(database, clock)
        with database.write() as tx:
            self.anna = acting(tx, "Anna", Role.APPROVER)
            self.bram = acting(tx, "Bram", Role.APPROVER)
        self.decide_by(TWO)

    def decide_by(self, *rules: ReviewRule) -> None:
        people = {"Anna": Role.APPROVER, "Bram": Role.APPROVER}
        policy = Policy(rules, people)
        self.reviews = Reviews(
            self.database, self.clock, PLATFORMS, lambda _p, _a: (), uuid4, policy=policy
        )

    def in_review(self) -> Publication:
        account = self.rows.account("linkedin")
        return self.rows.publication(state=State.IN_REVIEW, account=account)

    def other_words(self, publication: Publication, text: str) -> Publication:
        content = replace(publication.content, text=text)
        return self.reviews.edit(publication, self.editor, content=content)


@pytest.fixture
def office(database: Database, clock: SimulatedClock) -> Office:
    return Office(database, clock)


def test_the_first_of_two_approvals_is_kept_and_moves_nothing(office: Office) -> None:
    waiting = office.reviews.approve(office.in_review(), office.anna)
    assert waiting.state is State.IN_REVIEW and waiting.approved_hash is None
    item = office.reviews.item(waiting.id)
    assert (item.approved_by, item.approvals_needed) == (("Anna",), 1)
    assert not office.claimable(waiting)
    with office.database.read() as tx:
        ((decision, name),) = reviews.decisions_about(tx, waiting.id)
    assert (name, decision.content_hash) == ("Anna", waiting.content_hash)


def test_the_second_by_somebody_else_approves_it(office: Office) -> None:
    waiting = office.reviews.approve(office.in_review(), office.anna)
    approved = office.reviews.approve(waiting, office.bram)
    assert approved.state is State.APPROVED and office.claimable(approved)
    told = [(event.action, event.actor) for event in office.history(approved)[-2:]]
    assert told == [(Event.ENDORSE, "Anna"), (Event.APPROVE, "Bram")]


def test_nobody_counts_twice(office: Office) -> None:
    waiting = office.reviews.approve(office.in_review(), office.anna)
    assert refused(lambda: office.reviews.approve(waiting, office.anna)) == (
        "policy.approved_already"
    )
    assert office.stored(waiting) == waiting


def test_other_words_void_the_first_approval_also_when_they_are_taken_back(office: Office) -> None:
    waiting = office.reviews.approve(office.in_review(), office.anna)
    words = waiting.content.text
    changed = office.other_words(waiting, "Andere woorden.")
    assert office.reviews.item(changed.id).approved_by == ()
    back = office.other_words(changed, words)
    assert office.reviews.item(back.id).approved_by == ()
    assert office.reviews.approve(back, office.bram).state is State.IN_REVIEW


def test_another_time_voids_the_first_approval(office: Office) -> None:
    waiting = office.reviews.approve(office.in_review(), office.anna)
    later = replace(waiting.planned, local=waiting.planned.local.replace(hour=17))
    moved = office.reviews.edit(waiting, office.editor, planned=later)
    assert office.reviews.approve(moved, office.bram).state is State.IN_REVIEW


def test_asking_for_changes_voids_the_first_approval(office: Office) -> None:
    waiting = office.reviews.approve(office.in_review(), office.anna)
    back = office.reviews.request_changes(waiting, office.bram, "Te lang.")
    again = office.other_words(back, "Korter.")
    assert office.reviews.approve(again, office.bram).state is State.IN_REVIEW


def test_to_take_one_approval_back_takes_both(office: Office) -> None:
    waiting = office.reviews.approve(office.in_review(), office.anna)
    approved = office.reviews.approve(waiting, office.bram)
    office.clock.advance(timedelta(minutes=1))
    opened = office.reviews.take_back(approved, office.bram)
    assert office.reviews.item(opened.id).approved_by == ()
    office.clock.advance(timedelta(minutes=1))
    assert office.reviews.approve(opened, office.bram).state is State.IN_REVIEW


def test_what_was_taken_back_does_not_count_for_sending_again(office: Office) -> None:
    office.decide_by(ReviewRule())
    approved = office.reviews.approve(office.in_review(), office.anna)
    office.clock.advance(timedelta(minutes=1))
    opened = office.reviews.take_back(approved, office.anna)
    office.clock.advance(timedelta(minutes=1))
    missed = office.rows.move(office.reviews.approve(opened, office.bram), Event.MISS)
    office.decide_by(TWO)
    window = missed.window_end_utc - missed.due_at_utc
    act = lambda: office.reviews.send_again(missed, office.bram, missed.planned, window)  # noqa: E731
    assert refused(act) == "policy.alone.send_again"


def test_two_who_press_at_the_same_time_lose_no_approval(office: Office) -> None:
    seen = office.in_review()
    office.reviews.approve(seen, office.anna)
    with pytest.raises(StaleVersion):
        office.reviews.approve(seen, office.bram)
    assert office.reviews.approve(office.stored(seen), office.bram).state is State.APPROVED


def test_a_comment_keeps_its_first_approval_when_its_post_moves(office: Office) -> None:
    post = office.in_review()
    comment = office.reviews.approve(office.comment(post), office.anna)
    later = replace(post.planned, local=post.planned.local.replace(hour=17))
    office.reviews.edit(post, office.editor, planned=later)
    moved = office.stored(comment)
    assert moved.due_at_utc != comment.due_at_utc
    assert office.reviews.approve(moved, office.bram).state is State.APPROVED


def test_whoever_changed_it_last_does_not_approve_it(office: Office) -> None:
    office.decide_by(ANOTHER)
    content = office.in_review()
    mine = office.reviews.edit(
        content, office.anna, content=replace(content.content, text="Mijn woorden.")
    )
    assert refused(lambda: office.reviews.approve(mine, office.anna)) == "policy.last_editor"
    # To move it is not to write it.
    later = replace(mine.planned, local=mine.planned.local.replace(hour=17))
    moved = office.reviews.edit(mine, office.bram, planned=later)
    assert office.reviews.approve(moved, office.bram).state is State.APPROVED


def test_whoever_wrote_a_comment_does_not_approve_it(office: Office) -> None:
    office.decide_by(ANOTHER)
    comment = office.comment(office.in_review())
    assert office.reviews.approve(comment, office.anna).state is State.APPROVED
    written = [event.actor for event in office.history(comment)]
    assert written[0] == office.editor.name


def test_a_rule_of_one_phase_leaves_the_others_alone(office: Office) -> None:
    of_action = ReviewRule(2, phase=Phase.ACTION)
    office.decide_by(ReviewRule(), of_action)
    waiting = office.in_review()
    assert waiting.post.phase is not Phase.ACTION
    assert office.reviews.approve(waiting, office.anna).state is State.APPROVED


def test_fewer_approvers_later_let_the_first_one_finish_it(office: Office) -> None:
    waiting = office.reviews.approve(office.in_review(), office.anna)
    office.decide_by(ReviewRule())
    assert office.reviews.item(waiting.id).approvals_needed == 0
    assert office.reviews.approve(waiting, office.anna).state is State.APPROVED


def test_one_may_send_again_what_two_approved(office: Office) -> None:
    approved = office.reviews.approve(
        office.reviews.approve(office.in_review(), office.anna), office.bram
    )
    missed = office.rows.move(approved, Event.MISS)
    window = missed.window_end_utc - missed.due_at_utc
    again = office.reviews.send_again(missed, office.anna, missed.planned, window)
    assert again.state is State.APPROVED


def test_one_may_not_send_again_what_one_approved_before_the_rule(office: Office) -> None:
    office.decide_by(ReviewRule())
    approved = office.reviews.approve(office.in_review(), office.anna)
    office.decide_by(TWO)
    missed = office.rows.move(approved, Event.MISS)
    window = missed.window_end_utc - missed.due_at_utc
    for dry_run in (True, False):
        assert "policy.alone.send_again" == refused(
            lambda dry_run=dry_run: office.reviews.send_again(  # type: ignore[misc]
                missed, office.anna, missed.planned, window, dry_run=dry_run
            )
        )
    assert office.reviews.send_again(missed, office.bram, missed.planned, window)
