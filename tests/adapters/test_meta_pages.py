"""Posts of a Facebook page: pictures in order, mentions, corrections, comments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.adapters.meta import Meta
from tests.adapters.stand import NOW

from campaignbot.domain.content import Content, MediaItem
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import ContentRefused, PlatformUnavailable
from campaignbot.sandbox import SandboxAccount, SandboxPost

SINCE = NOW - timedelta(minutes=10)
LINK = "https://werkenbij.voorbeeld.example/vacature?utm_id=pagina01"


def published(meta: Meta, content: Content) -> str:
    outcome = meta.publish(meta.page(), content)
    assert isinstance(outcome, outcomes.Published), outcome
    return outcome.external_id


def test_ten_pictures_stand_in_their_order_each_with_its_alt_text(meta: Meta) -> None:
    pictures = tuple(meta.picture(number) for number in range(10))
    published(meta, Content("Tien beelden.", media=pictures))
    shown = meta.posts("facebook")[0].media
    assert [(m.sha256, m.alt_text) for m in shown] == [(p.sha256, p.alt_text) for p in pictures]


def test_an_eleventh_picture_is_refused_in_the_platforms_words(meta: Meta) -> None:
    pictures = tuple(meta.picture(number) for number in range(11))
    outcome = meta.publish(meta.page(), Content("Elf beelden.", media=pictures))
    assert isinstance(outcome, outcomes.Rejected) and "at most 10" in outcome.said
    assert not meta.posts("facebook")


def test_a_link_is_sent_for_the_platform_to_read_the_page(meta: Meta) -> None:
    published(meta, Content("Lees meer.", LINK))
    post = meta.posts("facebook")[0]
    assert post.link == LINK and post.text == f"Lees meer.\n\n{LINK}"


@pytest.mark.parametrize("media", [(), None], ids=["text alone", "with a picture"])
def test_a_mention_is_sent_by_number_and_found_by_name(
    meta: Meta, media: tuple[MediaItem, ...] | None
) -> None:
    page = SandboxAccount("facebook", "2777", "Provincie Voorbeeld", "t-2777")
    meta.sandbox.seed_accounts([page])
    content = Content(
        "Samen met @Provincie Voorbeeld en @Provincie Voorbeeld Noord.",
        media=(meta.picture(),) if media is None else media,
        mentions={"Provincie Voorbeeld": "2777"},
    )
    post_id = published(meta, content)
    post = meta.posts("facebook")[0]
    assert post.raw == "Samen met @[2777] en @[2777] Noord."
    assert post.text == "Samen met Provincie Voorbeeld en Provincie Voorbeeld Noord."
    found = meta.page().find_published(content, SINCE, None)
    assert found is not None and found.external_id == post_id


def test_of_two_names_that_begin_alike_the_longer_one_counts(meta: Meta) -> None:
    mentions = {"Provincie": "1", "Provincie Noord": "2"}
    published(meta, Content("@Provincie Noord, @Provincie en @Provinciehuis", mentions=mentions))
    assert meta.posts("facebook")[0].raw == "@[2], @[1] en @Provinciehuis"


def test_a_correction_changes_the_words_and_keeps_the_pictures(meta: Meta) -> None:
    content = Content("Met een tikfuot.", LINK, (meta.picture(),))
    post_id = published(meta, content)
    meta.pass_time(timedelta(hours=1))
    better = replace(content, text="Zonder tikfout.")
    for _ in range(2):
        meta.page().edit(post_id, better)
    post = meta.posts("facebook")[0]
    assert post.text == f"Zonder tikfout.\n\n{LINK}" and post.edited_at == meta.clock.now()
    assert [m.sha256 for m in post.media] == [content.media[0].sha256]
    assert len(meta.posts("facebook")) == 1


def test_correcting_a_post_that_is_gone_is_refused(meta: Meta) -> None:
    post_id = published(meta, Content("Weg ermee."))
    meta.page().delete(post_id)
    with pytest.raises(ContentRefused):
        meta.page().edit(post_id, Content("Te laat."))


def test_a_correction_that_is_not_confirmed_is_no_success(meta: Meta) -> None:
    post_id = published(meta, Content("Eerst."))
    meta.fail("facebook", "create", "empty")
    with pytest.raises(PlatformUnavailable):
        meta.page().edit(post_id, Content("Daarna."))


def test_the_same_words_are_refused_only_when_they_follow_themselves(meta: Meta) -> None:
    published(meta, Content("Elke week."))
    assert isinstance(meta.publish(meta.page(), Content("Elke week.")), outcomes.Duplicate)
    published(meta, Content("Iets anders."))
    published(meta, Content("Elke week."))
    assert len(meta.posts("facebook")) == 3


def test_a_picture_in_a_format_that_is_no_picture_is_refused_before_anything_is_posted(
    meta: Meta,
) -> None:
    digest = meta.store.put(b"%PDF-1.7 nothing", "image/jpeg")
    outcome = meta.publish(
        meta.page(), Content("Stuk.", media=(MediaItem(digest, "image/jpeg", 1, 1, "Niets."),))
    )
    assert isinstance(outcome, outcomes.Rejected)
    assert outcome.advice is Advice.PICTURE_TOO_BIG and "JPG" in outcome.said
    assert not meta.receipts and not meta.posts("facebook")


def test_documents_and_a_video_beside_a_picture_are_refused_unsent(meta: Meta) -> None:
    digest = meta.store.put(b"%PDF-1.7", "application/pdf")
    document = MediaItem(digest, "application/pdf", 800, 600, "", "Folder", pages=2)
    asked = meta.sandbox.world.requests.copy()
    for media in ((document,), (meta.video(), meta.picture())):
        outcome = meta.publish(meta.page(), Content("Kan niet.", media=media))
        assert isinstance(outcome, outcomes.Rejected)
    assert meta.sandbox.world.requests == asked and not meta.receipts


def test_a_wrong_link_is_refused_with_what_to_do(meta: Meta) -> None:
    for link in ("https://zonderpunt/", "https://www.facebook.com/iets"):
        outcome = meta.publish(meta.page(), Content("Lees meer.", link))
        assert isinstance(outcome, outcomes.Rejected), outcome
        assert outcome.advice is Advice.CHANGE_LINK


@pytest.mark.parametrize("missing", ["pages_manage_posts", "pages_manage_engagement"])
def test_without_a_permission_it_says_which_one(meta: Meta, missing: str) -> None:
    post_id = published(meta, Content("Met alles."))
    every = {"pages_manage_posts", "pages_manage_engagement", "pages_read_engagement"}
    meta.account("facebook").scopes = tuple(every - {missing})
    below = post_id if missing == "pages_manage_engagement" else None
    outcome = meta.publish(meta.page(), Content("Zonder."), reply_to=below)
    assert isinstance(outcome, outcomes.AuthExpired)
    assert missing in outcome.said and outcome.advice is Advice.GRANT_PERMISSION


def test_a_version_that_meta_dropped_says_that_the_program_is_too_old(
    meta: Meta, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The versions are data of the sandbox; Meta drops one every few months.
    monkeypatch.setattr("campaignbot.sandbox.graph.VERSIONS", {"v31.0"})
    outcome = meta.publish(meta.page(), Content("Te oud."))
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is Advice.NEWER_PROGRAM
    assert not meta.posts("facebook")


def test_a_comment_of_the_page_carries_mentions_as_well(meta: Meta) -> None:
    meta.sandbox.seed_accounts([SandboxAccount("facebook", "2777", "Provincie", "t-2777")])
    post_id = published(meta, Content("Bericht."))
    content = Content("Vraag het @Provincie.", mentions={"Provincie": "2777"})
    outcome = meta.publish(meta.page(), content, reply_to=post_id)
    assert isinstance(outcome, outcomes.Published)
    found = meta.page().find_published(content, SINCE, None, post_id)
    assert found is not None and found.external_id == outcome.external_id


def test_the_same_words_of_somebody_else_are_no_comment_of_ours(meta: Meta) -> None:
    post_id = published(meta, Content("Bericht."))
    content = Content("Solliciteren kan hier.")
    theirs = SandboxPost("700_1", "facebook", "2777", content.text, NOW, reply_to=post_id)
    meta.sandbox.world.add_post(theirs)
    assert meta.page().find_published(content, SINCE, None, post_id) is None
    ours = meta.publish(meta.page(), content, reply_to=post_id)
    assert isinstance(ours, outcomes.Published)
    found = meta.page().find_published(content, SINCE, None, post_id)
    assert found is not None and found.external_id == ours.external_id


def test_a_comment_is_not_proved_absent_by_a_part_of_the_list(meta: Meta) -> None:
    parent = published(meta, Content("Veel reacties."))
    for number in range(1001):
        meta.sandbox.world.add_post(
            SandboxPost(f"9_{number}", "facebook", "0", "Leuk!", NOW, reply_to=parent)
        )
    with pytest.raises(PlatformUnavailable, match="more than 1000"):
        meta.page().find_published(Content("Onze eigen."), NOW - timedelta(hours=1), None, parent)
