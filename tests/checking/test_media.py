"""What a platform takes as picture, video and document; cards of links; mentions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from campaignbot.checking import CheckSubject, PhotoUse, check
from campaignbot.domain.content import Content, LinkPreview, MediaItem
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.phases import Phase
from campaignbot.domain.walltime import WallTime
from campaignbot.i18n import LANGUAGES, Translator
from campaignbot.platforms.limits import DocumentLimits, Limit, VideoLimits
from campaignbot.platforms.registry import load_platform, platform_names

MB = 1_000_000
PICTURE = MediaItem("a" * 64, "image/jpeg", 1200, 627, "Een brug")
VIDEO = MediaItem("b" * 64, "video/mp4", 1280, 720, "Iemand loopt.", duration_ms=12_500)
GIF = MediaItem("d" * 64, "image/gif", 600, 400, "Een molen draait.")
PAGES = MediaItem("c" * 64, "application/pdf", 595, 842, "", "Vijf vragen", pages=12)
LINK = "https://a.example/?utm_id=code"


def limit(value: int) -> Limit:
    return Limit(value, None, date(2026, 11, 24), "of this test")


LINKEDIN = load_platform("linkedin")
TAKES_ALL = replace(
    LINKEDIN,
    limits=replace(
        LINKEDIN.limits,
        images=limit(3),
        image_bytes=limit(5 * MB),
        mentions=limit(2),
        gif_bytes=limit(15 * MB),
        video=VideoLimits(limit(200 * MB), limit(3_000), limit(60_000), bytes_min=limit(75_000)),
        document=DocumentLimits(limit(100 * MB), limit(300)),
    ),
    needs_preview=True,
    mentions_by_id=True,
)
TAKES_PICTURES = replace(
    TAKES_ALL,
    limits=replace(TAKES_ALL.limits, video=None, document=None),
    needs_preview=False,
    mentions_by_id=False,
)
MIXES = replace(TAKES_ALL, limits=replace(TAKES_ALL.limits, mixed_carousel=True))
NEEDS_SIGHT = replace(TAKES_ALL, limits=replace(TAKES_ALL.limits, image_required=True))


def found(content: Content, platform: Any = TAKES_ALL, **changed: Any) -> dict[str, Finding]:
    subject = CheckSubject(
        content=content,
        platform=platform,
        phase=Phase.DECISION,
        latent_persona=False,
        planned=WallTime(datetime(2026, 12, 8, 12), "Europe/Amsterdam"),
        tracking_code="code",
    )
    return {f.code: f for f in check(replace(subject, **changed))}


def of(*media: MediaItem, platform: Any = TAKES_ALL, sizes: tuple[int, ...] = ()) -> set[str]:
    return set(found(Content("Kom.", media=media), platform, media_sizes=sizes))


@pytest.mark.parametrize(
    "media", [(PICTURE,), (PICTURE,) * 3, (VIDEO,), (PAGES,)], ids=["one", "three", "video", "pdf"]
)
def test_what_a_platform_takes_is_in_order(media: tuple[MediaItem, ...]) -> None:
    assert of(*media, sizes=(MB,) * len(media)) == set()


@pytest.mark.parametrize(
    ("media", "sizes", "platform", "code"),
    [
        ((PICTURE,) * 4, (), TAKES_ALL, "limit.too_many_pictures"),
        ((PICTURE, VIDEO), (), TAKES_ALL, "limit.media_mixed"),
        ((VIDEO, VIDEO), (), TAKES_ALL, "limit.media_mixed"),
        ((PAGES, PICTURE), (), TAKES_ALL, "limit.media_mixed"),
        ((VIDEO,), (), TAKES_PICTURES, "limit.no_videos"),
        ((PAGES,), (), TAKES_PICTURES, "limit.no_documents"),
        ((PAGES,), (), NEEDS_SIGHT, "limit.no_picture"),
        ((replace(VIDEO, mime="video/webm"),), (), TAKES_ALL, "limit.video_kind"),
        ((VIDEO,), (200 * MB + 1,), TAKES_ALL, "limit.video_too_big"),
        ((VIDEO,), (74_999,), TAKES_ALL, "limit.video_too_small"),
        ((GIF,), (15 * MB + 1,), TAKES_ALL, "limit.picture_too_big"),
        (
            (replace(PICTURE, width_px=5888, height_px=6140),),
            (),
            TAKES_ALL,
            "limit.picture_pixels",
        ),
        ((replace(VIDEO, duration_ms=2_999),), (), TAKES_ALL, "limit.video_length"),
        ((replace(VIDEO, duration_ms=60_001),), (), TAKES_ALL, "limit.video_length"),
        ((replace(PAGES, title=" "),), (), TAKES_ALL, "limit.no_document_title"),
        ((replace(PAGES, mime="application/msword"),), (), TAKES_ALL, "limit.document_kind"),
        ((PAGES,), (100 * MB + 1,), TAKES_ALL, "limit.document_too_big"),
        ((replace(PAGES, pages=301),), (), TAKES_ALL, "limit.too_many_pages"),
        ((PICTURE, PICTURE), (MB, 5 * MB + 1), TAKES_ALL, "limit.picture_too_big"),
    ],
)
def test_what_a_platform_does_not_take_no_reason_helps_against(
    media: tuple[MediaItem, ...], sizes: tuple[int, ...], platform: Any, code: str
) -> None:
    findings = found(Content("Kom.", media=media), platform, media_sizes=sizes)
    assert findings[code].severity is Severity.ERROR and not findings[code].waivable


def test_pictures_and_videos_stand_together_where_a_carousel_takes_both() -> None:
    assert of(PICTURE, VIDEO, VIDEO, platform=MIXES) == set()
    assert "limit.too_many_pictures" in of(PICTURE, VIDEO, VIDEO, PICTURE, platform=MIXES)
    assert "limit.media_mixed" in of(PICTURE, PAGES, platform=MIXES)


def test_only_instagram_mixes_pictures_and_videos() -> None:
    mixing = {name for name in platform_names() if load_platform(name).limits.mixed_carousel}
    assert mixing == {"instagram"}


def test_a_limit_is_reached_and_not_passed() -> None:
    edge = replace(VIDEO, duration_ms=60_000), replace(VIDEO, duration_ms=3_000)
    for video in edge:
        assert of(video, sizes=(200 * MB,)) == set()
    assert of(VIDEO, sizes=(75_000,)) == set() == of(GIF, sizes=(15 * MB,))
    # Of 36,152,319 pixels, one less than LinkedIn refuses.
    assert of(replace(PICTURE, width_px=12_050_773, height_px=3)) == set()
    assert of(replace(PAGES, pages=300), sizes=(100 * MB,)) == set()


def test_a_video_counts_where_something_must_be_seen() -> None:
    assert of(VIDEO, platform=NEEDS_SIGHT) == set()


def test_a_video_without_a_description_is_an_error_that_a_person_may_answer_for() -> None:
    findings = found(Content("Kom.", media=(replace(VIDEO, alt_text=""),)))
    assert set(findings) == {"alt_text.missing_video"}
    assert findings["alt_text.missing_video"].waivable


def test_every_picture_needs_its_own_words_and_the_one_without_is_named() -> None:
    wordless = replace(PICTURE, alt_text="")
    finding = found(Content("Kom.", media=(PICTURE, wordless)))["alt_text.missing"]
    assert "2" in Translator("nl").text(finding.what)


def test_a_comment_has_no_picture() -> None:
    content = Content("Kom.", media=(PICTURE,))
    assert set(found(content, follows=True)) == {"limit.comment_media"}


@pytest.mark.parametrize(
    ("content", "platform", "missing"),
    [
        (Content("Kom.", LINK), TAKES_ALL, True),
        (Content("Kom.", LINK, preview=LinkPreview("")), TAKES_ALL, True),
        (Content("Kom.", LINK, preview=LinkPreview("Kom werken")), TAKES_ALL, False),
        (Content("Kom.", LINK, (PICTURE,)), TAKES_ALL, False),
        (Content("Kom."), TAKES_ALL, False),
        (Content("Kom.", LINK), TAKES_PICTURES, False),
    ],
)
def test_a_link_alone_needs_a_card_where_the_platform_makes_none(
    content: Content, platform: Any, missing: bool
) -> None:
    findings = found(content, platform)
    assert ("preview.missing" in findings) is missing
    if missing:
        assert findings["preview.missing"].severity is Severity.WARNING


def test_the_title_of_a_card_is_measured_where_the_card_is_sent() -> None:
    def titled(length: int, *media: MediaItem) -> Content:
        # The sign counts twice, as LinkedIn counts.
        return Content("Kom.", LINK, media, preview=LinkPreview("n" * (length - 2) + "\U0001f30a"))

    assert found(titled(400)) == {}
    assert found(titled(401))["limit.link_title_too_long"].severity is Severity.ERROR
    assert found(titled(401, PICTURE)) == {}, "beside a picture there is no card"
    assert "limit.link_title_too_long" not in found(titled(401), TAKES_PICTURES)


def test_x_takes_a_gif_that_is_larger_than_a_picture_may_be() -> None:
    x = load_platform("x")
    assert of(GIF, platform=x, sizes=(14 * MB,)) == set()
    assert of(GIF, platform=x, sizes=(16 * MB,)) == {"limit.picture_too_big"}
    assert of(PICTURE, platform=x, sizes=(14 * MB,)) == {"limit.picture_too_big"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("content", "sizes", "code", "words"),
    [
        (Content("Kom.", media=(VIDEO,)), (74_999,), "limit.video_too_small", ("74 KB", "75 KB")),
        (
            Content("Kom.", LINK, preview=LinkPreview("n" * 401)),
            (),
            "limit.link_title_too_long",
            ("401", "400"),
        ),
    ],
)
def test_a_least_size_and_a_longest_title_are_told_in_numbers(
    content: Content, sizes: tuple[int, ...], code: str, words: tuple[str, ...], language: str
) -> None:
    told = Translator(language).text(found(content, media_sizes=sizes)[code].what)
    assert all(word in told for word in words)


def test_a_name_that_nobody_gave_an_id_is_pointed_out() -> None:
    known = {"Provincie Voorbeeld": "urn:li:organization:1"}
    text = "Met @Provincie Voorbeeld en @Onbekend, mail naar hr@voorbeeld.example."
    hints = found(Content(text, mentions=known))
    assert set(hints) == {"mention.unknown"}
    assert hints["mention.unknown"].quote == "@Onbekend"
    assert hints["mention.unknown"].severity is Severity.HINT
    assert found(Content(text), TAKES_PICTURES) == {}, "handles are plain text there"


def test_mentions_are_counted_known_or_not() -> None:
    assert "limit.too_many_mentions" not in found(Content("@een en @twee"))
    assert "limit.too_many_mentions" in found(Content("@een, @twee en @drie"))


@pytest.mark.parametrize(
    ("people", "until", "code"),
    [
        ("", None, "photo.people_unknown"),
        ("Ans en Bert", None, "photo.no_consent"),
        ("Ans", date(2026, 12, 7), "photo.consent_over"),
        ("", date(2026, 12, 7), "photo.consent_over"),
    ],
)
def test_who_can_be_recognised_must_be_said_and_agreed(
    people: str, until: date | None, code: str
) -> None:
    photos = (PhotoUse("team.jpg", people, until),)
    assert code in found(Content("Kom."), photos=photos)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_size_is_told_with_its_limit(language: str) -> None:
    content = Content("Kom.", media=(VIDEO,))
    findings = found(content, media_sizes=(200 * MB + 1,))
    told = Translator(language).text(findings["limit.video_too_big"].what)
    assert "200 MB" in told and ("200,1 MB" in told or "200.1 MB" in told)
