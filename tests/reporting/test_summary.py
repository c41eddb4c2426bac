"""The weekly summary: honest in both forms, and the same facts in both."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from campaignbot.domain.brief import Brief, BriefKind, Goal, GoalKind, MeasuredBy
from campaignbot.domain.campaigns import BriefVersion, Campaign
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.errors import UserError
from campaignbot.domain.metrics import Metric
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import Placement, Post, Publication, State
from campaignbot.domain.rollups import GroupTotals, PostTotals, Rollup, Tally
from campaignbot.domain.walltime import WallTime
from campaignbot.i18n import Translator
from campaignbot.reporting.data import as_data
from campaignbot.reporting.render import as_html, as_text
from campaignbot.reporting.summary import WeekSummary, _watch, build_summary
from campaignbot.reporting.weeks import Week

ZONE = "Europe/Amsterdam"
WEEK = Week.parse("2026-W48", ZONE)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def totals(clicks: int | None, posts: int = 1, applications: int = 0) -> GroupTotals:
    told = {Metric.IMPRESSIONS: Tally(1200 * posts, posts, posts)}
    if clicks is not None:
        told[Metric.CLICKS] = Tally(clicks, posts, posts)
    return GroupTotals(posts, told, applications)


def published(text: str = "Een bericht <b>met haken</b> & meer.") -> PostTotals:
    due = datetime(2026, 11, 25, 9, tzinfo=UTC)
    publication = Publication(
        id=UUID(int=1),
        reference="WTR-0001",
        post=Post(UUID(int=2), UUID(int=3), None, Phase.AWARENESS, "p", "a", "nl"),
        account_id=UUID(int=4),
        content=Content(text, None, (MediaItem("0" * 64, "image/jpeg", 10, 10, "Een “molen”."),)),
        tracking_code="code",
        planned=WallTime.at(due, ZONE),
        due_at_utc=due,
        window_end_utc=due + timedelta(hours=6),
        state=State.PUBLISHED,
        published_at_utc=due,
        permalink="https://www.linkedin.com/feed/update/urn:li:share:1/",
    )
    return PostTotals(publication, "linkedin", totals(40))


def summary(
    *posts: PostTotals,
    clicks: int | None = 40,
    applications: int = 4,
    measured_by: MeasuredBy = MeasuredBy.ATS,
) -> WeekSummary:
    group = totals(clicks, max(1, len(posts)), applications)
    rolled = Rollup(group, {"awareness": group}, {"linkedin": group}, {}, {}, posts)
    goal = Goal(
        GoalKind.MORE_APPLICATIONS, Decimal(12), date(2026, 12, 20), measured_by, Decimal(3)
    )
    brief = Brief("Adviseur", BriefKind.VACANCY, "waterrijk", date(2026, 11, 23), goals=(goal,))
    campaign = Campaign(UUID(int=3), "adviseur", "Adviseur", 1, NOW)
    return build_summary(
        organisation="Gemeente Voorbeeld",
        campaign=campaign,
        brief=BriefVersion(campaign.id, 1, brief, (), (), NOW),
        week=WEEK,
        simulated=True,
        this_week=rolled,
        since_start=rolled,
        applications=applications,
        waiting=(),
        trouble=(),
        coming=(),
        closing_day=None,
    )


def test_html_escapes_what_posts_say_and_holds_its_pictures() -> None:
    page = as_html(summary(published()), Translator("nl"), lambda _item, _width: b"jpeg")
    assert "&lt;b&gt;met haken&lt;/b&gt;" in page
    assert "data:image/jpeg;base64,anBlZw==" in page
    assert 'alt="Een “molen”."' in page


def test_a_poster_is_shown_where_it_hangs() -> None:
    photo = MediaItem("1" * 64, "image/png", 800, 600, "")
    post = published()
    hung = replace(
        post.publication, permalink=None, placement=Placement("Prikbord <hal> & markt", photo)
    )
    told = summary(replace(post, publication=hung))
    page = as_html(told, Translator("nl"), lambda item, _width: item.sha256.encode())
    assert "Prikbord &lt;hal&gt; &amp; markt" in page
    assert base64.b64encode(photo.sha256.encode()).decode() in page
    assert "Prikbord <hal> & markt" in as_text(told, Translator("nl"))
    (row,) = as_data(told, Translator("nl"))["posts"]
    assert row["placement"]["note"] == "Prikbord <hal> & markt"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_both_forms_tell_the_same_numbers(language: str) -> None:
    told = summary(published())
    t = Translator(language)
    page, text = as_html(told, t, lambda _i, _w: b""), as_text(told, t)
    for fact in (t.number(1200), "40", "12", "Gemeente Voorbeeld"):
        assert fact in page and fact in text
    assert not any("report." in form for form in (page, text)), "a sentence without words"


def test_simulated_numbers_are_called_so_and_real_ones_are_not() -> None:
    t = Translator("nl")
    assert "Oefencijfers" in as_text(summary(published()), t)
    assert "Oefencijfers" not in as_text(replace(summary(published()), simulated=False), t)


def test_what_is_not_known_is_never_shown_as_zero() -> None:
    text = as_text(summary(published(), clicks=None), Translator("nl"))
    assert "Bezoeken: niet bekend deze week" in text
    assert "bezoeken 0" not in text and "Bezoeken: 0" not in text


def test_numbers_that_may_not_be_read_are_said_to_be_so() -> None:
    told = summary(published())
    assert not told.watch
    group = GroupTotals(2, {Metric.CLICKS: Tally(0, 0, 2, 2)})
    rolled = replace(told.since_start, by_channel={"linkedin": group})
    (line,) = _watch((), (), rolled)
    shown = as_text(replace(told, watch=(line,)), Translator("nl"))
    assert "linkedin: van 2 berichten zijn cijfers onbekend" in shown


@pytest.mark.parametrize(
    ("language", "since"), [("nl", "sinds de start"), ("en", "since the start")]
)
def test_sums_per_group_say_since_when_they_count(language: str, since: str) -> None:
    t = Translator(language)
    told = summary(published())
    for form in (as_html(told, t, lambda _i, _w: b""), as_text(told, t)):
        assert f"{t('report.by_phase')}" in form and since in t("report.by_phase")
        assert f"{t('report.by_channel')}" in form and since in t("report.by_channel")


def test_a_week_without_numbers_prints_no_bare_headings() -> None:
    t, nothing = Translator("nl"), Rollup(GroupTotals(0, {}), {}, {}, {}, {}, ())
    empty = replace(summary(), this_week=nothing, since_start=nothing)
    for form in (as_html(empty, t, lambda _i, _w: b""), as_text(empty, t)):
        assert t("report.by_phase") not in form and t("report.by_channel") not in form
        assert t("report.nothing_out") in form


def test_too_little_data_draws_no_conclusion() -> None:
    keys = {m.key for m in summary(published(), clicks=12).changes}
    assert "report.change.too_little" in keys
    assert "report.change.best_channel" in {m.key for m in summary(published()).changes}


def test_the_goal_says_what_is_needed_each_week() -> None:
    text = as_text(summary(published(), applications=4), Translator("nl"))
    assert "4 van 12 (begonnen bij 3)" in text
    assert "nodig: 3 per week" in text
    assert "gehaald" in as_text(summary(published(), applications=12), Translator("nl"))


def test_a_goal_that_people_measure_takes_no_number_from_anywhere_else() -> None:
    measured = summary(published(), applications=4, measured_by=MeasuredBy.HAND)
    assert [goal.now for goal in measured.goals] == [None]
    assert "nog niet gemeten; dat doen mensen van 12" in as_text(measured, Translator("nl"))


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2026-W48", date(2026, 11, 23)),
        ("2026W48", date(2026, 11, 23)),
        ("2026-11-29", date(2026, 11, 23)),
        ("2027-01-01", date(2026, 12, 28)),
    ],
)
def test_a_week_is_read_from_its_number_or_a_day(text: str, monday: date) -> None:
    assert Week.parse(text, ZONE).monday == monday


@pytest.mark.parametrize("text", ["2026-W60", "week 48", "", "2026-13-01"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        Week.parse(text, ZONE)


def test_a_week_is_of_the_zone_also_when_the_clocks_change() -> None:
    week = Week.parse("2026-10-25", ZONE)
    assert (week.end - week.start) == timedelta(hours=7 * 24 + 1)
