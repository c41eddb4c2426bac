"""A person decides: approval is bound to exactly what they saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.reviewing.desk import acting
from tests.storage.rows import Rows

from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.errors import UserError
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.messages import Message
from campaignbot.domain.people import Role, Verdict
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import (
    Event,
    IllegalTransition,
    Placement,
    Post,
    Publication,
    State,
)
from campaignbot.domain.spending import month_of
from campaignbot.domain.vacancy import Vacancy, fact_hash
from campaignbot.platforms.registry import load_platform
from campaignbot.reviewing.placing import Placing, address_or_note
from campaignbot.reviewing.reviews import Reviews
from campaignbot.reviewing.vacancies import VacancyChange, take_over
from campaignbot.storage import audit, integrity, publications, statistics
from campaignbot.storage.database import Database


@dataclass
class Checks:
    """Says of every publication what a test wants it to say."""

    findings: tuple[Finding, ...] = ()
    asked: list[Publication] = field(default_factory=list)

    def __call__(self, publication: Publication, _account: Account) -> tuple[Finding, ...]:
        self.asked.append(publication)
        return self.findings


def error(code: str, *, waivable: bool = True) -> Finding:
    return Finding(code, Severity.ERROR, Message(f"check.{code}"), waivable=waivable)


class Desk:
    """A reviewer's desk: reviews, people and rows over one database."""

    def __init__(self, database: Database, clock: SimulatedClock) -> None:
        self.database, self.clock = database, clock
        self.rows, self.checks = Rows(database, clock), Checks()
        platforms = {name: load_platform(name) for name in ("linkedin", "x")}
        self.reviews = Reviews(database, clock, platforms, self.checks, uuid4)
        self.placing = Placing(database, clock, platforms)
        with database.write() as tx:
            self.approver, self.editor, self.reader = (
                acting(tx, f"Proef {role}", role)
                for role in (Role.APPROVER, Role.EDITOR, Role.READER)
            )

    def in_review(self, window: timedelta = timedelta(hours=6)) -> Publication:
        return self.rows.publication(state=State.IN_REVIEW, window=window)

    def stored(self, publication: Publication) -> Publication:
        with self.database.read() as tx:
            return publications.publication_by_id(tx, publication.id)

    def read_again(self, vacancy: Vacancy, **changed: Any) -> VacancyChange:
        """Take over another reading of a vacancy, under a new id as every reading has."""
        read = replace(vacancy, id=uuid4(), **changed)
        with self.database.write() as tx:
            return take_over(tx, read, now=self.clock.now(), new_id=uuid4)


@pytest.fixture
def desk(sqlite_database: Database, clock: SimulatedClock) -> Desk:
    return Desk(sqlite_database, clock)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(UserError) as caught:
        act()
    return caught.value.problems[0].what.key


def test_approval_binds_the_hash_of_content_and_account(desk: Desk) -> None:
    waiting = desk.in_review()
    approved = desk.reviews.approve(waiting, desk.approver)
    digest = waiting.content_hash
    assert approved.state is State.APPROVED and approved.approved_hash == digest
    ((decision, name),) = desk.reviews.item(waiting.id).decisions
    assert (decision.verdict, decision.content_hash) == (Verdict.APPROVED, digest)
    assert name == desk.approver.name


def test_the_checks_run_again_when_somebody_approves(desk: Desk) -> None:
    waiting = desk.in_review()
    desk.reviews.approve(waiting, desk.approver)
    assert [p.id for p in desk.checks.asked] == [waiting.id]


def test_an_edit_voids_the_approval_and_it_waits_again(desk: Desk) -> None:
    approved = desk.reviews.approve(desk.in_review(), desk.approver)
    edited = desk.reviews.edit(approved, desk.editor, content=Content("Andere woorden"))
    assert edited.state is State.IN_REVIEW and edited.approved_hash is None
    assert desk.stored(edited).content.text == "Andere woorden"
    assert [p.id for p in desk.reviews.queue()] == [edited.id]


def test_another_time_voids_the_approval_and_keeps_the_length_of_the_window(desk: Desk) -> None:
    approved = desk.reviews.approve(desk.in_review(), desk.approver)
    later = approved.planned.plus(timedelta(days=1))
    edited = desk.reviews.edit(approved, desk.editor, planned=later)
    assert edited.approved_hash is None and edited.due_at_utc == later.instant
    assert edited.window_end_utc - edited.due_at_utc == timedelta(hours=6)


def test_what_somebody_else_changed_meanwhile_is_not_approved(desk: Desk) -> None:
    seen = desk.in_review()
    desk.reviews.edit(seen, desk.editor, content=Content("Intussen veranderd"))
    with pytest.raises(publications.StaleVersion):
        desk.reviews.approve(seen, desk.approver)
    assert desk.stored(seen).state is State.IN_REVIEW
    assert desk.reviews.item(seen.id).decisions == ()


def test_an_error_keeps_it_from_being_approved(desk: Desk) -> None:
    desk.checks.findings = (error("photo.no_consent"),)
    waiting = desk.in_review()
    key = refused(lambda: desk.reviews.approve(waiting, desk.approver))
    assert key == "check.photo.no_consent"
    assert desk.stored(waiting).state is State.IN_REVIEW


def test_a_warning_does_not_keep_it_from_being_approved(desk: Desk) -> None:
    desk.checks.findings = (Finding("words.claim", Severity.WARNING, Message("m")),)
    assert desk.reviews.approve(desk.in_review(), desk.approver).state is State.APPROVED


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_waiver_needs_a_reason(desk: Desk, reason: str) -> None:
    desk.checks.findings = (error("photo.no_consent"),)
    waiting = desk.in_review()
    waivers = {"photo.no_consent": reason}
    refused(lambda: desk.reviews.approve(waiting, desk.approver, waivers))
    assert desk.reviews.item(waiting.id).waived == frozenset()


def test_a_waiver_with_a_reason_counts_for_this_content_only(desk: Desk) -> None:
    desk.checks.findings = (error("photo.no_consent"),)
    waivers = {"photo.no_consent": "Zij staat er met haar rug naartoe."}
    approved = desk.reviews.approve(desk.in_review(), desk.approver, waivers)
    assert desk.reviews.item(approved.id).blocking == ()
    edited = desk.reviews.edit(approved, desk.editor, content=Content("Andere woorden"))
    assert desk.reviews.item(edited.id).waived == frozenset()
    assert len(desk.reviews.item(edited.id).blocking) == 1


def test_no_reason_helps_against_a_platforms_limit(desk: Desk) -> None:
    desk.checks.findings = (error("limit.text_too_long", waivable=False),)
    waivers = {"limit.text_too_long": "Het moet echt."}
    waiting = desk.in_review()
    key = refused(lambda: desk.reviews.approve(waiting, desk.approver, waivers))
    assert key == "check.limit.text_too_long"


@pytest.mark.parametrize("role", ["editor", "reader"])
def test_only_an_approver_decides(desk: Desk, role: str) -> None:
    person, waiting = getattr(desk, role), desk.in_review()
    acts: tuple[Callable[[], object], ...] = (
        lambda: desk.reviews.approve(waiting, person),
        lambda: desk.reviews.reject(waiting, person, "nee"),
        lambda: desk.reviews.request_changes(waiting, person, "anders"),
        lambda: desk.reviews.send_again(waiting, person, waiting.planned, timedelta(hours=1)),
    )
    assert {refused(act) for act in acts} == {"policy.role_of_nobody"}
    assert desk.stored(waiting) == waiting


def test_a_reader_changes_nothing(desk: Desk) -> None:
    waiting = desk.in_review()
    acts: tuple[Callable[[], object], ...] = (
        lambda: desk.reviews.edit(waiting, desk.reader, content=Content("x")),
        lambda: desk.reviews.cancel(waiting, desk.reader),
        lambda: desk.placing.skip(waiting, desk.reader, "x"),
        lambda: desk.placing.mark_placed(waiting, desk.reader, "https://a.example/"),
    )
    assert {refused(act) for act in acts} == {"policy.role_of_nobody"}
    assert desk.stored(waiting) == waiting


def test_a_window_that_is_over_is_not_approved(desk: Desk) -> None:
    waiting = desk.in_review(window=timedelta(hours=6))
    desk.clock.advance(timedelta(hours=6))
    key = refused(lambda: desk.reviews.approve(waiting, desk.approver))
    assert key == "review.window_over"


@pytest.mark.parametrize(
    ("verdict", "state"),
    [("reject", State.REJECTED), ("request_changes", State.CHANGES_REQUESTED)],
)
def test_turning_down_needs_a_reason_and_keeps_it(desk: Desk, verdict: str, state: State) -> None:
    waiting, decide = desk.in_review(), getattr(desk.reviews, verdict)
    assert refused(lambda: decide(waiting, desk.approver, " ")) == "review.no_reason"
    down = decide(waiting, desk.approver, " Te lang. ")
    assert down.state is state
    assert desk.stored(down).reason == Message("review.said", {"why": "Te lang."})


def test_a_missed_post_goes_out_again_only_by_an_approver_and_checked(desk: Desk) -> None:
    missed = desk.rows.publication(state=State.MISSED)
    planned = missed.planned.plus(timedelta(days=2))
    desk.checks.findings = (error("time.any"),)
    refused(lambda: desk.reviews.send_again(missed, desk.approver, planned, timedelta(hours=2)))
    desk.checks.findings = ()
    again = desk.reviews.send_again(missed, desk.approver, planned, timedelta(hours=2))
    assert again.state is State.APPROVED
    assert again.approved_hash == missed.content_hash
    assert again.window_end_utc == planned.instant + timedelta(hours=2)


def test_what_is_being_published_cannot_be_cancelled(desk: Desk) -> None:
    sending = desk.rows.publication(state=State.PUBLISHING)
    with pytest.raises(IllegalTransition):
        desk.reviews.cancel(sending, desk.editor)


def test_what_was_handed_over_is_noted_with_its_address(desk: Desk) -> None:
    handed = desk.rows.publication(state=State.HANDED_OVER)
    key = refused(lambda: desk.placing.mark_placed(handed, desk.editor, "bij de buren"))
    assert key == "review.no_address"
    placed = desk.placing.mark_placed(handed, desk.editor, "https://a.example/1")
    assert placed.state is State.PUBLISHED and placed.permalink == "https://a.example/1"


PHOTO = MediaItem("a" * 64, "image/jpeg", 800, 600, "")


@pytest.mark.parametrize(
    ("note", "photo"), [("Prikbord gemeentehuis", None), ("", PHOTO), ("Op de markt", PHOTO)]
)
def test_what_stands_where_no_address_leads_is_noted_with_a_remark_or_a_photo(
    desk: Desk, note: str, photo: MediaItem | None
) -> None:
    handed = desk.rows.publication(state=State.HANDED_OVER)

    def place(publication: Publication) -> Publication:
        return desk.placing.mark_placed(publication, desk.editor, note=f" {note} ", photo=photo)

    placed = place(handed)
    assert placed.state is State.PUBLISHED and placed.permalink is None
    kept = desk.stored(handed)
    assert kept.placement == Placement(note, photo) and kept.whereabouts == (note or "-")
    assert place(kept) == kept
    with desk.database.read() as tx:
        assert [used.item for used in integrity.pictures_used(tx)] == ([photo] if photo else [])
        line = audit.history(tx, handed.id)[-1]
    assert (
        line.actor == desk.editor.name
        and line.after["placement"] == Placement(note, photo).to_json()
    )


def test_an_uncertain_post_is_settled_by_its_address_alone(desk: Desk) -> None:
    lost = desk.rows.publication(state=State.UNCERTAIN)
    key = refused(lambda: desk.placing.mark_placed(lost, desk.editor, note="ik zag het staan"))
    assert key == "review.no_address"


@pytest.mark.parametrize(
    ("told", "address", "note"),
    [
        (" https://a.example/1 ", "https://a.example/1", ""),
        ("www.a.example/1", "www.a.example/1", ""),
        ("htps://a.example", "htps://a.example", ""),
        ("Prikbord", None, "Prikbord"),
        ("Prikbord in de hal, 1e verdieping.", None, "Prikbord in de hal, 1e verdieping."),
        ("", None, ""),
    ],
)
def test_a_remark_is_told_from_an_address_that_is_mistyped(
    told: str, address: str | None, note: str
) -> None:
    assert address_or_note(told) == (address, note)


def test_a_person_settles_what_is_uncertain(desk: Desk) -> None:
    lost = desk.rows.publication(state=State.UNCERTAIN)
    assert desk.placing.mark_placed(lost, desk.editor, "https://a.example/1").state is (
        State.PUBLISHED
    )


@pytest.mark.parametrize(("state", "costs"), [(State.UNCERTAIN, 1), (State.HANDED_OVER, 0)])
def test_what_a_person_found_is_charged_for_like_what_was_read_back(
    desk: Desk, state: State, costs: int
) -> None:
    account = desk.rows.account("x")
    price = load_platform("x").cost(Content("Lees meer op werkenbijwaterrijk.nl"))
    assert price is not None
    lost = desk.rows.publication(
        account=account, state=state, text="Lees meer op werkenbijwaterrijk.nl"
    )
    placed = desk.placing.mark_placed(lost, desk.editor, "https://a.example/1")
    desk.placing.mark_placed(placed, desk.editor, "https://a.example/1")
    month = month_of(desk.clock.now(), account.zone)
    with desk.database.read() as tx:
        spent = statistics.spent(
            tx, account.id, price.currency, month.begins_at_utc, month.ends_at_utc
        )
    assert spent.estimated == price * costs


def test_what_was_handed_over_can_be_skipped(desk: Desk) -> None:
    handed = desk.rows.publication(state=State.HANDED_OVER)
    assert desk.placing.skip(handed, desk.editor, "Geen plek meer").state is State.SKIPPED


class TestChangedVacancy:
    """A vacancy is read again and says something else than before."""

    @pytest.fixture
    def vacancy(self, desk: Desk) -> Vacancy:
        # Before the vacancy, whose row is written in a transaction of its own.
        desk.rows.campaign()
        return desk.rows.vacancy()

    def post(self, desk: Desk, vacancy: Vacancy, state: State, *facts: str) -> Publication:
        account = desk.rows.account()
        plain = desk.rows.publication(state=State.REJECTED, account=account)
        post = Post(
            uuid4(), plain.post.campaign_id, vacancy.id, Phase.ACTION, "p", "angle", "nl",
            {f"vacancy.{f}": fact_hash(getattr(vacancy, f)) for f in facts},
        )  # fmt: skip
        new = replace(
            plain,
            id=uuid4(),
            reference=f"{plain.reference}-{state}",
            post=post,
            content=Content(f"{plain.content.text}, {state}"),
            tracking_code=uuid4().hex[:8],
            state=state,
        )
        with desk.database.write() as tx:
            publications.add_post(tx, post)
            publications.add_publication(tx, new, now=desk.clock.now(), actor="test")
        return new

    def test_approvals_that_used_a_changed_fact_are_void(
        self, desk: Desk, vacancy: Vacancy
    ) -> None:
        waiting = self.post(desk, vacancy, State.IN_REVIEW, "last_day")
        approved = desk.reviews.approve(waiting, desk.approver)
        desk.read_again(vacancy, last_day=date(2026, 12, 27))
        voided = desk.stored(approved)
        assert voided.state is State.IN_REVIEW and voided.approved_hash is None
        assert voided.reason == Message("review.fact_changed", {"facts": "last_day"})

    def test_approvals_that_did_not_use_it_stay(self, desk: Desk, vacancy: Vacancy) -> None:
        waiting = self.post(desk, vacancy, State.IN_REVIEW, "title")
        approved = desk.reviews.approve(waiting, desk.approver)
        desk.read_again(vacancy, last_day=date(2026, 12, 27))
        assert desk.stored(approved).state is State.APPROVED

    def test_another_vacancys_posts_stay(self, desk: Desk, vacancy: Vacancy) -> None:
        waiting = self.post(desk, vacancy, State.IN_REVIEW, "last_day")
        approved = desk.reviews.approve(waiting, desk.approver)
        desk.read_again(vacancy, reference="VB-2", last_day=date(2026, 12, 20))
        desk.read_again(vacancy, reference="VB-2", last_day=date(2026, 12, 27))
        assert desk.stored(approved).state is State.APPROVED

    def test_live_posts_are_told_and_left_to_a_person(self, desk: Desk, vacancy: Vacancy) -> None:
        live = self.post(desk, vacancy, State.PUBLISHED, "last_day")
        change = desk.read_again(vacancy, last_day=date(2026, 12, 27))
        assert [p.id for p in change.live] == [live.id] and change.touched == ()
        assert desk.stored(live).state is State.PUBLISHED

    def test_a_voided_post_is_not_claimed(self, desk: Desk, vacancy: Vacancy) -> None:
        waiting = self.post(desk, vacancy, State.IN_REVIEW, "last_day")
        approved = desk.reviews.approve(waiting, desk.approver)
        desk.read_again(vacancy, last_day=date(2026, 12, 27))
        with pytest.raises(IllegalTransition), desk.database.write() as tx:
            publications.move(
                tx, desk.stored(approved), Event.CLAIM, now=desk.clock.now(), actor="test"
            )


def test_what_a_person_types_is_stored_without_what_a_terminal_obeys(desk: Desk) -> None:
    waiting = desk.rows.publication(state=State.IN_REVIEW)
    typed = replace(waiting.content, text="\x1b[31mKom\x1b[0m erbij\u202e.")
    edited = desk.reviews.edit(waiting, desk.approver, content=typed)
    assert edited.content.text == "Kom erbij."
    refused = desk.reviews.request_changes(edited, desk.approver, "\x1b[2Jte kort")
    assert refused.reason is not None and refused.reason.params["why"] == "te kort"
