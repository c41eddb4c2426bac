"""A live post gets other words, by one decision, or nothing changes and a person reads why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from tests.publishing.fakes import FakeAdapter
from tests.reviewing.desk import PLATFORMS, Desk, refused

from campaignbot.checking.findings import error, hint
from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content, content_hash
from campaignbot.domain.errors import UserError
from campaignbot.domain.findings import Finding
from campaignbot.domain.people import Verdict
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.i18n import Translator
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    PermissionMissing,
    PlatformUnavailable,
    RateLimitReached,
)
from campaignbot.reviewing.correcting import Correct
from campaignbot.reviewing.live_posts import Reach
from campaignbot.storage import publications, reviews
from campaignbot.storage.database import Database
from campaignbot.storage.tables import publication as table

EDITABLE = {
    name: replace(platform, can_edit=name == "linkedin") for name, platform in PLATFORMS.items()
}
NAMES = {"Provincie Voorbeeld": "urn:li:organization:1"}


@dataclass
class Stubborn(FakeAdapter):
    """Changes nothing."""

    error: Exception | None = None

    def edit(self, external_id: str, content: Content) -> None:
        if self.error is not None:
            raise self.error
        super().edit(external_id, content)


class Counter(Desk):
    """A desk at which live posts are corrected; `found` is what the checks find in a text."""

    def __init__(self, database: Database, clock: SimulatedClock) -> None:
        super().__init__(database, clock)
        self.found: Mapping[str, Finding] = {}
        reach = Reach(clock, EDITABLE, lambda _account: self.adapter)
        self.correct = Correct(database, reach, self._check, uuid4, lambda _account: NAMES)

    def _check(self, publication: Publication, _account: Account) -> tuple[Finding, ...]:
        finding = self.found.get(publication.content.text)
        return (finding,) if finding else ()


@pytest.fixture
def desk(database: Database, clock: SimulatedClock) -> Counter:
    return Counter(database, clock)


def test_new_words_are_on_the_platform_and_decided_on(desk: Counter) -> None:
    live = desk.live()
    done = desk.correct(live, desk.approver, " Reageer t/m 12 december. ", " Verkeerde dag. ")
    ((external_id, content),) = desk.adapter.edited
    assert (external_id, content.text) == ("77", "Reageer t/m 12 december.")
    after = desk.stored(live)
    assert after == done.publication and after.content == content
    assert (after.state, after.permalink, after.external_id) == (
        State.PUBLISHED, live.permalink, "77",
    )  # fmt: skip
    assert (after.published_at_utc, after.content.link) == (
        live.published_at_utc,
        live.content.link,
    )
    digest = after.content_hash
    assert after.approved_hash == digest
    with desk.database.read() as tx:
        decision, name = reviews.decisions_about(tx, live.id)[-1]
    assert (decision.verdict, decision.content_hash) == (Verdict.APPROVED, digest)
    assert (name, decision.reason) == (desk.approver.name, "Verkeerde dag.")
    line = desk.history(live)[-1]
    assert (line.action, line.actor, line.after["why"]) == (
        "correct", desk.approver.name, "Verkeerde dag.",
    )  # fmt: skip
    assert line.after["content_hash"] == digest


def test_names_in_the_new_words_get_their_ids(desk: Counter) -> None:
    live = desk.live()
    desk.correct(live, desk.approver, "Samen met @Provincie Voorbeeld.", "naam")
    assert desk.stored(live).content.mentions == NAMES


def test_a_crash_before_it_was_noted_is_mended_by_doing_it_again(desk: Counter) -> None:
    live = desk.live()
    desk.adapter.edit("77", replace(live.content, text="Beter."))
    done = desk.correct(live, desk.approver, "Beter.", "fout")
    assert done.changed and desk.stored(live).content.text == "Beter."


def test_who_comes_second_changes_nothing_on_the_platform(desk: Counter) -> None:
    live = desk.live()
    first = desk.correct(live, desk.approver, "Beter.", "fout").publication
    with pytest.raises(publications.StaleVersion):
        desk.correct(live, desk.approver, "Nog beter.", "fout")
    assert [content.text for _, content in desk.adapter.edited] == ["Beter."]
    assert desk.stored(live) == first


def test_words_that_stand_there_already_change_nothing(desk: Counter) -> None:
    live = desk.live()
    corrected = desk.correct(live, desk.approver, "Beter.", "fout").publication
    again = desk.correct(corrected, desk.approver, "Beter.", "fout")
    assert not again.changed and len(desk.adapter.edited) == 1
    assert [e.action for e in desk.history(live)].count("correct") == 1


def test_what_follows_a_post_keeps_its_time(desk: Counter) -> None:
    live = desk.live()
    below = desk.approve(desk.comment(live))
    later = below.due_at_utc + timedelta(hours=1)
    with desk.database.write() as tx:
        publications.postpone(tx, below.id, later)
    desk.correct(live, desk.approver, "Beter.", "fout")
    assert desk.stored(below) == below and desk.claimable(below)
    with desk.database.read() as tx:
        next_at = select(table.c.next_at_utc).where(table.c.id == below.id)
        assert tx.execute(next_at).scalar() == later


def test_only_who_may_approve_corrects(desk: Counter) -> None:
    live = desk.live()
    for person in (desk.editor, desk.reader):
        act = lambda person=person: desk.correct(live, person, "Beter.", "fout")  # noqa: E731
        assert refused(act) == "policy.role_of_nobody"
    assert refused(lambda: desk.correct(live, desk.approver, "Beter.", " ")) == "review.no_reason"
    assert desk.adapter.edited == [] and desk.stored(live) == live


def test_a_platform_that_cannot_do_it_names_the_other_way(desk: Counter) -> None:
    live = desk.live("instagram")
    with pytest.raises(UserError) as caught:
        desk.correct.preview(live, desk.approver, live.content.text)
    (problem,) = caught.value.problems
    assert problem.what.key == "correct.cannot" and problem.remedy is not None
    assert f"take-down {live.reference}" in Translator("nl").text(problem.remedy)


def test_an_error_in_the_new_words_blocks_unless_a_person_answers_for_it(desk: Counter) -> None:
    live = desk.live()
    desk.found = {
        "Fout.": error("words.age_direct", quote="jong"),
        "Te lang.": error("limit.text_too_long", waivable=False),
    }
    assert refused(lambda: desk.correct(live, desk.approver, "Fout.", "r")) == (
        "check.words.age_direct"
    )
    act = lambda: desk.correct(  # noqa: E731
        live, desk.approver, "Te lang.", "r", {"limit.text_too_long": "mag"}
    )
    assert refused(act) == "check.limit.text_too_long"
    assert desk.adapter.edited == [] and desk.stored(live) == live
    done = desk.correct(live, desk.approver, "Fout.", "r", {"words.age_direct": "een citaat"})
    digest = content_hash(done.publication.content, live.account_id)
    with desk.database.read() as tx:
        assert reviews.waived_codes(tx, live.id, digest) == {"words.age_direct"}


@pytest.mark.parametrize("code", ["fact.changed.pay.12345678", "fact.vacancy_closed"])
def test_a_vacancy_that_changed_is_no_reason_to_leave_a_live_post_wrong(
    desk: Counter, code: str
) -> None:
    live = desk.live()
    desk.found = {"De vacature is gesloten.": error(code, waivable=False)}
    done = desk.correct(live, desk.approver, "De vacature is gesloten.", "gesloten")
    assert done.findings == () and desk.stored(live).content.text == "De vacature is gesloten."


def test_a_preview_tells_what_the_checks_find_and_changes_nothing(desk: Counter) -> None:
    live = desk.live()
    remark = hint("hashtags.many", n=6)
    desk.found = {"Beter.": remark}
    told = desk.correct.preview(live, desk.approver, "Beter.")
    assert told.findings == (remark,) and told.publication.content.text == "Beter."
    assert desk.adapter.edited == [] and desk.stored(live) == live


def test_words_of_another_post_on_the_account_are_refused_before_the_platform_is_asked(
    desk: Counter,
) -> None:
    live = desk.live()
    account = desk.reviews.item(live.id).account
    other = desk.rows.approved(account=account, text="Al gezegd.")
    act = lambda: desk.correct(live, desk.approver, "al  gezegd.", "fout")  # noqa: E731
    assert refused(act) == "publication.same_text" and desk.adapter.edited == []
    desk.reviews.cancel(other, desk.editor)
    assert desk.correct(live, desk.approver, "Al gezegd.", "fout").changed


@pytest.mark.parametrize(
    ("error", "key", "remedy"),
    [
        (AuthError("token revoked"), "correct.no_access", "account connect"),
        (PermissionMissing("scope"), "correct.no_access", "account connect"),
        (PlatformUnavailable("503"), "correct.unavailable", "nog eens"),
        (RateLimitReached("slow down"), "correct.unavailable", "nog eens"),
        (ContentRefused("too long"), "correct.refused", "Schrijf het anders"),
        (RuntimeError("geheim-token"), "correct.refused", "Schrijf het anders"),
    ],
)
def test_when_the_platform_fails_nothing_changes_and_it_is_said(
    desk: Counter, error: Exception, key: str, remedy: str
) -> None:
    live = desk.live()
    desk.adapter = Stubborn(error=error)
    with pytest.raises(UserError) as caught:
        desk.correct(live, desk.approver, "Beter.", "fout")
    (problem,) = caught.value.problems
    assert problem.what.key == key and problem.remedy is not None
    assert remedy in Translator("nl").text(problem.remedy)
    assert "geheim" not in Translator("nl").text(problem.what)
    assert desk.stored(live) == live
    with desk.database.read() as tx:
        assert reviews.decisions_about(tx, live.id) == ()


@pytest.mark.parametrize(("platform", "external_id"), [("manual", None), ("instagram", None)])
def test_what_a_person_placed_is_changed_by_a_person(
    desk: Counter, platform: str, external_id: str | None
) -> None:
    live = desk.live(platform, external_id)
    done = desk.correct(live, desk.approver, "Beter.", "fout")
    assert done.by_hand and desk.adapter.edited == []
    after = desk.stored(live)
    assert after.content.text == "Beter." and after.reason is not None
    assert live.permalink is not None and live.permalink in Translator("nl").text(after.reason)


@pytest.mark.parametrize(
    ("state", "key"),
    [
        (State.APPROVED, "correct.not_live"),
        (State.REMOVED, "correct.not_live"),
        (State.UNCERTAIN, "correct.uncertain"),
    ],
)
def test_only_what_is_live_is_corrected(desk: Counter, state: State, key: str) -> None:
    other = desk.rows.publication(state=state)
    assert refused(lambda: desk.correct(other, desk.approver, "Beter.", "fout")) == key


def test_a_comment_is_not_corrected(desk: Counter) -> None:
    below = desk.publish(desk.approve(desk.comment(desk.live())), "78")
    assert refused(lambda: desk.correct(below, desk.approver, "Beter.", "x")) == "correct.comment"


def test_a_correction_leads_nowhere_but_to_live() -> None:
    from campaignbot.domain.publication import TRANSITIONS

    assert [k for k in TRANSITIONS if k[1] is Event.CORRECT] == [(State.PUBLISHED, Event.CORRECT)]
    assert TRANSITIONS[State.PUBLISHED, Event.CORRECT] is State.PUBLISHED
