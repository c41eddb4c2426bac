"""What is particular to LinkedIn: URNs, reading back, duplicates, corrections, numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from tests.adapters.linkedin_page import LINK, TOKEN, URN, Page
from tests.adapters.stand import NOW, SandboxStand

from campaignbot.domain.content import Content
from campaignbot.domain.metrics import Metric, Missing
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import ContentRefused, VersionRetired
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.registry import load_platform
from campaignbot.sandbox import Sandbox, SandboxPost
from campaignbot_linkedin.version import sunset

SINCE = NOW - timedelta(hours=1)
TEXT = "Kom werken aan de dijk (32 uur) bij @Waterschap. #Omgevingsrecht"
MENTIONS = {"Waterschap": "urn:li:organization:7"}


@pytest.fixture
def linkedin(sandbox: Sandbox, tmp_path: Path) -> Iterator[SandboxStand]:
    stand = SandboxStand("linkedin", sandbox, tmp_path)
    yield stand
    stand.close()


def publish(stand: SandboxStand, content: Content, reply_to: str | None = None) -> Outcome:
    return stand.adapter().publish(
        content, resume=None, before_create=lambda _receipt: None, reply_to=reply_to
    )


def test_a_duplicate_names_the_post_that_is_there(linkedin: SandboxStand) -> None:
    content = linkedin.content("Twee keer hetzelfde.")
    first = publish(linkedin, content)
    assert isinstance(first, outcomes.Published)
    again = publish(linkedin, content)
    assert isinstance(again, outcomes.Duplicate)
    assert again.external_id == first.external_id


def test_a_limit_without_a_time_ends_at_midnight_of_the_clock_that_was_given(
    linkedin: SandboxStand,
) -> None:
    linkedin.fail("create", "rate_limit")
    outcome = publish(linkedin, linkedin.content("Vandaag niet meer."))
    assert isinstance(outcome, outcomes.RateLimited)
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    assert outcome.until_utc == midnight


def test_a_comment_is_known_by_its_urn_and_can_be_opened(linkedin: SandboxStand) -> None:
    parent = publish(linkedin, linkedin.content("Het bericht."))
    assert isinstance(parent, outcomes.Published)
    text = "(v/m/x) met #streepjes_ en {haken}"
    reply = publish(linkedin, linkedin.content(text, pictures=0), parent.external_id)
    assert isinstance(reply, outcomes.Published) and reply.permalink is not None
    assert reply.external_id.startswith("urn:li:comment:(urn:li:activity:")
    assert "?commentUrn=urn%3Ali%3Acomment%3A%28" in reply.permalink
    found = linkedin.adapter().find_published(
        linkedin.content(text, pictures=0), NOW - timedelta(hours=1), None, parent.external_id
    )
    assert found is not None and found.external_id == reply.external_id
    assert found.text == text, "plain text: comments know no escapes"


def test_the_same_words_of_somebody_else_are_no_comment_of_ours(
    sandbox: Sandbox, linkedin: SandboxStand
) -> None:
    parent = publish(linkedin, linkedin.content("Het bericht."))
    assert isinstance(parent, outcomes.Published)
    content = linkedin.content("Solliciteren kan hier.", pictures=0)
    theirs = SandboxPost(
        "8800", "linkedin", "urn:li:organization:7", content.text, NOW, reply_to=parent.external_id
    )
    sandbox.world.add_post(theirs)
    adapter = linkedin.adapter()
    assert adapter.find_published(content, SINCE, None, parent.external_id) is None
    ours = publish(linkedin, content, parent.external_id)
    assert isinstance(ours, outcomes.Published)
    found = adapter.find_published(content, SINCE, None, parent.external_id)
    assert found is not None and found.external_id == ours.external_id
    adapter.close()


def test_a_comment_needs_the_permission_for_comments(
    sandbox: Sandbox, linkedin: SandboxStand
) -> None:
    account = sandbox.world.account("linkedin", "urn:li:organization:1001")
    assert account is not None
    parent = publish(linkedin, linkedin.content("Het bericht."))
    assert isinstance(parent, outcomes.Published)
    account.scopes = ("w_organization_social",)
    outcome = publish(linkedin, linkedin.content("Mag niet.", pictures=0), parent.external_id)
    assert isinstance(outcome, outcomes.AuthExpired) and "Not enough permissions" in outcome.said


# Reading back


def test_a_post_that_is_whole_says_nothing_of_an_end(page: Page) -> None:
    outcome = page.publish(Content(TEXT, LINK, mentions=MENTIONS))
    assert isinstance(outcome, outcomes.Published) and outcome.ends_at is None
    assert outcome.permalink == f"https://www.linkedin.com/feed/update/{outcome.external_id}/"


def test_a_post_that_linkedin_cut_is_out_and_says_where_it_ends(page: Page) -> None:
    page.fail("create", "cut_text")
    outcome = page.publish(Content(TEXT, LINK))
    assert isinstance(outcome, outcomes.Published)
    assert outcome.ends_at == "Kom werken aan de dijk"


@pytest.mark.parametrize("kind", ["http_500", "drop_before", "malformed", "rate_limit"])
def test_a_post_that_cannot_be_read_back_is_out_all_the_same(page: Page, kind: str) -> None:
    page.fail("read", kind)
    outcome = page.publish(Content("Gewoon tekst."))
    assert isinstance(outcome, outcomes.Published) and outcome.permalink


def test_who_may_not_read_can_still_publish(page: Page) -> None:
    page.account.scopes = ("w_organization_social",)
    assert isinstance(page.publish(Content("Gewoon tekst.")), outcomes.Published)


def test_a_cut_post_is_still_found_as_ours(page: Page) -> None:
    page.fail("create", "cut_text")
    content = Content(TEXT, LINK)
    outcome = page.publish(content)
    found = page.adapter.find_published(content, SINCE, None)
    assert isinstance(outcome, outcomes.Published)
    assert found is not None and found.external_id == outcome.external_id


def test_a_post_that_another_one_begins_with_is_not_taken_for_it(page: Page) -> None:
    page.published(Content("Kom werken aan de dijk"))
    longer = Content("Kom werken aan de dijk, ook in de winter.")
    assert page.adapter.find_published(longer, SINCE, None) is None


def test_a_post_is_found_by_the_link_of_its_card(page: Page) -> None:
    page.published(Content("Eerst zo.", LINK))
    found = page.adapter.find_published(Content("Later anders.", LINK), SINCE, None)
    assert found is not None


def test_a_post_is_found_among_many(page: Page) -> None:
    wanted = page.published(Content("De eerste van velen."))
    for number in range(60):
        page.published(Content(f"Bericht {number}."))
    found = page.adapter.find_published(Content("De eerste van velen."), SINCE, None)
    assert found is not None and found.external_id == wanted.id


# Duplicates


def test_a_duplicate_of_a_post_that_is_gone_proves_nothing(page: Page) -> None:
    """LinkedIn goes on refusing the text of a deleted post for a day or two."""
    page.world.ghosts.add("linkedin")
    content = Content("Nog een keer.")
    page.adapter.delete(page.published(content).id)
    again = page.publish(content)
    assert isinstance(again, outcomes.Duplicate) and again.external_id is None
    assert "Content is a duplicate of urn:li:share:" in again.said


def test_a_duplicate_that_cannot_be_looked_at_is_taken_at_its_word(page: Page) -> None:
    content = Content("Nog een keer.")
    first = page.published(content)
    page.fail("read", "http_500")
    again = page.publish(content)
    assert isinstance(again, outcomes.Duplicate) and again.external_id == first.id


# Mentions, hashtags, corrections


def test_mentions_and_hashtags_reach_linkedin_as_elements(page: Page) -> None:
    post = page.published(Content(TEXT, mentions=MENTIONS))
    assert post.text == TEXT
    assert "@[Waterschap](urn:li:organization:7)" in post.raw
    assert r"{hashtag|\#|Omgevingsrecht}" in post.raw


def test_a_correction_keeps_pictures_and_mentions(page: Page) -> None:
    post = page.published(Content("Met een tipfuot.", LINK, (page.picture(),)))
    corrected = Content(TEXT, LINK, mentions=MENTIONS)
    for _ in range(2):
        page.adapter.edit(post.id, corrected)
    assert post.text == f"{TEXT}\n\n{LINK}" and len(post.media) == 1
    assert "@[Waterschap](urn:li:organization:7)" in post.raw and post.edited_at is not None
    found = page.adapter.find_published(corrected, SINCE, None)
    assert found is not None and found.external_id == post.id


def test_a_comment_is_corrected_too(page: Page) -> None:
    parent = page.published(Content("Het bericht."))
    below = page.adapter.publish(
        Content("Een tipfuot."), resume=None, before_create=lambda _r: None, reply_to=parent.id
    )
    assert isinstance(below, outcomes.Published)
    page.adapter.edit(below.external_id, Content("Zonder (tikfout)."))
    (comment,) = page.world.replies("linkedin", parent.id)
    assert comment.text == "Zonder (tikfout)." and comment.edited_at is not None


def test_what_is_gone_cannot_be_corrected(page: Page) -> None:
    post = page.published(Content("Weg."))
    page.adapter.delete(post.id)
    with pytest.raises(ContentRefused):
        page.adapter.edit(post.id, Content("Te laat."))


# Numbers


def test_posts_of_both_sorts_are_measured_and_silent_ones_are_not_zero(page: Page) -> None:
    share = page.published(Content("Tekst."))
    ugc = page.published(Content("Film.", media=(page.film(),)))
    page.later(timedelta(days=3))
    silent = page.published(Content("Net geplaatst."))
    told = page.adapter.fetch_metrics([share.id, ugc.id, silent.id])
    assert set(told) == {share.id, ugc.id, silent.id}
    assert told[share.id].values[Metric.IMPRESSIONS] > 0
    assert told[ugc.id].values[Metric.IMPRESSIONS] > 0
    assert not told[silent.id].values
    assert set(told[silent.id].missing.values()) == {Missing.SILENT}


def test_a_batch_of_posts_is_one_call_for_each_sort(page: Page) -> None:
    urns = [f"urn:li:share:{n}" for n in range(load_platform("linkedin").metrics_batch)]
    page.adapter.fetch_metrics(urns)
    assert page.requests("metrics") == 1
    page.adapter.fetch_metrics([*urns[:-1], "urn:li:ugcPost:1"])
    assert page.requests("metrics") == 3


def test_the_page_has_followers(page: Page) -> None:
    assert page.adapter.fetch_account_metrics().values[Metric.FOLLOWERS] == 5000


# The version


@pytest.mark.parametrize(
    ("name", "day"), [("202609", "2027-09-15"), ("202612", "2027-12-15"), ("202701", "2028-01-15")]
)
def test_a_version_ends_on_the_fifteenth_a_year_later(name: str, day: str) -> None:
    assert sunset(name).isoformat() == day


def test_once_its_version_has_ended_nothing_is_sent_and_nothing_is_lost(page: Page) -> None:
    version = load_platform("linkedin").api_version
    assert version is not None
    content = Content("Te oud.", media=(page.picture(),))
    day_before = datetime.combine(version.sunset_on, time(9), UTC) - timedelta(days=1)
    page.world.set_clock(day_before)
    page.published(Content("Nog net."))
    page.world.set_clock(day_before + timedelta(days=1))
    for outcome in (page.publish(content), page.publish(Content("Zonder beeld."))):
        assert isinstance(outcome, outcomes.Unavailable)
        assert outcome.advice is Advice.NEWER_PROGRAM and "is not active" in outcome.said
    with pytest.raises(VersionRetired):
        page.adapter.verify()
    assert len(page.world.posts) == 1


# The page


def test_a_role_that_may_not_post_is_told_with_what_to_do(page: Page) -> None:
    page.account.roles = ("ANALYST",)
    outcome = page.publish(Content("Mag niet."))
    assert isinstance(outcome, outcomes.AuthExpired)
    assert outcome.advice is Advice.PAGE_ROLE and URN in outcome.said
    assert TOKEN not in outcome.said
