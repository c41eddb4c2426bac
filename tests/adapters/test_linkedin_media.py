"""Pictures, link cards, documents and videos on LinkedIn: in parts, once, and with their words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.adapters.linkedin_page import LINK, Page

from campaignbot.domain.content import Content, LinkPreview, MediaItem
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import LeaseLost
from campaignbot.sandbox.posts import Medium

MINUTE = timedelta(minutes=1)
PART = 4 * 1024 * 1024


def test_a_link_has_a_card_with_its_picture(page: Page) -> None:
    card = LinkPreview("Adviseur water", "Kom werken aan de dijk.", page.picture())
    post = page.published(Content("Solliciteer nu.", LINK, preview=card))
    assert post.preview is not None and card.picture is not None
    assert (post.preview.title, post.preview.description) == (card.title, card.description)
    assert post.preview.image == card.picture.sha256
    assert post.link == LINK and not post.media
    assert post.text.endswith(LINK)


def test_a_link_without_a_card_stays_a_link(page: Page) -> None:
    post = page.published(Content("Solliciteer nu.", LINK))
    assert post.preview is None and post.link == LINK


def test_a_card_without_a_picture_has_words_alone(page: Page) -> None:
    post = page.published(Content("Solliciteer nu.", LINK, preview=LinkPreview("Adviseur water")))
    assert post.preview is not None and post.preview.image is None
    assert page.requests("upload") == 0


def test_beside_a_picture_there_is_no_card(page: Page) -> None:
    card = LinkPreview("Adviseur water", "", page.picture(7))
    post = page.published(Content("Met beeld.", LINK, (page.picture(),), preview=card))
    assert post.preview is None and len(post.media) == 1
    assert page.requests("upload") == 2, "begun and sent, once"


@pytest.mark.parametrize("number", [1, 2, 20])
def test_pictures_stand_in_their_order_with_their_alt_texts(page: Page, number: int) -> None:
    items = tuple(page.picture(n) for n in range(number))
    post = page.published(Content("Beelden.", media=items))
    assert post.media == [Medium(item.sha256, item.alt_text) for item in items]


def test_the_same_picture_twice_is_uploaded_twice(page: Page) -> None:
    post = page.published(Content("Dubbel.", media=(page.picture(), page.picture())))
    assert len(post.media) == 2


def test_a_document_has_its_title(page: Page) -> None:
    item = page.slides()
    post = page.published(Content("Blader mee.", media=(item,)))
    assert post.media == [Medium(item.sha256, "", "document", "Werken bij ons")]


def test_a_document_without_a_title_is_refused_before_it_is_uploaded(page: Page) -> None:
    outcome = page.publish(Content("Blader mee.", media=(page.slides(title=""),)))
    assert isinstance(outcome, outcomes.Rejected)
    assert outcome.advice is Advice.DOCUMENT_UNFIT
    assert page.requests("upload") == 0


@pytest.mark.parametrize("more", ["picture", "film"])
def test_a_video_stands_alone(page: Page, more: str) -> None:
    other = page.picture() if more == "picture" else page.film(size=200_000)
    outcome = page.publish(Content("Samen.", media=(page.film(), other)))
    assert isinstance(outcome, outcomes.Rejected) and page.requests("upload") == 0


def test_a_video_comes_whole_and_is_never_held_whole(page: Page) -> None:
    item = page.film(size=2 * PART + 1000)
    post = page.published(Content("Kijk mee.", media=(item,)))
    assert post.media == [Medium(item.sha256, "", "video", "De brug")], "every byte, in its place"
    assert post.id.startswith("urn:li:ugcPost:")
    size = 2 * PART + 1000
    assert page.told == [(PART, size), (2 * PART, size), (size, size)]
    assert page.media.read_whole == 0 and 0 < page.media.largest_read <= 65_536


def test_a_large_document_tells_how_far_it_is(page: Page) -> None:
    size = PART + 500
    digest = page.media.put(b"%PDF-1.7\n/Type /Page\n" + bytes(size - 21), "application/pdf")
    item = MediaItem(digest, "application/pdf", 40, 50, "", "Groot", pages=1)
    page.published(Content("Blader mee.", media=(item,)))
    assert page.told == [(PART, size), (size, size)]


def test_a_lost_lease_ends_an_upload_at_once(page: Page) -> None:
    def lost(_item: MediaItem, _sent: int, _size: int, /, begun: Receipt | None = None) -> None:
        raise LeaseLost

    content = Content("Kijk mee.", media=(page.film(size=2 * PART),))
    with pytest.raises(LeaseLost):
        page.adapter.publish(
            content, resume=None, before_create=page.receipts.append, progress=lost
        )
    assert page.requests("upload") == 2, "begun, and one part"
    assert not page.receipts and not page.world.posts


@pytest.mark.parametrize("sort", ["film", "slides", "picture"])
def test_what_is_still_processed_is_waited_for_without_a_second_upload(
    page: Page, sort: str
) -> None:
    page.world.processing_s["linkedin"] = 600
    content = Content("Nog even.", media=(getattr(page, sort)(),))
    first = page.publish(content)
    assert isinstance(first, outcomes.Pending) and first.retry_after_s > 0
    assert not page.receipts, "nothing was created"
    uploads = page.requests("upload")
    again = page.publish(content, resume=first.receipt)
    assert isinstance(again, outcomes.Pending) and again.receipt == first.receipt
    page.later(10 * MINUTE)
    assert isinstance(page.publish(content, resume=first.receipt), outcomes.Published)
    assert page.requests("upload") == uploads and page.receipts == [first.receipt]


def test_what_is_up_is_not_uploaded_again_when_the_post_is_refused_for_now(page: Page) -> None:
    page.fail("create", "rate_limit")
    content = Content("Morgen weer.", media=(page.film(),))
    assert isinstance(page.publish(content), outcomes.RateLimited)
    uploads = page.requests("upload")
    assert isinstance(page.publish(content, resume=page.receipts[0]), outcomes.Published)
    assert page.requests("upload") == uploads


def test_a_post_of_text_alone_leaves_no_receipt(page: Page) -> None:
    page.published(Content("Tekst."))
    assert page.receipts == [None]


def test_waiting_in_place_is_short(page: Page) -> None:
    page.world.processing_s["linkedin"] = 600
    page.publish(Content("Nog even.", media=(page.film(),)))
    assert sum(page.paused_s) <= 5


def test_the_receipt_of_another_content_is_of_no_use(page: Page) -> None:
    page.world.processing_s["linkedin"] = 600
    first = page.publish(Content("Eerst.", media=(page.film(),)))
    assert isinstance(first, outcomes.Pending)
    page.world.processing_s.clear()
    other = page.film(size=120_000)
    page.publish(Content("Toch anders.", media=(other,)), resume=first.receipt)
    assert page.world.posts[0].media[0].sha256 == other.sha256


def test_an_upload_that_linkedin_lost_is_made_again(page: Page) -> None:
    page.world.processing_s["linkedin"] = 600
    content = Content("Nog even.", media=(page.film(),))
    first = page.publish(content)
    assert isinstance(first, outcomes.Pending)
    page.world.pending.clear()
    page.world.processing_s.clear()
    assert isinstance(page.publish(content, resume=first.receipt), outcomes.Published)


@pytest.mark.parametrize("sort", ["film", "slides", "picture"])
def test_an_upload_address_that_expired_is_asked_for_anew_at_the_next_attempt(
    page: Page, sort: str
) -> None:
    page.fail("upload", "expired_upload")
    content = Content("Te laat.", media=(getattr(page, sort)(),))
    outcome = page.publish(content)
    assert isinstance(outcome, outcomes.Unavailable)
    assert outcome.advice is Advice.UPLOAD_AGAIN and "expired" in outcome.said
    assert not page.receipts
    assert isinstance(page.publish(content), outcomes.Published)


def test_a_part_that_is_cut_off_begins_the_upload_anew_at_the_next_attempt(page: Page) -> None:
    page.fail("upload", "drop_before", skip=2)
    content = Content("Afgebroken.", media=(page.film(size=2 * PART),))
    assert isinstance(page.publish(content), outcomes.Unavailable)
    assert isinstance(page.publish(content), outcomes.Published)
    assert len(page.world.posts) == 1


@pytest.mark.parametrize(
    ("mime", "data", "advice"),
    [
        ("image/jpeg", b"geen beeld", Advice.PICTURE_KIND),
        ("video/mp4", bytes(80_000), Advice.VIDEO_UNFIT),
        ("application/pdf", b"geen pdf", Advice.DOCUMENT_UNFIT),
    ],
)
def test_a_file_that_linkedin_cannot_process_is_refused_with_what_to_do(
    page: Page, mime: str, data: bytes, advice: Advice
) -> None:
    item = MediaItem(page.media.put(data, mime), mime, 10, 10, "", "Titel")
    outcome = page.publish(Content("Kapot.", media=(item,)))
    assert isinstance(outcome, outcomes.Rejected)
    assert outcome.advice is advice and "PROCESSING_FAILED" in outcome.said
    assert not page.receipts


@pytest.mark.parametrize(
    ("pages", "taken"), [(1, True), (300, True), (301, False)], ids=["1", "300", "301"]
)
def test_a_document_has_at_most_three_hundred_pages(page: Page, pages: int, taken: bool) -> None:
    outcome = page.publish(Content("Dik.", media=(page.slides(pages),)))
    assert isinstance(outcome, outcomes.Published if taken else outcomes.Rejected)


@pytest.mark.parametrize(("seconds", "taken"), [(2, False), (3, True), (1800, True), (1801, False)])
def test_a_video_lasts_from_three_seconds_to_half_an_hour(
    page: Page, seconds: int, taken: bool
) -> None:
    outcome = page.publish(Content("Lang.", media=(page.film(seconds=seconds),)))
    assert isinstance(outcome, outcomes.Published if taken else outcomes.Rejected)


def test_a_content_administrator_may_not_upload_videos(page: Page) -> None:
    page.account.roles = ("CONTENT_ADMINISTRATOR",)
    outcome = page.publish(Content("Mag niet.", media=(page.film(),)))
    assert isinstance(outcome, outcomes.AuthExpired)
    assert outcome.advice is Advice.PAGE_ROLE and "forbidden" in outcome.said
    assert isinstance(page.publish(Content("Mag.", media=(page.picture(),))), outcomes.Published)
